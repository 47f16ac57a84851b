"""A workflow whose prompt lives beyond this machine: proposed here, moved there, and back.

Each story is told with every system that is reached over HTTP, and asserts what that system got.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from bot.commands_targets import check_targets
from bot.settings import read_settings
from tests.scenario.release.story import (
    deploy,
    formal,
    newest,
    on_the_host,
    roll_back,
    spot_check,
    with_result,
)
from tests.scenario.town import Town, actions, top, words
from tests.systems import SYSTEMS
from tests.systems.faulty import STALL, WORDS, Fault
from tests.systems.langfuse import local_langfuse
from tests.systems.receiver import local_receiver
from tests.systems.system import ELSEWHERE, System

OLD, NEW = "Answer kindly.", "Answer kindly and briefly."
REFUND, MORE = "Pay refunds of up to $50.", "Pay refunds of up to $100."
OFF = "Switch the macro off in the helpdesk."


def governed(town: Town, system: System, patch: pytest.MonkeyPatch) -> System:
    """The policy has two workflows, a low one and a high one, whose target is this system."""

    def add(data: dict[str, Any]) -> None:
        there = data["workflows"]
        like = {"macros": "summaries", "payouts": "refunds"}[system.workflow]
        there[system.workflow] = {**there[like], "target": system.spec}

    town.change_policy(add)
    town.app.targets.seconds = STALL
    for name, value in system.environment.items():
        patch.setenv(name, value)
    return system


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest, town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """Give each system in turn, with a text that was live before the app came."""
    with SYSTEMS[request.param]("macros") as found:
        found.put(OLD)
        yield governed(town, found, monkeypatch)


def break_down(town: Town, system: System, fault: Fault) -> None:
    """From now on the system takes a move as the fault says."""
    system.door.fault = fault
    town.app.targets.seconds = fault.patience
    if fault is Fault.EXPIRED:
        system.expire()


def heal(town: Town, system: System) -> None:
    """All is well again."""
    system.renew()
    system.door.heal()
    town.app.targets.seconds = STALL


def ready(town: Town, text: str = NEW, **note: str) -> int:
    """A change of the low workflow that only has to be deployed, its text pasted into the form."""
    mira = town.propose("U0MIRA", "macros", text=text, note=note)
    assert mira.last_answer.ok, mira.last_answer
    number = newest(town)
    spot_check(town, number)
    return number


def test_propose_approve_deploy_roll_back(town: Town, system: System) -> None:
    """The live text is shown as it was before, the new one goes live once, and the old one comes back."""
    number = ready(town)
    assert system.live() == OLD
    card = words(town.card(number))
    assert "and briefly" in card
    assert "127.0.0.1" in card

    deploy(town, number)
    assert system.live() == NEW
    assert f"Live: PC-{number}" in words(town.message("live"))
    assert system.door.moves == 1

    roll_back(town, number)
    assert system.live() == OLD
    assert f"Rolled back: PC-{number}" in words(town.message("rollback"))
    assert system.door.moves == 2


def test_a_receiver_gets_both_moves_whole(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which version, its exact text and digest, under which key, and why; once each."""
    with local_receiver("macros") as system:
        old = system.put(OLD)
        governed(town, system, monkeypatch)
        number = ready(town)
        assert system.door.writes == []
        deploy(town, number)
        roll_back(town, number)
        new = system.local.names["name"](NEW)
        forward, back = system.door.writes
    assert forward == {
        "workflow": "macros",
        "pointer": "production",
        "old": old,
        "new": new,
        "text": NEW,
        "sha256": hashlib.sha256(NEW.encode()).hexdigest(),
        "key": "R-1-production",
        "why": "PC-1, released by Dev Patel",
    }
    assert (back["old"], back["new"], back["text"]) == (new, old, OLD)
    assert back["key"] == "R-1-rollback-1-roll_back"
    assert back["why"].startswith("rollback of PC-1 by Rita")


FAILS_AT_ONCE = {
    Fault.REFUSES: f"refuses (422). It says: {WORDS}.",
    Fault.EXPIRED: "does not accept the credential in",
}
TRIED_AGAIN = {
    Fault.SILENT_BEFORE: "did not answer within 1.5 seconds",
    Fault.DOES_NOTHING: "says that it moved production, and production is still at",
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAILS_AT_ONCE)
def test_a_refused_deploy_says_why_and_can_be_made_again(town: Town, system: System, fault: Fault) -> None:
    """Nothing moved, the thread has the system's words, and the next click on Deploy goes through."""
    number = ready(town)
    break_down(town, system, fault)
    deploy(town, number)
    assert (system.live(), town.messages("live")) == (OLD, [])
    assert FAILS_AT_ONCE[fault] in words(town.messages("outcome", to="U0MIRA")[-1])
    heal(town, system)
    deploy(town, number)
    assert system.live() == NEW
    assert f"Live: PC-{number}" in words(town.message("live"))
    assert system.door.moves == 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", TRIED_AGAIN)
def test_a_deploy_that_is_not_certain_is_tried_again_until_it_is(
    town: Town, system: System, fault: Fault
) -> None:
    """Not live before it was read back; the card says what is in the way; one effect in the end."""
    number = ready(town)
    break_down(town, system, fault)
    deploy(town, number)
    assert town.messages("live") == []
    assert TRIED_AGAIN[fault] in words(town.card(number))
    heal(town, system)
    town.moment.pass_by(seconds=10)
    town.settle()
    assert system.live() == NEW
    assert f"Live: PC-{number}" in words(town.message("live"))
    assert TRIED_AGAIN[fault] not in words(town.card(number))
    assert system.door.moves == 1


@pytest.mark.slow
def test_a_system_that_moves_to_another_version_is_never_live(town: Town, system: System) -> None:
    """It is said what is there, and nobody moves against it: the change is stale."""
    number = ready(town)
    break_down(town, system, Fault.WRONG_VERSION)
    deploy(town, number)
    assert "now" in words(town.card(number))
    town.moment.pass_by(seconds=10)
    town.settle()
    assert system.live() == ELSEWHERE
    assert town.messages("live") == []
    told = [words(each) for each in town.messages("outcome", to="U0MIRA")]
    assert any("Somebody moved production" in each for each in told)
    assert "must be confirmed again, because the target has moved" in told[-1]
    assert "deploy" not in actions(town.card(number))
    assert system.door.moves == 1


@pytest.mark.slow
def test_a_move_whose_answer_was_lost_is_found_and_not_made_twice(town: Town, system: System) -> None:
    """There and back; each was asked of the system once, though nobody heard that it was done."""
    number = ready(town)
    for text in (NEW, OLD):
        system.door.writes.clear()
        break_down(town, system, Fault.BREAKS_OFF)
        if text == NEW:
            deploy(town, number)
        else:
            roll_back(town, number)
        heal(town, system)
        town.moment.pass_by(minutes=1)
        town.settle()
        assert system.live() == text
        assert len(system.door.writes) == 1
    assert system.door.moves == 2
    assert f"Rolled back: PC-{number}" in words(town.message("rollback"))


@pytest.mark.slow
@pytest.mark.parametrize("fault", [*FAILS_AT_ONCE, *TRIED_AGAIN])
def test_a_rollback_goes_on_until_it_is_done(town: Town, system: System, fault: Fault) -> None:
    """Said loudly, tried again whatever the system says, and done once."""
    number = ready(town)
    deploy(town, number)
    break_down(town, system, fault)
    roll_back(town, number)
    card = words(town.message("rollback"))
    assert "is *not* back on" in card
    assert {**FAILS_AT_ONCE, **TRIED_AGAIN}[fault] in card
    assert "By hand" in card
    heal(town, system)
    town.moment.pass_by(minutes=1)
    town.settle()
    assert system.live() == OLD
    assert f"Rolled back: PC-{number}" in words(town.message("rollback"))
    assert system.door.moves == 2


@pytest.mark.parametrize("kind", SYSTEMS)
def test_a_high_change_goes_in_stages(town: Town, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Where the policy says that the system knows a canary: it moves first, and both go back."""
    stage = {
        "webhook": {"stages": True},
        "braintrust": {"canary_environment": "canary"},
        "agenta": {"canary_environment": "canary"},
        "github": {"canary_environment": "canary"},
        "langfuse": {"canary_label": "canary"},
        "langsmith": {"canary_tag": "canary"},
        "mlflow": {"canary_alias": "early"},
        "promptlayer": {"canary_label": "canary"},
        "opik": {"canary_environment": "canary"},
        "phoenix": {"canary_tag": "canary"},
    }
    canary = "early" if kind == "mlflow" else "canary"
    with SYSTEMS[kind]("payouts", **stage[kind]) as system:
        system.put(REFUND)
        governed(town, system, monkeypatch)
        mira = town.propose("U0MIRA", "payouts", text=MORE)
        assert mira.last_answer.ok, mira.last_answer
        number = newest(town)
        formal(town, number)
        with_result(town, number)
        deploy(town, number)
        assert (system.live(canary), system.live()) == (MORE, REFUND)
        town.person("U0DEV").click(town.message("live"), "advance")
        town.settle()
        assert (system.live(canary), system.live()) == (MORE, MORE)
        roll_back(town, number)
        assert (system.live(canary), system.live()) == (REFUND, REFUND)
        assert f"Rolled back: PC-{number}" in words(town.message("rollback"))


def test_without_a_canary_a_high_change_needs_a_scored_sample(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for any target without stages; the card says so."""
    with local_receiver("payouts") as system:
        system.put(REFUND)
        governed(town, system, monkeypatch)
        assert town.propose("U0MIRA", "payouts", text=MORE).last_answer.ok
        formal(town, 1)
        with_result(town, 1)
        assert "stages" in words(town.card())
        assert "deploy" not in actions(town.card())


def test_the_first_release_of_langfuse_is_taken_back_by_a_person(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its API cannot leave a label with nothing, so that the written way to switch off is what counts."""
    with local_langfuse("macros") as system:
        governed(town, system, monkeypatch)
        number = ready(town, fallback_switch_off=OFF)
        deploy(town, number)
        assert system.live() == NEW
        roll_back(town, number)
        assert OFF in words(town.message("task", change=number))
        assert "not done yet" in words(town.message("rollback"))


def test_an_approved_text_that_is_another_by_now_does_not_go_live(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version that was edited in place, past all that Langfuse itself allows."""
    with local_langfuse("macros") as system:
        system.put(OLD)
        governed(town, system, monkeypatch)
        number = ready(town)
        system.local.versions["support/refunds"][-1]["prompt"] = "Refund everything."
        deploy(town, number)
        assert system.live() == OLD
        assert town.messages("live") == []
        assert "is not what was approved" in words(town.messages("outcome", to="U0MIRA")[-1])


def test_a_target_that_cannot_be_read_says_so_in_the_form(town: Town, system: System) -> None:
    """In the place where the person is; once it can be read, its text is there to be edited."""
    system.expire()
    mira = town.person("U0MIRA")
    assert mira.command("/prompt-change").ok
    mira.click_in_view(top(mira), "choose_workflow", selected="macros")
    assert "does not accept the credential" in str(top(mira).blocks)
    system.renew()
    assert mira.command("/prompt-change").ok
    mira.click_in_view(top(mira), "choose_workflow", selected="macros")
    assert OLD in str(top(mira).blocks)


def test_targets_check_reads_every_target_and_says_what_is_wrong(
    town: Town, system: System, capfd: pytest.CaptureFixture[str]
) -> None:
    """0 while all is well; 1 with the sentence once something is not."""
    settings = read_settings(database_url=town.database, repositories=town.repository.parent)
    assert check_targets(settings) == 0
    said = capfd.readouterr().out
    for each in ("macros", "summaries", "refunds", "support-answers", "127.0.0.1", "no release yet"):
        assert each in said
    system.expire()
    assert check_targets(settings) == 1
    told = capfd.readouterr().out
    assert "cannot be read" in told
    assert "credential" in told


def test_targets_check_misses_the_version_to_go_back_to(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The live version is well, and a rollback would find nothing: that is told before it is needed."""
    with local_receiver("macros") as system:
        old = system.put(OLD)
        governed(town, system, monkeypatch)
        deploy(town, ready(town))
        system.local.names["texts"].pop(("macros", old))
        code, said = on_the_host(town, "targets", "check")
    assert code == 1
    assert old in said


def test_the_page_of_a_workflow_shows_the_target_as_it_is_now(town: Town, system: System) -> None:
    """What is live there, what a rollback brings back, and what is wrong, for whoever asks in Slack."""
    number = ready(town)
    deploy(town, number)
    sara = town.person("U0SARA")

    def page() -> str:
        sara.command("/prompt-change workflow macros")
        return words(sara.ephemerals(sara.direct_channel().id)[-1])

    shown = page()
    assert "Live there" in shown
    assert "a rollback brings back" in shown
    assert "To put right" not in shown
    system.expire()
    told = page()
    assert told.count("cannot be read") == 2
    assert "To put right" in told
    assert "does not accept the credential" in told


def test_a_target_that_is_slow_does_not_keep_its_page_from_being_shown(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack waits three seconds: people and attributes are shown, and that the rest is not known."""
    with local_langfuse("macros") as system:
        system.put(OLD)
        governed(town, system, monkeypatch)
        monkeypatch.setattr("bot.changes.reading.targets.IN_TIME", 0.0)
        sara = town.person("U0SARA")
        sara.command("/prompt-change workflow macros")
        shown = words(sara.ephemerals(sara.direct_channel().id)[-1])
    assert "did not answer within 0 seconds" in shown
    assert "Owner" in shown
