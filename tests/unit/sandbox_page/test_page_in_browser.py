"""The page's script in a real browser: what is typed survives, dialogs ask, and the page follows the app."""

import os
import re
import shutil
from collections.abc import Iterator

import pytest
from page_acme import Acme, Json
from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        shutil.which("chromium") is None and "CI" not in os.environ, reason="there is no Chromium here"
    ),
]


@pytest.fixture
def page(acme: Acme) -> Iterator[Page]:
    """A browser tab in which no script may fail."""
    failures: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        tab = browser.new_page(base_url=acme.url)
        tab.on("pageerror", lambda error: failures.append(str(error)))
        yield tab
        browser.close()
    assert not failures


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _input(block_id: str, label: str, element: Json, **more: object) -> Json:
    return {"type": "input", "block_id": block_id, "label": _plain(label), "element": element, **more}


def _form(how: str) -> Json:
    options = [{"text": _plain(word), "value": word} for word in ("edit", "replace")]
    chosen = next(option for option in options if option["value"] == how)
    radio = {"type": "radio_buttons", "action_id": "how", "options": options, "initial_option": chosen}
    people = {"type": "multi_users_select", "action_id": "people", "max_selected_items": 2}
    text = {"type": "plain_text_input", "action_id": "text", "initial_value": f"from the app: {how}"}
    return {
        "type": "modal",
        "callback_id": "submit_change",
        "title": _plain("Propose a change"),
        "submit": _plain("Next"),
        "blocks": [
            _input("why", "Why", {"type": "plain_text_input", "action_id": "text", "multiline": True}),
            _input("people", "Who is asked", people),
            _input("how", "How", radio, dispatch_action=True),
            _input(f"text:{how}", f"Text to {how}", text),
        ],
    }


def _serve_forms(acme: Acme) -> None:
    def reply(payload: Json) -> Json | None:
        if "command" in payload:
            acme.workspace.open_view(payload["trigger_id"], _form("edit"))
        elif payload["type"] == "block_actions":
            chosen = payload["actions"][0]["selected_option"]["value"]
            acme.workspace.update_view(payload["view"]["id"], _form(chosen))
        elif payload["view"]["state"]["values"]["why"]["text"]["value"] == "too short":
            return {"response_action": "errors", "errors": {"why": "Say a little more."}}
        return None

    acme.reply = reply


def test_a_form_keeps_what_is_typed_through_updates_and_errors(acme: Acme, page: Page) -> None:
    """A command opens the form by itself; an update keeps what has the same ids."""
    _serve_forms(acme)
    page.goto("/as/U0PAUL/C0TOOLS")
    page.get_by_label("Message", exact=True).fill("/prompt-change")
    page.get_by_label("Message", exact=True).press("Escape")
    page.get_by_label("Message", exact=True).press("Enter")
    form = page.get_by_role("dialog", name="Propose a change")
    form.get_by_label("Why").fill("too short")
    form.get_by_label("Who is asked").click()
    for name in ("Mira Lind", "Dev Patel", "Ana Alves"):
        form.get_by_label(name).click()
    form.get_by_label("replace", exact=True).check()
    expect(form.get_by_label("Text to replace")).to_have_value("from the app: replace")
    expect(form.get_by_label("Why")).to_have_value("too short")
    expect(form.get_by_label("Ana Alves")).not_to_be_checked()
    form.get_by_role("button", name="Next").click()
    expect(form.get_by_text("Say a little more.")).to_be_visible()
    form.get_by_label("Why").fill("because it is slow")
    form.get_by_role("button", name="Next").click()
    expect(form).to_have_count(0)
    values = acme.heard[-1]["view"]["state"]["values"]
    assert values["people"]["people"]["selected_users"] == ["U0MIRA", "U0DEV"]
    assert values["why"]["text"]["value"] == "because it is slow"
    assert list(values) == ["why", "people", "how", "text:replace"]


def test_a_confirm_dialog_decides_whether_anything_is_sent(acme: Acme, page: Page) -> None:
    """Only Yes sends the click; the page then follows what the app does, without a reload."""
    confirm = {
        "title": _plain("Sure?"),
        "text": _plain("Back to v3."),
        "confirm": _plain("Yes"),
        "deny": _plain("No"),
    }
    button = {"type": "button", "action_id": "roll_back", "text": _plain("Roll back"), "confirm": confirm}
    blocks = [{"type": "actions", "block_id": "b", "elements": [button]}]
    posted = acme.workspace.post_as_app("C0TOOLS", text="live", blocks=blocks)
    page.goto("/as/U0RITA/C0TOOLS")
    message = page.locator(f'[data-ts="{posted.ts}"]')
    message.get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="No").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert not acme.heard
    message.get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    expect(page.locator("body")).to_have_attribute("data-pending", "0")
    assert [it["actions"][0]["action_id"] for it in acme.heard] == ["roll_back"]
    acme.workspace.update_as_app("C0TOOLS", posted.ts, text="rolled back", blocks=None)
    expect(message.get_by_text("rolled back")).to_be_visible()


def test_typing_survives_what_others_do(acme: Acme, page: Page) -> None:
    """New messages appear while the composer keeps its text and the focus."""
    page.goto("/as/U0PAUL/C0TOOLS")
    composer = page.get_by_label("Message", exact=True)
    composer.fill("half a sen")
    acme.workspace.post_as_app("C0TOOLS", text="something new")
    expect(page.get_by_text("something new")).to_be_visible()
    expect(composer).to_have_value("half a sen")
    expect(composer).to_be_focused()


def test_an_update_from_outside_keeps_unsent_text_and_focus(acme: Acme, page: Page) -> None:
    """While somebody types into a form, the app redraws it: text, ticks and the cursor stay."""
    _serve_forms(acme)
    page.goto("/as/U0PAUL/C0TOOLS?draft=/prompt-change")
    page.get_by_role("button", name="Send", exact=True).click()
    form = page.get_by_role("dialog", name="Propose a change")
    form.get_by_label("Who is asked").click()
    form.get_by_label("Mira Lind").check()
    form.get_by_label("Why").fill("half a sen")
    (view,) = acme.workspace.views("U0PAUL")
    acme.workspace.update_view(view.id, _form("replace"))
    expect(form.get_by_label("Text to replace")).to_be_visible()
    expect(form.get_by_label("Why")).to_have_value("half a sen")
    expect(form.get_by_label("Why")).to_be_focused()
    expect(form.get_by_label("Mira Lind")).to_be_checked()


def test_commands_are_completed_from_the_keyboard(acme: Acme, page: Page) -> None:
    """A slash offers the subcommands; arrows and Enter take one without sending it."""
    page.goto("/as/U0PAUL/C0TOOLS")
    composer = page.get_by_label("Message", exact=True)
    composer.press_sequentially("/prompt-change ro")
    composer.press("ArrowDown")
    composer.press("Enter")
    expect(composer).to_have_value("/prompt-change rollback ")
    assert not acme.heard


def test_a_phone_has_everything_within_its_width(page: Page) -> None:
    """At 390 pixels nothing is wider than the screen, and the channels come out of a drawer."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/as/U0PAUL/C0TOOLS")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sidebar = page.get_by_role("link", name=re.compile("support-answers"))
    expect(sidebar).to_be_hidden()
    page.get_by_role("button", name="Channels").click()
    sidebar.click()
    expect(page.get_by_role("heading", level=1, name="support-answers")).to_be_visible()
    page.get_by_label(re.compile("You are Paul Weber")).click()
    page.get_by_role("menuitem", name=re.compile("Mira Lind")).click()
    expect(page.get_by_label(re.compile("You are Mira Lind"))).to_be_visible()
