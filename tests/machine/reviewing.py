"""What people do with a change until it is approved."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from bot.changes.decide import approve, reject, request_changes
from bot.changes.draft import save_proposal
from bot.changes.evidence import attest
from bot.changes.lanes import change_lane
from bot.changes.outcome import Done
from bot.changes.proposal import Proposal
from bot.changes.revisions import Note
from bot.changes.submit import submit
from bot.changes.withdraw import withdraw
from storage.models import Change, Revision
from storage.vocabulary import Lane, State
from tests.machine.base import PEOPLE, REASON, WORKFLOWS, Base, people, picks, text_of

texts = st.integers(0, 3)
more_kinds = st.sampled_from(["", "policy_instructions"])
MARKS: list[dict[str, Any]] = [{"input": "a", "output": "b", "good": True}] * 3
ASKED = ("U0BEN", "U0CHLOE", "U0DEV", "U0PAUL", "U0MIRA")


def _note(asked: tuple[str, ...]) -> Note:
    return Note(
        what_changed="One line was added at the end.",
        why="Colleagues asked for text that is quicker to scan.",
        good="Nobody asks the customer what the ticket already says.",
        rollback_trigger="Two summaries in a day that lose an order number.",
        rollback_owner="U0RITA",
        rollback_plan="Rita clicks Roll back, then checks ten refunds by hand.",
        stop_conditions="One refund above the limit in the first hour.",
        fallback_switch_off="Switch the workflow off in the console.",
        asked=asked,
    )


class Reviewing(Base):
    """Proposals and decisions, by anybody, on whatever is there."""

    @initialize(kind=more_kinds)
    def somebody_begins(self, kind: str) -> None:
        """A change of each workflow is proposed before anything else."""
        for workflow in WORKFLOWS:
            self._fill_in("U0MIRA", workflow, 1, kind, None)

    @rule(who=people, workflow=st.sampled_from(WORKFLOWS), text=texts, kind=more_kinds)
    def propose(self, who: str, workflow: str, text: int, kind: str) -> None:
        """Both steps of the form."""
        self._fill_in(who, workflow, text, kind, None)

    @precondition(lambda self: self.any_of(Change))
    @rule(who=people, pick=picks, text=texts, kind=more_kinds)
    def edit(self, who: str, pick: int, text: int, kind: str) -> None:
        """Other words, or the same again."""
        change = self.change(pick, State.IN_REVIEW, State.APPROVED, State.CHANGES_REQUESTED)
        self._fill_in(who, change.workflow, text, kind, change.id)

    @precondition(lambda self: self.any_of(Revision))
    @rule(who=people, pick=picks, old=st.sampled_from([0, 0, 0, 1]), formal=st.booleans())
    def approve(self, who: str, pick: int, old: int, *, formal: bool) -> None:
        """A click on a card, which may have been drawn before the last edit."""
        revision = self.revision(pick, State.IN_REVIEW, State.STALE, old=old)
        self._approve(who, revision, REASON if formal else "")

    @precondition(lambda self: self.any_of(Revision))
    @rule(who=people, pick=picks, ends=st.booleans())
    def say_no(self, who: str, pick: int, *, ends: bool) -> None:
        """Reject, or request changes."""
        revision = self.revision(pick, State.IN_REVIEW, State.APPROVED, State.STALE)
        verb = reject if ends else request_changes
        self.act(who, lambda actor, now: verb(self.context, revision.id or 0, REASON, actor=actor, now=now))

    @precondition(lambda self: self.any_of(Revision))
    @rule(
        who=people,
        pick=picks,
        total=st.sampled_from([10, 20, 60]),
        failed=st.sampled_from([0, 0, 1, 5]),
        scored=st.booleans(),
    )
    def record_result(self, who: str, pick: int, total: int, failed: int, *, scored: bool) -> None:
        """A test run, good enough or not."""
        revision = self.revision(pick, State.IN_REVIEW, State.APPROVED)
        self._attest(who, revision, total, total - failed, scored=scored)

    @precondition(lambda self: self.any_of(Revision))
    @rule(pick=picks)
    def review_to_the_end(self, pick: int) -> None:
        """Everybody who could approve does, with all that any lane wants."""
        self.complete(self.revision(pick, State.IN_REVIEW, State.STALE))

    @precondition(lambda self: self.any_of(Revision))
    @rule(who=people, pick=picks, lane=st.sampled_from(Lane))
    def move_lane(self, who: str, pick: int, lane: Lane) -> None:
        """Up or down."""
        revision = self.revision(pick, State.IN_REVIEW, State.APPROVED)
        self.act(
            who,
            lambda actor, now: change_lane(
                self.context, revision.id or 0, lane, REASON, actor=actor, now=now
            ),
        )

    @precondition(lambda self: self.any_of(Change))
    @rule(who=people, pick=picks)
    def take_back(self, who: str, pick: int) -> None:
        """Its submitter may withdraw a change; others try."""
        change = self.change(pick, State.IN_REVIEW, State.APPROVED, State.DRAFT)
        who = change.submitter if pick % 2 else who
        self.act(who, lambda actor, now: withdraw(self.context, change.id or 0, actor=actor, now=now))

    def complete(self, revision: Revision) -> None:
        """A good result, and everybody's approval who may give it."""
        self._attest("U0CHLOE", revision, 60, 60, scored=True)
        for who in PEOPLE:
            self._approve(who, revision, REASON)

    def _approve(self, who: str, revision: Revision, statement: str) -> None:
        self.act(
            who,
            lambda actor, now: approve(
                self.context, revision.id or 0, actor=actor, now=now, statement=statement, marks=MARKS
            ),
        )

    def _attest(self, who: str, revision: Revision, total: int, passed: int, *, scored: bool) -> None:
        self.act(
            who,
            lambda actor, now: attest(
                self.context,
                revision.id or 0,
                actor=actor,
                now=now,
                suite="golden",
                total=total,
                passed=passed,
                scored_by_people=scored,
            ),
        )

    def _fill_in(self, who: str, workflow: str, text: int, kind: str, change_id: int | None) -> None:
        actor = self.hamlet.actor(who)
        if actor is None:
            return
        now = self.next_moment()
        with self.hamlet.app.store.reading() as session:
            change = session.get(Change, change_id) if change_id else None
        proposal = Proposal(
            workflow,
            kinds=("system_prompt", kind) if kind else ("system_prompt",),
            impacts=("customer_visible",) if workflow == "refunds" else (),
            new_text=text_of(workflow, text),
            revision=change.revision if change else 0,
        )
        kept = save_proposal(self.context, proposal, actor=actor, now=now, change_id=change_id)
        if isinstance(kept, Done) and kept.change_id:
            # Whom the form offers depends on lane and people: all that fit, else any one who does.
            for asked in (ASKED, *((each,) for each in ASKED)):
                sent = submit(self.context, kept.change_id, _note(asked), actor=actor, now=now)
                if isinstance(sent, Done):
                    return
