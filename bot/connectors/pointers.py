"""What every target that is asked over the network does with the names of its pointers."""

from collections.abc import Iterable

from bot.connectors.credentials import Credential
from bot.connectors.protocol import Target, TargetError, TargetRefused


def refuse_unknown(target: Target, name: str, pointer: str) -> None:
    """Raises TargetRefused for a pointer that is not the target's. ``name`` is the prompt's, for people."""
    known = [target.live_pointer, *([target.canary_pointer] if target.canary_pointer else [])]
    if pointer not in known:
        raise TargetRefused(f"{name} has no pointer called {pointer}. It has {' and '.join(known)}.")


def problems_of(target: Target, credentials: Iterable[Credential]) -> list[str]:
    """The first thing that stands in the way of reading; whether it may be written shows only at a write."""
    try:
        for each in credentials:
            each.value()
        if target.canary_pointer:
            target.read_pointer(target.canary_pointer)
        live = target.read_pointer(target.live_pointer)
        if live is not None:
            target.read_content(live)
    except TargetError as fault:
        return [str(fault)]
    return []
