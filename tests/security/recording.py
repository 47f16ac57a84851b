"""A story told through the local Slack, whose signed payloads are kept with the rows of their moment."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cards.surface import COMMAND, MESSAGE_SHORTCUT, SHORTCUT, Action, Callback
from bot.sandbox.delivery import Delivery
from tests.scenario.release.story import (
    HIGH,
    LOW,
    MEDIUM,
    answered,
    approved,
    deploy,
    formal,
    live,
    proposed,
    spot_check,
    with_result,
)
from tests.scenario.release.story import roll_back as rolled_back
from tests.scenario.release.test_release_drift import look
from tests.scenario.review.hand import menu
from tests.scenario.town import Town, top
from tests.security.entitled import Rights

EVENTS = ("user_change", "team_join", "subteam_updated", "subteam_members_changed", "app_home_opened")
LISTENERS = (
    COMMAND,
    *(f"action {each}" for each in Action),
    *(f"view {each}" for each in Callback),
    *(f"closed {each}" for each in (Callback.SUBMIT_CHANGE, Callback.SUBMIT_NOTE)),
    f"shortcut {SHORTCUT}",
    f"shortcut {MESSAGE_SHORTCUT}",
    *(f"event {each}" for each in EVENTS),
    "action of_another_version",
)
NO_STORY = {
    "action roll_back_anyway": "action add_reason",
    "action leave_as_found": "action add_reason",
    "action task_done": "action deploy",
    "action of_another_version": "action approve",
}
"""Listeners that this story does not come to: they get the payload of another, under their own name."""


@dataclass(frozen=True)
class Recorded:
    """What Slack sent, how, when, and the database as it was just before."""

    way: str
    payload: dict[str, Any]
    database: bytes
    at: datetime


Story = tuple[Town, dict[str, Recorded], Rights]
"""A town, what Slack sent to it, and who holds which right in it."""


def listener_of(way: str, payload: dict[str, Any]) -> str:
    """Whose payload this is, by the names of ``LISTENERS``."""
    if way == "command":
        return str(payload["command"])
    if way == "event":
        return f"event {payload['event']['type']}"
    match payload["type"]:
        case "block_actions":
            return f"action {payload['actions'][0]['action_id']}"
        case "view_submission":
            return f"view {payload['view']['callback_id']}"
        case "view_closed":
            return f"closed {payload['view']['callback_id']}"
        case _:
            return f"shortcut {payload['callback_id']}"


class Tape:
    """Keeps the first payload of each listener while a story is told."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.kept: dict[str, Recorded] = {}
        delivery = town.workspace.delivery
        for way in ("command", "interaction", "event"):
            setattr(delivery, way, self._keeping(delivery, way))

    def _keeping(self, delivery: Delivery, way: str) -> Callable[..., Any]:
        send = getattr(delivery, way)

        def keep_and_send(payload: dict[str, Any], *more: Any) -> Any:
            name = listener_of(way, payload)
            if name not in self.kept:
                self.kept[name] = Recorded(way, payload, self._rows(), self._town.moment())
            return send(payload, *more)

        return keep_and_send

    def _rows(self) -> bytes:
        """The database as a file would hold it now."""
        file = self._town.repository.parent / "app.db"
        with sqlite3.connect(file) as source, sqlite3.connect(":memory:") as copy:
            source.backup(copy)
            return bytes(copy.serialize())


def recorded(town: Town) -> dict[str, Recorded]:
    """A payload for each listener, from a story that comes past nearly all of them."""
    tape = Tape(town)
    _propose_and_decide(town)
    _other_lanes(town)
    _release_and_back(town)
    _look_around(town)
    _people_change(town)
    for name, like in NO_STORY.items():
        model = tape.kept[like]
        action = {**model.payload["actions"][0], "action_id": name.split(" ")[1]}
        payload = {**model.payload, "actions": [action]}
        tape.kept[name] = Recorded(model.way, payload, model.database, model.at)
    return tape.kept


def _propose_and_decide(town: Town) -> None:
    mira = town.first_step("U0MIRA", "summaries", replace=("one paragraph", "two paragraphs"))
    mira.close(whole_stack=True)
    number = proposed(town, LOW, "at most five bullet points", note={"asked": ["U0PAUL"]})
    paul = town.person("U0PAUL")
    paul.click(town.message("ask", change=number, to="U0PAUL"), "approve_and_deploy")
    paul.close()
    spot_check(town, number)
    deploy(town, number, by="U0PAUL")


def _other_lanes(town: Town) -> None:
    number = proposed(town, MEDIUM, "Close with a word of thanks.")
    ben = town.person("U0BEN")
    with_result(town, number)
    for button in ("request_changes", "reject"):
        ben.click(town.card(number), button)
        ben.close()
    assert menu(ben, town.card(number), "raise_lane").ok
    assert ben.submit(values={"reason": "Customers asked about exactly this."}).ok, ben.last_answer
    town.settle()
    ana = town.person("U0ANA")
    assert menu(ana, town.card(number), "lower_lane").ok
    assert ana.submit(values={"reason": "Only the closing words are others."}).ok, ana.last_answer
    town.settle()
    mira = town.person("U0MIRA")
    assert menu(mira, town.card(number), "withdraw").ok
    assert mira.submit().ok
    town.settle()


def _release_and_back(town: Town) -> None:
    rita = town.person("U0RITA")
    again = live(town, LOW, "at most three bullet points", old="at most five bullet points", by="U0PAUL")
    assert rita.click(town.message("live", change=again), "roll_back_to").ok
    rita.close()
    rolled_back(town, again)
    card = town.message("rollback", change=again)
    assert (
        town.person("U0SARA")
        .click(town.message("rollback_notice", change=again, to="U0SARA"), "acknowledge")
        .ok
    )
    assert rita.click(card, "add_reason").ok
    assert rita.submit(values={"reason": "Three summaries lost their order number."}).ok
    dev = town.person("U0DEV")
    assert dev.click(town.message("rollback", change=again), "restore").ok
    assert dev.submit(values={"reason": "The alarm was about another system."}).ok, dev.last_answer
    town.settle()
    assert rita.click(town.message("live", change=again), "roll_back_to").ok
    element = next(block["element"] for block in top(rita).blocks if block["type"] == "input")
    assert rita.submit(values={"return_to": element["options"][0]["value"]}).ok, rita.last_answer
    town.settle()
    _moved_past_the_app(town)
    number = approved(town, HIGH, "a refund of up to $500")
    deploy(town, number)
    dev.click(town.message("live", change=number), "advance")
    town.settle()
    other = proposed(town, HIGH, "a refund of up to $600", old="a refund of up to $500")
    with_result(town, other)
    formal(town, other)
    deploy(town, other)
    rita.click(town.message("live", change=other), "stop_release")
    town.settle()


def _moved_past_the_app(town: Town) -> None:
    look(town)
    text = town.live_text(LOW.path) or ""
    town.commit_outside(LOW.path, f"{text}Never name a colleague.\n")
    look(town)
    mira, rita = town.person("U0MIRA"), town.person("U0RITA")
    card = town.messages("drift", to="C0TOOLS")[-1]
    assert mira.click(card, "adopt").ok
    mira.close(whole_stack=True)
    assert rita.click(town.messages("drift", to="C0TOOLS")[-1], "put_back").ok
    town.settle()
    assert town.live_text(LOW.path) == text


def _look_around(town: Town) -> None:
    mira = town.person("U0MIRA")
    assert mira.open_home().ok
    mira.click_home("propose")
    mira.click_in_view(top(mira), "resume_draft")
    mira.close(whole_stack=True)
    mira.shortcut(SHORTCUT)
    mira.close(whole_stack=True)
    mira.message_shortcut(MESSAGE_SHORTCUT, "C0TOOLS", town.card(2).ts)
    mira.close(whole_stack=True)
    proposed(town, MEDIUM, "Close with a word of thanks.")
    mira.click(answered(town, "U0MIRA", "list"), "show_change")
    mira.close(whole_stack=True)
    mira.click(answered(town, "U0MIRA", "workflow summaries"), "edit_workflow")
    mira.close(whole_stack=True)
    mira.click(answered(town, "U0MIRA", "policy"), "edit_policy")
    mira.close(whole_stack=True)


def _people_change(town: Town) -> None:
    town.workspace.rename_user("U0BEN", "Benedict Okafor")
    town.workspace.add_user("U0NEW", "Nora New", email="nora@example.com")
    town.workspace.set_group_members("S0PEERS", ["U0MIRA", "U0PAUL"])
    assert town.workspace.events.settle()
    town.settle()
