"""One change of each lane, from proposal to live: what each lane asks, and what it refuses."""

from typing import Any

from tests.scenario.review.hand import (
    CHECKED,
    gate,
    heard,
    high,
    low,
    medium,
    missing,
    on_screen,
    record,
    spot_check,
    state,
    told,
    value_of,
)
from tests.scenario.town import Town, actions, top, words


def test_nobody_but_the_asked_reviewer_of_a_low_change_is_disturbed(town: Town) -> None:
    """The card stands in the channel with lane and reasons; one person gets a direct message."""
    low(town, note={"asked": ["U0PAUL"]})
    card = town.card()
    assert card.channel == "C0TOOLS"
    assert "Low lane" in words(card)
    assert "Low: it changes the system prompt (kind.system_prompt)." in words(card)
    assert "No regression gate is needed for this change." in words(card)
    assert "Waiting for Paul Weber" in words(card)
    assert [each.channel for each in town.messages("ask")] == [town.person("U0PAUL").direct_channel().id]
    assert "PC-1" in told(town, "U0PAUL")
    assert all(told(town, each) == "" for each in ("U0MIRA", "U0DEV", "U0ANA", "U0BEN", "U0SARA"))


def test_a_spot_check_with_a_bad_mark_approves_nothing_and_keeps_what_was_typed(town: Town) -> None:
    """The form says under the bad example what to do instead; marked good, the same form goes through."""
    low(town)
    paul = town.person("U0PAUL")
    refused = spot_check(paul, town.card(), bad=":1")
    assert refused.errors == {"mark:1": "Bad: request changes instead."}
    assert "The new answer for output:0." in str(top(paul).typed)
    town.settle()
    assert "Approvals: 0 of 1" in words(town.card())
    assert paul.submit(values={"mark:1": "good"}).ok
    town.settle()
    assert "*Approved*" in told(town, "U0MIRA") or "is approved" in told(town, "U0MIRA")
    assert actions(town.card()) == ["deploy", "change_menu"]


def test_a_medium_change_is_approved_with_one_click_and_waits_for_its_evidence(town: Town) -> None:
    """The vote comes first and stands; the attested result completes it, with the name of who attests."""
    medium(town)
    ben, chloe = town.person("U0BEN"), town.person("U0CHLOE")
    ben.click(town.card(), "approve")
    assert ben.view() is None
    assert heard(town, ben, "C0ANSWERS") == ""
    assert "In review" in words(town.card())
    assert missing(town.card()) == "regression set"
    assert record(chloe, town.card()).ok
    town.settle()
    assert "Approved since" in words(town.card())
    assert "20 of 20 passed, 0 newly failing; attested by Chloe Martin" in words(town.card())
    paul = town.person("U0PAUL")
    paul.click(town.message("deploy", to="U0PAUL"), "deploy")
    town.settle()
    assert "Start with the answer." in (town.live_text("support-answers.md") or "")


TOO_WEAK = (
    {"total": "19", "passed": "19"},
    {"total": "100", "passed": "94"},
    {"total": "100", "passed": "99", "newly_failing": "1"},
)


def test_a_result_that_is_not_good_enough_leaves_the_gate_open(town: Town) -> None:
    """Too few cases, too few passed, one newly failing: it stands on the card beside what is wanted."""
    medium(town)
    ben = town.person("U0BEN")
    ben.click(town.card(), "approve")
    for result in TOO_WEAK:
        assert record(ben, town.card(), **result).ok
        town.settle()
        assert "In review" in words(town.card())
        assert gate(town.card()) == "open"
        assert f"{result['passed']} of {result['total']} passed" in words(town.card())
        assert "Wanted: at least 20 cases, 95 % passing, nothing newly failing" in words(town.card())
        assert "attested by Ben Okafor" in words(town.card())
        assert "deploy" not in actions(town.card())
    assert record(ben, town.card(), total="100", passed="95").ok
    town.settle()
    assert "Approved since" in words(town.card())


def test_a_result_that_cannot_be_is_refused_in_the_form(town: Town) -> None:
    """Errors stand under the fields that they are about, and the form stays."""
    medium(town)
    ben = town.person("U0BEN")
    refused = record(ben, town.card(), total="20", passed="21", newly_failing="0")
    assert refused.errors == {"passed": "This cannot be more than the number of cases."}
    assert ben.submit(values={"passed": "18", "newly_failing": "3"}).errors == {
        "newly_failing": "This cannot be more than the cases that did not pass."
    }
    assert "attested by" not in words(town.card())


def test_the_submitter_cannot_vouch_for_the_result(town: Town) -> None:
    """Who wrote the change is told why not and who can; no form opens."""
    town.change_policy(lambda it: it["workflows"]["support-answers"]["approve"]["medium"].append("U0MIRA"))
    medium(town)
    mira = town.person("U0MIRA")
    mira.click(town.card(), "record_result")
    assert mira.view() is None
    said = heard(town, mira, "C0ANSWERS")
    assert "You wrote part of this change" in said
    assert "Who can: " in said
    assert "Ben Okafor" in said
    assert "Chloe Martin" in said


def test_a_high_change_needs_two_people_with_statements_and_a_passing_gate(town: Town) -> None:
    """One person counts once; with the second and the result it is approved, and the deployers get a card."""
    high(town)
    card = town.card()
    assert "High: it touches refunds, billing or pricing" in words(card)
    assert missing(card) == "2 approvals, regression set"
    ben, chloe = town.person("U0BEN"), town.person("U0CHLOE")
    assert state(ben, card).ok
    ben.click(card, "approve")
    assert ben.view() is None
    assert "You have approved PC-1 already." in heard(town, ben, "C0REFUNDS")
    assert "Approvals: 1 of 2" in words(town.card())
    assert record(chloe, town.card(), total="50", passed="49").ok
    assert state(chloe, town.card(), "Ran ten refunds above $50 by hand.").ok
    town.settle()
    assert "Approved since" in words(town.card())
    assert CHECKED in words(town.card())
    assert "Ran ten refunds above $50 by hand." in words(town.card())
    deployers = {each.channel for each in town.messages("deploy")}
    assert deployers == {town.person(each).direct_channel().id for each in ("U0DEV", "U0RITA", "U0OMAR")}
    assert "deploy" in actions(town.message("deploy", to="U0DEV"))


def test_a_statement_that_says_nothing_is_refused_with_its_text_kept(town: Town) -> None:
    """The error stands under the statement; no vote was cast, and the longer one goes through."""
    high(town)
    ben = town.person("U0BEN")
    assert "statement" in state(ben, town.card(), "ok").errors
    assert "ok" in str(top(ben).typed)
    town.settle()
    assert "Approvals: 0 of 2" in words(town.card())
    assert ben.submit(values={"statement": CHECKED}).ok
    town.settle()
    assert "Approvals: 1 of 2" in words(town.card())


HIGH_RESULTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"total": "49", "passed": "49"}, "open"),
    ({"total": "50", "passed": "48"}, "open"),
    ({"total": "20", "passed": "20"}, "open"),
    ({"total": "20", "passed": "20", "scored_by_people": ["yes"]}, "met"),
    ({"total": "50", "passed": "50", "newly_failing": "0"}, "met"),
    ({"total": "50", "passed": "49"}, "met"),
)


def test_the_high_lane_wants_fifty_cases_or_twenty_that_people_scored(town: Town) -> None:
    """At least 98 % of them pass; the newest result of a test set counts, whatever came before."""
    high(town)
    ben, revision = town.person("U0BEN"), value_of(town.card(), "approve")
    hostile = town.person("U0BEN", hostile=True)
    for result, expected in HIGH_RESULTS:
        hostile.click(town.card(), "record_result", value=revision)  # the card has no button once it is met
        usual = {"suite": "Refunds, weekly", "newly_failing": "0", "scored_by_people": []}
        assert ben.submit(values={**usual, **result}).ok
        town.settle()
        assert gate(town.card()) == expected, result


def test_the_form_of_the_high_lane_says_what_it_is_about(town: Town) -> None:
    """A person who comes from a telephone reads what they approve in the form itself."""
    high(town)
    ben = town.person("U0BEN")
    ben.click(town.message("ask", to="U0BEN"), "approve")
    assert "PC-1" in on_screen(ben)
    assert "Summaries are written as bullet points." in on_screen(ben)


def test_a_low_change_on_a_workflow_that_customers_read_has_the_gate_as_well(town: Town) -> None:
    """A spot check by a peer, and the threshold of the medium lane."""
    why = "Only a heading that the model reads and never repeats."
    mira = town.first_step("U0MIRA", "support-answers", replace=("## Voice", "## How it sounds"), impacts=())
    assert mira.submit(values={"not_customer_visible_because": why}).ok
    town.second_step(mira, {})
    assert mira.last_answer.ok, mira.last_answer
    assert "Low lane" in words(town.card())
    assert missing(town.card()) == "1 approval, regression set"
    paul = town.person("U0PAUL")
    assert spot_check(paul, town.card()).ok
    assert record(paul, town.card(), total="20", passed="18").ok
    town.settle()
    assert missing(town.card()) == "regression set"
    assert record(paul, town.card(), total="20", passed="19").ok
    town.settle()
    assert "Approved since" in words(town.card())


def test_one_person_with_two_accounts_counts_once(town: Town) -> None:
    """Ben has a second account with the same address, and both are on the list."""
    town.workspace.add_user("U0BEN2", "Ben Okafor", email="ben@example.com")
    town.workspace.join("C0REFUNDS", "U0BEN2")
    town.change_policy(
        lambda it: it["workflows"]["refunds"]["approve"].update(high=["U0BEN", "U0BEN2", "U0CHLOE"])
    )
    high(town)
    assert state(town.person("U0BEN"), town.card()).ok
    second = town.person("U0BEN2")
    second.click(town.card(), "approve")
    assert second.view() is None
    assert "You have approved PC-1 already." in heard(town, second, "C0REFUNDS")
    town.settle()
    assert "Approvals: 1 of 2" in words(town.card())


def test_who_wrote_it_cannot_approve_it_with_another_account(town: Town) -> None:
    """Mira's second account is the same person."""
    town.workspace.add_user("U0MIRA2", "Mira Lind", email="mira@example.com")
    town.workspace.join("C0TOOLS", "U0MIRA2")
    town.workspace.set_group_members("S0PEERS", ("U0MIRA", "U0PAUL", "U0DEV", "U0MIRA2"))
    assert town.workspace.events.settle()
    low(town)
    second = town.person("U0MIRA2")
    second.click(town.card(), "approve")
    assert second.view() is None
    assert "You wrote part of this change" in heard(town, second, "C0TOOLS")


def test_the_last_approver_of_a_high_change_who_may_deploy_does_both_at_once(town: Town) -> None:
    """Dev is approver and deployer: his statement completes it, and the first stage begins."""
    high(town, note={"asked": ["U0BEN", "U0DEV"]})
    state(town.person("U0BEN"), town.card())
    record(town.person("U0BEN"), town.card(), total="50", passed="50")
    town.settle()
    dev = town.person("U0DEV")
    ask = town.message("ask", to="U0DEV")
    assert "approve_and_deploy" in actions(ask)
    dev.click(ask, "approve_and_deploy")
    assert dev.submit(values={"statement": "Tried it on ten orders of last week."}).ok
    town.settle()
    assert "up to $500" in (town.live_text("refunds.md", "production-canary") or "")
    assert "Tried it on ten orders of last week." in words(town.card())


def test_the_home_tab_says_what_waits_for_whom(town: Town) -> None:
    """Ben finds his decision there, Mira her change; when it is decided, nothing waits for Ben."""
    medium(town, note={"asked": ["U0BEN"]})
    ben, mira, chloe = (town.person(each) for each in ("U0BEN", "U0MIRA", "U0CHLOE"))
    for person in (ben, mira, chloe):
        assert person.open_home().ok
    assert "your decision" in str(ben.home())
    assert "PC-1" in str(mira.home())
    assert "your decision" not in str(chloe.home())
    ben.click(town.card(), "approve")
    ben.open_home()
    assert "your decision" not in str(ben.home())
