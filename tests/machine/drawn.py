"""Whether every card that stands in Slack shows what the rows say now, as Slack itself shows it."""

from typing import Any

from sqlmodel import select

from bot.cards import messages
from bot.drawing import drawer
from storage.models import Message, MessageState
from tests.machine.hamlet import Hamlet


def assert_drawn_as_the_rows(hamlet: Hamlet) -> int:
    """Compare each message that is redrawn with a new drawing of it; says how many there are."""
    assert messages.KINDS
    draw = drawer(hamlet.app.context, hamlet.moment)
    with hamlet.app.store.reading() as session:
        standing = session.exec(
            select(Message).where(Message.state == MessageState.SENT, Message.redrawn)
        ).all()
        count = 0
        for message in standing:
            drawn = draw(session, message)
            if drawn is None or message.channel is None or message.ts is None:
                continue
            shown = hamlet.workspace.message(message.channel, message.ts)
            there, wanted = _plain(shown.blocks), _plain(drawn.blocks)
            assert there == wanted, f"{message.key} shows {_differing(there, wanted)}"
            count += 1
    return count


def _plain(blocks: Any) -> list[Any]:
    """Blocks without the ids that Slack fills in where the app names none."""
    return [_without_own_ids(each) for each in blocks]


def _without_own_ids(block: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != "block_id"}


def _differing(there: list[Any], wanted: list[Any]) -> tuple[list[Any], list[Any]]:
    """What stands there and should not, and what should stand there and does not."""
    return [each for each in there if each not in wanted], [each for each in wanted if each not in there]
