"""What Slack would send, kept as it is, so that it can be sent by many at once and more than once.

Each delivery is signed anew when it is sent, as Slack does. It must never be kinder than Slack: nothing waits
for another, and nothing is tried again.
"""

import json
import random
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Barrier, Thread
from urllib.parse import urlencode, urlsplit

from bot.sandbox import payloads
from bot.sandbox.delivery import Delivery
from bot.sandbox.person import SlackPerson
from bot.sandbox.records import JsonObject, Message, View

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Letter:
    """The body of one request. ``name`` says what it is about, for whoever reads a failure."""

    name: str
    body: str
    content_type: str = FORM


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back for a letter."""

    letter: Letter
    status: int
    body: str


def interaction(name: str, payload: JsonObject) -> Letter:
    """A click or a submission."""
    return Letter(name, urlencode({"payload": json.dumps(payload)}))


def event(name: str, body: JsonObject) -> Letter:
    """An event with the callback around it."""
    return Letter(name, json.dumps(body), JSON)


def click(person: SlackPerson, message: Message, action: str) -> Letter:
    """What a click on a button of this message sends. Nothing is sent yet."""
    block, element = next(
        (block, element)
        for block in message.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == action
    )
    acted = payloads.action(person.workspace, str(block["block_id"]), element, None)
    payload = payloads.message_actions(person.workspace, person.user, message, [acted], {})
    return interaction(f"{person.user_id} {action} {element.get('value')}", payload)


def submission(person: SlackPerson, view: View) -> Letter:
    """What Submit on this form sends, with everything that was filled in. Nothing is sent yet."""
    shown = person.workspace.view(view.id)
    payload = payloads.submission(person.workspace, person.user, shown)
    return interaction(f"{person.user_id} {shown.callback_id} {shown.id}", payload)


def storm(
    delivery: Delivery, letters: Sequence[Letter], *, workers: int = 16, urls: Sequence[str] = ()
) -> list[Answered]:
    """Send every letter once, by so many at the same time, in this order; to the addresses in turn."""
    places = [urlsplit(each) for each in urls or [str(delivery.request_url)]]
    waiting, answers, line = deque(letters), deque[Answered](), Barrier(workers)

    def work(number: int) -> None:
        place = places[number % len(places)]
        connection = HTTPConnection(str(place.hostname), place.port, timeout=SECONDS)
        line.wait()
        try:
            while waiting:
                answers.append(_sent(connection, place.path, delivery, waiting.popleft()))
        except IndexError:  # another took the last one
            pass
        finally:
            connection.close()

    threads = [Thread(target=work, args=(number,), name=f"storm-{number}") for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(answers)


def _sent(connection: HTTPConnection, path: str, delivery: Delivery, letter: Letter) -> Answered:
    headers = {"content-type": letter.content_type, **delivery.signed_headers(letter.body)}
    connection.request("POST", path, letter.body.encode(), headers)
    answer = connection.getresponse()
    return Answered(letter, answer.status, answer.read().decode())


def shuffled(letters: Iterable[Letter], seed: int) -> list[Letter]:
    """In an order that nobody chose, and that is the same each time."""
    found = list(letters)
    random.Random(seed).shuffle(found)  # noqa: S311  an order, no secret
    return found
