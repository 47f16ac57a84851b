"""What the command line does with the database: the policy, a rollback without Slack, the audit trail.

Each function answers with an exit code: 0, or 2 for what was typed wrong. None of them needs Slack.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import typer
from sqlmodel import Session

from bot.accounts import merge_accounts
from bot.app import utc_now
from bot.changes import tell
from bot.changes.context import Context
from bot.changes.force import keep_version, put_in_force
from bot.changes.moving import SYSTEM
from bot.changes.outcome import Actor, Refused
from bot.changes.rechecks import after_new_policy, count_again
from bot.changes.roll_back import roll_back as roll_back_release
from bot.changes.settle import settle
from bot.outbox.crew import do_one
from bot.outbox.moves import Mover
from bot.outbox.results import Result
from bot.policy.load import PolicyError, parse_policy
from bot.policy.model import RELEASE_POLICY
from bot.settings import Settings
from bot.targets import Targets
from storage import audit, migrate
from storage.engine import Store
from storage.models import Account, Move, Rollback
from storage.queries import people, record, releases
from storage.queries.changes import change as change_row
from storage.vocabulary import Lane, Role

OK = 0
WRONG = 2
PATIENCE = timedelta(seconds=15)
"""How long the command waits for a move that the running app has taken up."""
RELEASE = re.compile(r"[Rr]-?(\d{1,9})")
CHANGE = re.compile(r"[Pp][Cc]-?(\d{1,9})")


@contextmanager
def database(settings: Settings) -> Iterator[Store]:
    """The database that the settings name, brought to today's schema."""
    store = Store.open(settings.database_url.get_secret_value())
    try:
        migrate.upgrade(store)
        yield store
    finally:
        store.close()


def policy_load(settings: Settings, file: Path, as_email: str | None) -> int:
    """Put a policy file in force, recorded and announced to the policy owners."""
    try:
        text = file.read_text(encoding="utf-8")
        policy = parse_policy(text, name=str(file))
    except (OSError, UnicodeDecodeError, PolicyError) as error:
        return wrong(f"{file} cannot be used. {error}")
    now = utc_now()
    with database(settings) as store, store.transaction() as session:
        account = people.account_by_email(session, as_email.strip().lower()) if as_email else None
        if as_email and account is None:
            return wrong(f"Nobody with the address {as_email} is known here. Give the one that Slack has.")
        actor = account.slack_id if account else SYSTEM
        version = keep_version(session, text, source=f"{file.name}, loaded on the host", now=now)
        pointer = record.policy_in_force(session)
        if pointer is not None and pointer.version_id == version:
            return say(f"Policy version {version} is in force already.")
        put_in_force(session, version, actor=actor, now=now, why=f"loaded from {file.name}")
        after_new_policy(session, now=now)
        owners = people.entitled(session, RELEASE_POLICY, Role.APPROVE, Lane.HIGH)
        for owner in sorted({each.slack_id for each in owners}):
            key = f"policy:{version}:{now.isoformat()}:{owner}"
            tell.post(session, key, "policy_announced", owner, now=now, redrawn=False, by=actor)
    for warning in policy.warnings:
        typer.echo(warning, err=True)
    return say(f"Policy version {version} is in force.")


def policy_show(settings: Settings) -> int:
    """Print the policy in force, as it was written."""
    with database(settings) as store, store.reading() as session:
        pointer = record.policy_in_force(session)
        version = record.policy_version(session, pointer.version_id) if pointer else None
        if version is None:
            return wrong("No policy is in force yet. Start the app once, or load one.")
        typer.echo(version.text, nl=False)
    return OK


def roll_back(settings: Settings, release: str, as_email: str, to: str | None, reason: str | None) -> int:
    """Roll a release back without Slack: the pointer moves now, the messages leave when the app runs."""
    now = utc_now()
    with database(settings) as store:
        targets = Targets(store, settings.repositories, utc_now)
        context = Context(store, targets.open)
        with store.reading() as session:
            account = people.account_by_email(session, as_email.strip().lower())
            release_id = _release_id(session, release)
        if account is None:
            return wrong(f"Nobody with the address {as_email} is known here. Give the one that Slack has.")
        if release_id is None:
            return wrong(f"There is no release {release}. Name it as R-7, or its change as PC-42.")
        actor = Actor(account.slack_id, account.person_id, account.name, account.kind, account.active)
        outcome = roll_back_release(
            context, release_id, actor=actor, now=now, to_version=to, reason=reason or ""
        )
        if isinstance(outcome, Refused):
            return wrong(str(outcome))
        if outcome.already and outcome.rollback_id is None:
            return say(outcome.text)
        typer.echo(outcome.text)
        return _carry_out(context, targets, outcome.rollback_id or 0)


def _carry_out(context: Context, targets: Targets, rollback_id: int) -> int:
    """Move what can be moved now, and say what could not be."""

    def settled(move_id: int, result: Result) -> None:
        settle(context, move_id, result, now=utc_now())

    mover = Mover(context.store, lambda move: targets.open(move.workflow, move.target), settled, utc_now)
    until = utc_now() + PATIENCE
    while do_one(mover.find) is None or (_is_under_way(context, rollback_id) and utc_now() < until):
        time.sleep(0.05)
    with context.reading() as session:
        rollback = releases.rollback(session, rollback_id)
        if rollback is None or rollback.done_at:
            return say(
                "Done: the pointer was read back. Those who must know are told as soon as the app runs."
            )
        moves = _moves_of(session, rollback)
        words = "; ".join(each.last_error or each.instructions for each in moves if each.done_at is None)
    return wrong(f"Not done yet: {words or 'the target did not answer'}. The running app keeps trying.")


def _is_under_way(context: Context, rollback_id: int) -> bool:
    """Whether another process, such as the running app, is making one of the moves at this moment."""
    with context.reading() as session:
        rollback = releases.rollback(session, rollback_id)
        moves = _moves_of(session, rollback) if rollback else []
        return any(each.lease_until and each.lease_until > utc_now() for each in moves)


def _moves_of(session: Session, rollback: Rollback) -> list[Move]:
    moves = releases.moves_of(session, rollback.release_id)
    return [each for each in moves if each.rollback_id == rollback.id]


def people_merge(settings: Settings, one: str, other: str, as_email: str) -> int:
    """Say that two accounts are one person's. Votes and what each touched are counted again at once."""
    now = utc_now()
    with database(settings) as store, store.transaction() as session:
        actor = _account(session, as_email)
        if actor is None:
            return wrong(f"Nobody with the address {as_email} is known here. Give the one that Slack has.")
        first, second = _account(session, one), _account(session, other)
        if first is None or second is None:
            unknown = other if first else one
            return wrong(
                f"Nobody is known here as {unknown}. Give a Slack id, or the address that Slack has."
            )
        if first.person_id == second.person_id:
            return say(f"{one} and {other} are one person already.")
        merge_accounts(session, first, second, actor=actor.slack_id, now=now)
        count_again(session, now=now)
        both = " and ".join(f"{each.name} ({each.slack_id})" for each in (first, second))
        return say(f"{both} count as one person from now on.")


def _account(session: Session, name: str) -> Account | None:
    """An account by its Slack id or its address."""
    name = name.strip()
    return people.account_by_email(session, name) if "@" in name else session.get(Account, name)


def upgrade(settings: Settings) -> None:
    """Bring the database to the schema that this version needs."""
    with database(settings) as store:
        typer.echo(f"The database is at schema {migrate.revision_of(store)}.")


def verify_audit(settings: Settings, head: str | None) -> int:
    """Walk the audit trail, and print its head."""
    with database(settings) as store, store.reading() as session:
        found = audit.verify(session, expected_head=head)
    if isinstance(found, audit.Broken):
        return wrong(f"The trail is broken at row {found.id}: {found.problem}.")
    return say(f"The trail is whole: {found.id} rows, head {found.digest}")


def _release_id(session: Session, name: str) -> int | None:
    by_release, by_change = RELEASE.fullmatch(name), CHANGE.fullmatch(name)
    if by_release:
        found = releases.release(session, int(by_release[1]))
    elif by_change and change_row(session, int(by_change[1])):
        found = releases.newest_of_change(session, int(by_change[1]))
    else:
        found = None
    return found.id if found else None


def say(words: str) -> int:
    """What was done, on standard output."""
    typer.echo(words)
    return OK


def wrong(words: str) -> int:
    """What stands in the way, on standard error."""
    typer.echo(words, err=True)
    return WRONG
