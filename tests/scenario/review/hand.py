"""What reviewers do, in one line each: decide, vouch for a result, use a menu, read what was answered."""

import re
from typing import Any

from bot.sandbox.person import SlackPerson
from bot.sandbox.records import Answer, Message
from storage.vocabulary import Kind
from tests.scenario.town import Town, top, words

CHANNELS = {"summaries": "C0TOOLS", "support-answers": "C0ANSWERS", "refunds": "C0REFUNDS"}
BULLETS = ("one paragraph", "at most five bullet points")
GREETING = ("Start with a short greeting that uses the customer's first name.", "Start with the answer.")
LIMIT = ("up to $50", "up to $500")
CHECKED = "I read the new limit against the refund policy."


def low(town: Town, **more: Any) -> SlackPerson:
    """Mira proposes bullet points for the internal summaries: the low lane."""
    return _sent(town.propose("U0MIRA", "summaries", **{"replace": BULLETS, **more}))


def medium(town: Town, **more: Any) -> SlackPerson:
    """Mira proposes answers without a greeting, which customers read: the medium lane."""
    return _sent(town.propose("U0MIRA", "support-answers", **{"replace": GREETING, **more}))


def high(town: Town, **more: Any) -> SlackPerson:
    """Mira proposes refunds of up to $500: the high lane."""
    usual = {"replace": LIMIT, "kinds": (Kind.SYSTEM_PROMPT, Kind.TOOL_PERMISSIONS)}
    return _sent(town.propose("U0MIRA", "refunds", **{**usual, **more}))


def _sent(person: SlackPerson) -> SlackPerson:
    assert person.last_answer.ok, person.last_answer
    assert person.view() is None
    return person


def spot_check(person: SlackPerson, message: Message, *, bad: str = "", button: str = "approve") -> Answer:
    """Approve in the low lane: mark every example good, except the one whose block ends in ``bad``."""
    person.click(message, button)
    inputs = [block["block_id"] for block in top(person).blocks if block["type"] == "input"]
    values = {each: f"The new answer for {each}." for each in inputs if each.startswith("output")}
    marks = [each for each in inputs if each.startswith("mark")]
    values |= {each: "bad" if bad and each.endswith(bad) else "good" for each in marks}
    return person.submit(values=values)


def state(person: SlackPerson, message: Message, statement: str = CHECKED) -> Answer:
    """Approve in the high lane, with a statement."""
    person.click(message, "approve")
    return person.submit(values={"statement": statement})


def say_no(person: SlackPerson, message: Message, button: str, reason: str) -> Answer:
    """Reject, or request changes."""
    person.click(message, button)
    return person.submit(values={"reason": reason})


def record(person: SlackPerson, message: Message, **result: Any) -> Answer:
    """Vouch for the result of a test run; by default one that is good enough for the medium lane."""
    person.click(message, "record_result")
    usual = {"suite": "Answers, weekly", "total": "20", "passed": "20", "newly_failing": "0"}
    return person.submit(values={**usual, **result})


def menu(person: SlackPerson, message: Message, word: str) -> Answer:
    """Choose from a card's menu, by the word before the colon of the option's value."""
    options = next(
        part["options"]
        for block in message.blocks
        for part in block.get("elements", ())
        if part.get("action_id") == "change_menu"
    )
    chosen = next(each["value"] for each in options if each["value"].startswith(f"{word}:"))
    return person.click(message, "change_menu", selected=chosen)


def plain(message: Message) -> str:
    """Everything that a message says, with single spaces."""
    return " ".join(words(message).split())


def missing(message: Message) -> str:
    """What a card in review says is missing."""
    found = re.search(r"\*Missing:\* ([^\n]*)", words(message))
    return found[1].lower() if found else ""


def gate(message: Message) -> str:
    """How a card says that the regression gate stands: open or met."""
    found = re.search(r"Regression set: (open|met)", plain(message))
    assert found, words(message)
    return found[1]


def value_of(card: Message, action: str) -> str:
    """What a button on a card carries."""
    return str(
        next(
            part["value"]
            for block in card.blocks
            for part in block.get("elements", ())
            if part.get("action_id") == action
        )
    )


def field(person: SlackPerson, name: str) -> dict[str, Any]:
    """One input of the form on the screen, by the first part of its block_id."""
    found = [each for each in top(person).blocks if each["block_id"].partition(":")[0] == name]
    assert found, [each["block_id"] for each in top(person).blocks]
    return dict(found[0]["element"])


def shown(person: SlackPerson, name: str) -> str:
    """What a text input was prefilled with."""
    return str(field(person, name).get("initial_value", ""))


def ticked(person: SlackPerson, name: str) -> list[str]:
    """What is ticked beforehand."""
    return [each["value"] for each in field(person, name).get("initial_options", [])]


def heard(town: Town, person: SlackPerson, channel: str) -> str:
    """What was last said to this person alone in a channel; empty where nothing was."""
    town.settle()
    said = person.ephemerals(channel)
    return words(said[-1]) if said else ""


def told(town: Town, who: str) -> str:
    """Everything in a person's direct messages with the app, as it looks now."""
    town.settle()
    return "\n".join(words(each) for each in town.person(who).direct_messages())


def on_screen(person: SlackPerson) -> str:
    """Everything that the form on the screen says, without what was typed into it."""
    return str([block.get("text") or block.get("elements") for block in top(person).blocks])
