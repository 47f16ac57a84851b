"""What `/prompt-change workflow`, `policy` and `reverse` show."""

from datetime import datetime

from sqlmodel import Session

from bot.changes.access import target_of
from bot.changes.context import Context
from bot.changes.facts import Line, PeopleOf, PolicyFacts, ReverseFacts, WorkflowFacts
from bot.changes.force import policy_in_force
from bot.changes.reading.names import Names
from bot.changes.reading.releases import release_facts
from bot.changes.reading.targets import check_target_in_time
from bot.changes.rights import rollback_owners
from bot.connectors.protocol import TargetError
from storage.models import Release
from storage.queries import changes, people, record, releases
from storage.vocabulary import Lane, Role


def workflow_names(context: Context) -> list[str]:
    """Every workflow of the policy in force, the built-in one last."""
    with context.reading() as session:
        return list(policy_in_force(session)[1].all_workflows)


def workflow_facts(context: Context, name: str, *, now: datetime) -> WorkflowFacts | None:
    """One workflow, with its target as it is now; None where the policy knows no such one."""
    with context.reading() as session:
        attributes = policy_in_force(session)[1].all_workflows.get(name)
    if attributes is None:
        return None
    target = check_target_in_time(context, name, target_of(attributes))
    with context.reading() as session:
        version, _ = policy_in_force(session)
        names = Names(session)
        live = releases.live(session, name)
        return WorkflowFacts(
            name=name,
            description=attributes.description,
            customer_visible=attributes.customer_visible,
            touches=tuple(each.value for each in attributes.touches),
            tools=attributes.tools,
            channel=attributes.channel or "",
            owner=names(attributes.owner).name if attributes.owner else "",
            target=target,
            people=tuple(_people(session, name, role, names) for role in Role),
            policy_version=version,
            live=release_facts(context, session, live, now=now, names=names) if live else None,
            open_changes=tuple(
                Line(
                    change_id=each.id or 0,
                    workflow=name,
                    lane=each.lane,
                    state=each.state,
                    summary=revision.what_changed
                    if (revision := changes.current_revision(session, each))
                    else "",
                    submitter=names(each.submitter),
                    at=each.state_since,
                )
                for each in changes.open_changes(session, name)
            ),
        )


def policy_facts(context: Context) -> PolicyFacts:
    """The policy in force."""
    with context.reading() as session:
        version, policy = policy_in_force(session)
        pointer, kept = record.policy_in_force(session), record.policy_version(session, version)
        if pointer is None or kept is None:
            raise LookupError("the policy in force has no row")
        names = Names(session)
        alone = [*policy.rules.kinds.values(), *policy.rules.impacts.values()]
        together = [rule for several in policy.rules.touches.values() for rule in several]
        told = [(it.lane, it.because) for it in alone] + [(it.lane, it.because) for it in together]
        rules = dict.fromkeys((lane, f"It {because}") for lane, because in told)
        return PolicyFacts(
            version=version,
            since=pointer.since,
            source=kept.source,
            owners=names.all(policy.policy_owners),
            warnings=tuple(policy.warnings),
            workflows=tuple(policy.workflows),
            rules=tuple(sorted(rules, key=lambda each: -each[0].rank)),
        )


def reverse_facts(context: Context, name: str, *, now: datetime) -> ReverseFacts | None:
    """How the live release would be reversed today, asked of the target itself."""
    with context.reading() as session:
        _, policy = policy_in_force(session)
        if name not in policy.all_workflows:
            return None
        live = releases.live(session, name)
        names = Names(session)
        lane = live.lane if live else Lane.HIGH
        who = names.of(rollback_owners(session, name, lane))
        facts = release_facts(context, session, live, now=now, names=names) if live else None
        change = changes.change(session, live.change_id) if live else None
        revision = changes.current_revision(session, change) if change else None
    returns_to = (live.old_version or (revision.fallback_version if revision else None)) if live else None
    readable, why = _readable(context, live, returns_to)
    return ReverseFacts(
        workflow=name,
        live=facts,
        returns_to=returns_to,
        readable=readable,
        unreadable_why=why,
        who_can=who,
        by_hand=facts.by_hand if facts else "",
        fallback_switch_off=revision.fallback_switch_off if revision and returns_to is None else "",
    )


def _readable(context: Context, live: Release | None, version: str | None) -> tuple[bool | None, str]:
    if live is None or version is None:
        return None, ""
    try:
        context.open_target(live.workflow, live.target).read_content(version)
    except TargetError as error:
        return False, str(error)
    return True, ""


def _people(session: Session, workflow: str, role: Role, names: Names) -> PeopleOf:
    return PeopleOf(
        role, {lane: names.all(people.principals(session, workflow, role, lane)) for lane in Lane}
    )
