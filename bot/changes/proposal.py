"""The first step of the form: what was typed there, and the text that it comes to.

Only read here: nothing of a proposal is kept, and no target is written to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from bot.changes.access import target_of
from bot.changes.context import Context
from bot.changes.outcome import Refused
from bot.connectors.protocol import Content, Target
from bot.policy.model import Policy
from bot.policy.rewrite import NoSuchSectionError, replace_section
from storage.models import Change, DriftState
from storage.queries import drifts


@dataclass(frozen=True, slots=True)
class Proposal:
    """The first step of the form as it was typed.

    ``how`` is one of edit, replace, upload, existing. ``section`` names a workflow whose part of the policy
    ``new_text`` is; then the rest of the policy stays as it is. ``uploaded`` is the text of the file.
    ``revision`` is the number of the revision that stood when the form was opened, 0 for a draft. ``view`` is
    Slack's id of the form: whoever goes back in it and on again goes on with the same draft.
    """

    workflow: str
    kinds: tuple[str, ...] = ()
    impacts: tuple[str, ...] = ()
    not_customer_visible_because: str = ""
    how: str = "edit"
    new_text: str = ""
    old_phrase: str = ""
    new_phrase: str = ""
    version: str = ""
    section: str = ""
    uploaded: str = ""
    revision: int = 0
    view: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """What a workflow serves now. ``version`` None: nothing yet."""

    version: str | None
    text: str
    settings: Mapping[str, Any] = field(default_factory=dict)


def proposal_from(typed: Mapping[str, Any]) -> Proposal:
    """The first step as it was kept."""
    kept: dict[str, Any] = {each.name: typed[each.name] for each in fields(Proposal) if each.name in typed}
    for name in ("kinds", "impacts"):
        kept[name] = tuple(kept.get(name, ()))
    return Proposal(**kept)


def open_target(context: Context, policy: Policy, workflow: str) -> Target:
    """A workflow's target. Raises UnknownWorkflowError, or TargetError where it names none."""
    return context.open_target(workflow, target_of(policy.workflow(workflow)))


def read_live(target: Target) -> Live:
    """What the live pointer shows now."""
    return read_version(target, target.read_pointer(target.live_pointer))


def read_version(target: Target, version: str | None) -> Live:
    """What a version holds; where there is none, nothing."""
    if version is None:
        return Live(None, "")
    found = target.read_content(version)
    return Live(version, found.text, found.settings)


def read_before(context: Context, change: Change | None, workflow: str, target: Target) -> Live:
    """What a change replaces: what is live now, or, where it adopts a drift, what the record has instead."""
    recorded = adopted_from(context, change, workflow)
    return read_version(target, recorded) if recorded else read_live(target)


def adopted_from(context: Context, change: Change | None, workflow: str) -> str | None:
    """The version on record against which a change adopts what was set outside; None for any other."""
    if change is None or change.adopts is None:
        return None
    with context.reading() as session:
        drift = drifts.drift(session, change.adopts)
    is_open = drift is not None and drift.workflow == workflow and drift.state is DriftState.OPEN
    return drift.recorded if drift and is_open else None


def new_content(
    proposal: Proposal, live: Live, target: Target, *, in_review: str | None
) -> Content | Refused:
    """The proposed text, however it was given, and what goes along: with a new text, the live settings.

    Raises TargetError where a version cannot be read.
    """
    if proposal.how == "existing":
        if not proposal.version:
            return wrong("version", "Choose a version.")
        return target.read_content(proposal.version)
    text = _new_text(proposal, live, in_review=in_review)
    return text if isinstance(text, Refused) else Content(text, live.settings)


def _new_text(proposal: Proposal, live: Live, *, in_review: str | None) -> str | Refused:
    """The text that was typed.

    A phrase is replaced in the live text, or, in an edit, in the text that is ``in_review``.
    """
    match proposal.how:
        case "replace":
            return _replaced(proposal, live.text if in_review is None else in_review)
        case _ if proposal.section:
            return _with_section(live.text, proposal)
        case "upload":
            return proposal.uploaded or wrong("file", "Choose a file with the whole new text.")
        case _:
            return proposal.new_text


def _with_section(text: str, proposal: Proposal) -> str | Refused:
    try:
        return replace_section(text, proposal.section, proposal.new_text)
    except NoSuchSectionError:
        return wrong(
            "new_text", "The policy is not written as a block of workflows. Edit the policy as a whole."
        )


def _replaced(proposal: Proposal, text: str) -> str | Refused:
    if not proposal.old_phrase:
        return wrong("old_phrase", "Give the phrase that is to go.")
    found = text.count(proposal.old_phrase)
    if found == 0:
        return wrong("old_phrase", "The text does not hold this phrase. Copy it exactly as it stands there.")
    if found > 1:
        return wrong("old_phrase", f"It is there {found} times. Give a longer phrase that is there once.")
    return text.replace(proposal.old_phrase, proposal.new_phrase)


def wrong(name: str, words: str) -> Refused:
    """A refusal that stands under one field of the form."""
    return Refused(words, fields=((name, words),))
