"""What people do with a change once it is approved: releases, and the ways back."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.changes.broadcast import acknowledge
from bot.changes.release import advance, deploy
from bot.changes.restore import restore
from bot.changes.roll_back import choices, give_reason, roll_back, roll_back_anyway
from bot.changes.tasks import confirm_task
from storage.models import Move, Release, Revision, Rollback, RollbackState
from storage.vocabulary import State
from tests.machine.base import REASON, Base, people, picks

deployers = st.sampled_from(["U0DEV", "U0DEV", "U0RITA", "U0PAUL", "U0MIRA"])


class Releasing(Base):
    """Deployments, reversals and restores, by anybody, of whatever is there."""

    @precondition(lambda self: self.any_of(Revision))
    @rule(who=deployers, pick=picks, old=st.sampled_from([0, 0, 0, 1]))
    def deploy(self, who: str, pick: int, old: int) -> None:
        """A click on Deploy."""
        self.put_out(who, self.revision(pick, State.APPROVED, old=old))

    @precondition(lambda self: self.any_of(Release))
    @rule(who=deployers, pick=picks)
    def advance(self, who: str, pick: int) -> None:
        """From the canary to everybody."""
        self.put_further(who, self._release(pick, State.RELEASING))

    @precondition(lambda self: self.any_of(Release))
    @rule(who=st.sampled_from(["U0RITA", "U0ANA", "U0BEN", "U0PAUL"]), pick=picks, back=picks)
    def roll_back(self, who: str, pick: int, back: int) -> None:
        """The live one or one on its way, to the version before or to an earlier one."""
        release = self._release(pick, State.LIVE, State.RELEASING)
        offered = choices(self.context, release.id or 0)
        to = offered[back % len(offered)].version if back % 2 and offered else None
        self.act(
            who,
            lambda actor, now: roll_back(self.context, release.id or 0, actor=actor, now=now, to_version=to),
        )

    @precondition(lambda self: self.any_of(Rollback))
    @rule(who=people, pick=picks)
    def after_a_rollback(self, who: str, pick: int) -> None:
        """Put it back all the same, say why, confirm having seen it."""
        number = self._rollback(pick, RollbackState.ASKING).id or 0
        self.act(who, lambda actor, now: roll_back_anyway(self.context, number, actor=actor, now=now))
        self.act(who, lambda actor, now: give_reason(self.context, number, REASON, actor=actor, now=now))
        self.act(who, lambda actor, now: acknowledge(self.context, number, actor=actor, now=now))

    @precondition(lambda self: self.any_of(Rollback))
    @rule(who=deployers, pick=picks)
    def restore(self, who: str, pick: int) -> None:
        """Ask for it, or confirm it."""
        rollback = self._rollback(pick, RollbackState.DONE)
        with self.hamlet.app.store.reading() as session:
            change_id = session.get_one(Release, rollback.release_id).change_id
        self.act_forward(
            change_id,
            who,
            lambda actor, now: restore(self.context, rollback.id or 0, actor=actor, now=now, reason=REASON),
        )

    @precondition(lambda self: self.waiting_moves())
    @rule(who=st.sampled_from(["U0DEV", "U0DEV", "U0DEV", "U0MIRA"]), pick=picks)
    def confirm_by_hand(self, who: str, pick: int) -> None:
        """Whoever was told to set it says that it is set."""
        waiting = self.waiting_moves()
        self.confirm(who, waiting[pick % len(waiting)])

    def put_out(self, who: str, revision: Revision) -> None:
        """Deploy."""
        self.act_forward(
            revision.change_id,
            who,
            lambda actor, now: deploy(self.context, revision.id or 0, actor=actor, now=now),
        )

    def put_further(self, who: str, release: Release) -> None:
        """Advance."""
        self.act_forward(
            release.change_id,
            who,
            lambda actor, now: advance(self.context, release.id or 0, actor=actor, now=now),
        )

    def confirm(self, who: str, move: Move) -> None:
        """Say that it is set."""
        self.act(who, lambda actor, now: confirm_task(self.context, move.id or 0, actor=actor, now=now))

    def _release(self, pick: int, *states: State) -> Release:
        found: list[Release] = self.rows(Release, *states)
        return found[pick % len(found)]

    def _rollback(self, pick: int, *states: RollbackState) -> Rollback:
        found: list[Rollback] = self.rows(Rollback, *states)
        return found[pick % len(found)]
