"""The whole story in a real browser: what people click moves the real branch, forth and back.

Nothing here reaches into the app. With SCREENSHOTS set to a folder, the pictures of the README are taken on
the way.
"""

import os
import re
import shutil

import pytest
from browser_hand import Sandbox, Screen
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None and "CI" not in os.environ, reason="there is no Chromium here"
    ),
]

BULLETS = ("one paragraph of at most 120 words", "at most five bullet points")
LIMIT = ("up to $50 by yourself", "up to $500 by yourself")


def test_a_low_change_from_proposal_to_rollback(sandbox: Sandbox, screen: Screen) -> None:
    """Five people, each with their own button; the file on the branch moves on deploy and returns."""
    before = sandbox.live("summaries.md")
    _first_screen(screen)
    _paul_proposes(screen)
    _mira_approves(screen)
    assert sandbox.live("summaries.md") == before
    _dev_deploys(screen)
    assert sandbox.live("summaries.md") == before.replace(*BULLETS)
    _rita_rolls_back(sandbox, screen, before)
    _sara_has_seen_it(screen)
    _rita_gives_the_reason(screen)
    _home_says_how_it_stands(screen)


def _first_screen(screen: Screen) -> None:
    """The page opens with five steps; the first makes the visitor Paul, with the command typed."""
    screen.page.goto("/")
    expect(screen.page.get_by_role("region", name="Start here").get_by_role("listitem")).to_have_count(5)
    screen.picture("sandbox")
    screen.page.get_by_role("link", name="Be Paul, type it").click()
    expect(screen.page.get_by_label("Message", exact=True)).to_have_value("/prompt-change")
    screen.click(screen.page, "Close Start here")


def _paul_proposes(screen: Screen) -> None:
    form = screen.begin("summaries")
    text = form.get_by_label("New text")
    text.fill(text.input_value().replace(*BULLETS))
    form.get_by_label("System prompt").check()
    text.evaluate("box => { box.scrollTop = 0; box.closest('.sheet-body').scrollTop = 0; }")
    screen.picture("form")
    screen.click(form, "Next")
    answers = {
        "1. What changed": "Summaries come as at most five bullet points.",
        "2. Why": "Colleagues asked for text that is quicker to scan.",
    }
    note = screen.note("PC-1, release note", answers)
    expect(note).to_contain_text("Low lane: 1 approval needed.")
    note.get_by_label("Who is asked to approve").click()
    note.get_by_label("Dev Patel").uncheck()
    note.get_by_label("Mira Lind").check()
    screen.click(note, "Submit")
    card = screen.shows("PC-1 · summaries", "Low lane", "Waiting for Mira Lind")
    expect(card).to_contain_text("No regression gate is needed for this change.")


def _mira_approves(screen: Screen) -> None:
    screen.be("U0MIRA", "direct")
    screen.click(screen.shows("Paul Weber asks you to approve this."), "Approve")
    form = screen.form("Approve")
    for output in form.get_by_label("New output").all():
        output.fill("- Wants a new tent.\n- Wrote three times.\n- Open: who pays the postage?")
    for good in form.get_by_label("Good", exact=True).all():
        good.check()
    screen.click(form, "Approve")
    screen.shows("PC-1 · summaries", "You approved")


def _dev_deploys(screen: Screen) -> None:
    screen.be("U0DEV", "direct")
    screen.click(screen.shows("Ready to deploy"), "Deploy")
    screen.be("U0DEV", "C0TOOLS")
    screen.shows("Live: PC-1 · summaries")


def _rita_rolls_back(sandbox: Sandbox, screen: Screen, before: str) -> None:
    """One click and Slack's own question; a no moves nothing."""
    screen.be("U0RITA", "C0TOOLS")
    message = screen.shows("Live: PC-1 · summaries")
    screen.picture("live")
    for answer in ("deny", "confirm"):
        message.get_by_role("button", name="Roll back", exact=True).click()
        question = screen.page.get_by_role("dialog", name=re.compile("Roll back PC-1"))
        expect(question).to_contain_text("summaries goes from")
        question.locator(f"[data-answer={answer}]").click()
        screen.idle()
        if answer == "deny":
            assert sandbox.live("summaries.md") != before
    screen.shows("Rolled back: PC-1 · summaries", "Seen by 0 of 5")
    assert sandbox.live("summaries.md") == before


def _sara_has_seen_it(screen: Screen) -> None:
    screen.be("U0SARA", "direct")
    notice = screen.shows("Rolled back: PC-1 · summaries")
    screen.click(notice, "I've seen this")
    expect(notice).to_contain_text("You confirmed")
    screen.be("U0RITA", "C0TOOLS")
    screen.shows("Seen by 1 of 5", "Yes: Sara Novak")


def _rita_gives_the_reason(screen: Screen) -> None:
    """Nobody types during an incident: the reason comes when it is over."""
    screen.click(screen.message("Seen by 1 of 5"), "Add reason")
    form = screen.form("Reason of the rollback")
    form.get_by_label("Why?").fill("Two summaries lost an order number.")
    screen.click(form, "Save")
    screen.shows("Seen by 1 of 5", "Reason, by Rita Sato: Two summaries lost an order number.")
    screen.shows("@Rita Sato rolled it back: Two summaries lost an order number.")
    screen.picture("rollback")


def _home_says_how_it_stands(screen: Screen) -> None:
    screen.be("U0PAUL", "home")
    expect(screen.home()).to_contain_text(re.compile(r"Yours.*PC-1 · summaries.*Rolled back", re.DOTALL))


def test_a_phone_proposes_and_a_guest_is_refused(sandbox: Sandbox, phone: Screen) -> None:
    """A wording fix by thumb waits for a named person; a guest's click is answered to the guest alone."""
    before = sandbox.live("support-answers.md")
    phone.be("U0SARA", "C0ANSWERS")
    form = phone.begin("support-answers")
    phone.replace(form, "with a short greeting that uses the customer's", "with the customer's")
    phone.click(form, "Next")
    answers = {
        "1. What changed": "The greeting is the first name alone.",
        "2. Why": "Customers say that answers begin too slowly.",
    }
    phone.click(phone.note("PC-1, release note", answers), "Submit")
    card = phone.shows("PC-1 · support-answers", "Medium lane", "Waiting for Ben Okafor")
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    card.evaluate("card => card.scrollIntoView()")
    phone.picture("phone")
    phone.be("U0GRETA", "C0ANSWERS")
    phone.click(phone.message("PC-1 · support-answers"), "Approve")
    expect(phone.whisper()).to_contain_text("guest")
    phone.be("U0SARA", "C0ANSWERS")
    expect(phone.shows("PC-1 · support-answers")).to_contain_text("Approvals: 0 of 1")
    expect(phone.whisper()).to_have_count(0)
    assert sandbox.live("support-answers.md") == before


def test_a_high_change_is_checked_by_two_and_released_in_stages(sandbox: Sandbox, screen: Screen) -> None:
    """A tenfold refund limit needs two statements, a recorded result and a look at the first stage."""
    before = sandbox.live("refunds.md")
    _paul_raises_the_limit(screen)
    _ben_records_a_result(screen)
    for approver in ("U0BEN", "U0CHLOE"):
        _approves_with_a_statement(screen, approver)
    _dev_looks_at_home_and_deploys(screen)
    assert sandbox.live("refunds.md") == before
    assert sandbox.live("refunds.md", "production-canary") == before.replace(*LIMIT)
    screen.click(screen.message("Releasing: PC-1 · refunds"), "Advance")
    screen.shows("Live: PC-1 · refunds")
    assert sandbox.live("refunds.md") == before.replace(*LIMIT)
    _rita_could_roll_it_back_from_home(screen)


def _rita_could_roll_it_back_from_home(screen: Screen) -> None:
    screen.page.set_viewport_size({"width": 1200, "height": 600})
    screen.be("U0RITA", "home")
    expect(screen.home()).to_contain_text(re.compile(r"Live now.*PC-1 · refunds", re.DOTALL))
    expect(screen.home().get_by_role("button", name="Roll back", exact=True)).to_be_visible()
    screen.picture("home")


def _paul_raises_the_limit(screen: Screen) -> None:
    screen.be("U0PAUL", "C0REFUNDS")
    screen.click(screen.page, "Close Start here")
    form = screen.begin("refunds")
    screen.replace(form, *LIMIT)
    screen.click(form, "Next")
    answers = {
        "1. What changed": "The agent may refund up to $500 by itself.",
        "2. Why": "Nine of ten refunds below $500 are granted after a day of waiting.",
        "Rollback plan": "Rita presses Roll back, then checks the refunds of the last hour.",
        "Stop conditions": "One refund above $500, or two that people correct.",
    }
    note = screen.note("PC-1, release note", answers)
    expect(note).to_contain_text("High lane: 2 approvals needed.")
    screen.click(note, "Submit")
    card = screen.shows("PC-1 · refunds", "High lane", "Missing: 2 approvals, regression set")
    expect(card).to_contain_text("(impact.money)")
    screen.page.set_viewport_size({"width": 1200, "height": 1080})
    card.evaluate("card => card.scrollIntoView()")
    screen.picture("review")


def _ben_records_a_result(screen: Screen) -> None:
    screen.be("U0BEN", "C0REFUNDS")
    screen.click(screen.shows("PC-1 · refunds"), "Record test result")
    form = screen.form("Record test result")
    result = {"Which test set?": "Refunds, October", "Cases in all": "60", "Cases passed": "60"}
    for label, value in {**result, "Cases newly failing": "0"}.items():
        form.get_by_label(label).fill(value)
    screen.click(form, "Record")
    expect(screen.message("PC-1 · refunds")).to_contain_text("Refunds, October: 60 of 60 passed")


def _approves_with_a_statement(screen: Screen, approver: str) -> None:
    screen.be(approver, "direct")
    screen.click(screen.shows("Paul Weber asks you to approve this."), "Approve")
    form = screen.form("Approve")
    form.get_by_label("What did you check?").fill("Read the diff, and ten cases between $50 and $500.")
    screen.click(form, "Approve")
    screen.shows("PC-1 · refunds", "You approved")


def _dev_looks_at_home_and_deploys(screen: Screen) -> None:
    screen.be("U0DEV", "home")
    expect(screen.home()).to_contain_text(re.compile(r"Waiting for you.*PC-1 · refunds", re.DOTALL))
    screen.be("U0DEV", "direct")
    screen.click(screen.shows("Ready to deploy"), "Deploy")
    screen.be("U0DEV", "C0REFUNDS")
    screen.shows("Releasing: PC-1 · refunds", "Stage 1 of 2 (canary) is set.")
