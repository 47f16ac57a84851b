"""The local Slack of the bench, as a process of its own, and a database full of changes beside it.

One change is proposed as a person proposes it; the others are copies of its rows, and their cards stand in
the local Slack, so that the outbox redraws real messages. It prints where everything is and serves until its
input ends.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text
from sqlmodel import Session, SQLModel, col

from bot.sandbox.records import Message as Posted
from bot.sandbox.shapes import message_as_slack
from storage.models import Ask, Change, Evidence, Message, Revision, Touch
from tests.bench.clicks import Click, click_on
from tests.scenario.town import Town, running_town

REPLACED = ("in the first two sentences", "in the very first sentence")


def copies(town: Town, count: int, complete_from: int) -> Iterator[Click]:
    """So many copies of PC-1, each with its cards. From ``complete_from`` on only an approval is missing."""
    with town.app.store.transaction() as session:
        template = session.get_one(Change, 1)
        messages = list(session.scalars(select(Message).where(col(Message.change_id) == 1)))
        numbers = range(2, count + 2)
        _copy(session, template, ({"id": number} for number in numbers))
        _copy(
            session, session.get_one(Revision, 1), ({"id": number, "change_id": number} for number in numbers)
        )
        for table in (Touch, Ask):
            rows = session.scalars(select(table)).all()
            _copy(session, rows[0], ({"change_id": number} for number in numbers))
        _go_on_counting(session, Change, Revision)
        digest = session.get_one(Revision, 1).content_digest
        _results(session, digest, template, numbers[complete_from:])
        for each in messages:
            posted = town.workspace.message(each.channel or "", each.ts or "")
            cards = {number: _posted_again(town, posted, number) for number in numbers}
            _copy(
                session,
                each,
                (
                    {
                        "id": None,
                        "key": each.key.replace(":1", f":{number}", 1),
                        "change_id": number,
                        "ts": card.ts,
                    }
                    for number, card in cards.items()
                ),
            )
            if each.kind == "review":
                for number, card in cards.items():
                    yield click_on(message_as_slack(town.workspace, card), number, number)


def _copy(session: Session, row: SQLModel, each: Iterator[dict[str, Any]]) -> None:
    table = SQLModel.metadata.tables[str(row.__tablename__)]
    rows = (row.model_dump() | alters for alters in each)
    # Where a number is to be given, the database gives it: Postgres takes no NULL for that.
    kept = [{name: value for name, value in row.items() if name != "id" or value is not None} for row in rows]
    session.connection().execute(insert(table), kept)


def _go_on_counting(session: Session, *tables: type[SQLModel]) -> None:
    """Postgres gives numbers out of a sequence, which has not seen those that were given by hand."""
    if session.get_bind().dialect.name == "postgresql":
        for name in (str(each.__tablename__) for each in tables):
            newest = text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
            session.connection().execute(newest)


def _results(session: Session, digest: str, template: Change, numbers: range) -> None:
    result = {"content_digest": digest, "suite": "answers", "total": 40, "passed": 40, "newly_failing": 0}
    result |= {"attested_by": "U0CHLOE", "at": template.created_at}
    if numbers:
        session.connection().execute(insert(Evidence), [result | {"change_id": each} for each in numbers])


def _posted_again(town: Town, card: Posted, number: int) -> Posted:
    """The card of a copy: what its buttons carry is the copy's revision, which has the copy's number."""
    blocks = json.loads(
        json.dumps(card.blocks)
        .replace('"value": "1"', f'"value": "{number}"')
        .replace(':1"}', f':{number}"}}')
        .replace("PC-1 ", f"PC-{number} ")
    )
    return town.workspace.post_as_app(card.channel, text=card.text, blocks=blocks, metadata=card.metadata)


def main(folder: Path, count: int, complete_from: int) -> None:
    """Serve until nobody listens any more."""
    with running_town(folder) as town:
        assert town.propose("U0MIRA", "support-answers", replace=REPLACED).last_answer.ok
        clicks = [asdict(each) for each in copies(town, count, complete_from)]
        (folder / "clicks.json").write_text(json.dumps(clicks))
        app = town.workspace.app
        place = {"api": f"{town.workspace.base_url}/api/", "token": app.bot_token}
        print(json.dumps(place | {"secret": app.signing_secret}), flush=True)  # noqa: T201  that is how it says where it is
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
