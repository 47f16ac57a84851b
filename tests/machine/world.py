"""What happens around people: others in the workspace, the policy, the target, Slack, time and death."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.outbox.claims import DUE_POST, claim_message, claim_move
from bot.sandbox.seed import GROUPS
from tests.machine.base import FILES, WORKFLOWS, Base, people, text_of

LONGEST_DAY = timedelta(hours=20)
"""Past a day a card's Restore button is too old and no row says so: cards are redrawn for rows."""


class World(Base):
    """Everything that no click of a change's card does."""

    @rule(who=people)
    def leave_or_return(self, who: str) -> None:
        """An account is deactivated in Slack, or comes back."""
        slack = self.hamlet.workspace
        (slack.reactivate_user if slack.user(who).deleted else slack.deactivate_user)(who)
        self._unless_slack_is_away(lambda: self.hamlet.hear_of_person(who))

    @rule(group=st.sampled_from(list(GROUPS)), who=people)
    def join_or_leave_a_group(self, group: str, who: str) -> None:
        """Somebody comes into a group, or goes."""
        members = set(self.hamlet.workspace.group(group).members)
        self.hamlet.workspace.set_group_members(group, sorted(members ^ {who}))
        self._unless_slack_is_away(lambda: self.hamlet.hear_of_group(group))

    @rule(
        workflow=st.sampled_from(WORKFLOWS),
        lane=st.sampled_from(["low", "medium", "high"]),
        who=people,
        approvals=st.sampled_from([1, 2, 2, 3]),
    )
    def another_policy(self, workflow: str, lane: str, who: str, approvals: int) -> None:
        """A right is given or taken, and the quorum may be another."""

        def edit(policy: dict[str, Any]) -> None:
            holders = policy["workflows"][workflow]["approve"]
            holders[lane] = sorted({*holders.get(lane, [])} ^ {who})
            policy["lanes"] = {"high": {"approvals": approvals}}

        self.hamlet.change_policy(edit)

    @rule(
        workflow=st.sampled_from(list(FILES)),
        text=st.integers(0, 3),
        branch=st.sampled_from(["production", "production-canary"]),
    )
    def move_outside(self, workflow: str, text: int, branch: str) -> None:
        """Somebody commits past the app."""
        if not self.hamlet.target_is_away and self.hamlet.has_branch(branch):
            self.hamlet.commit_outside(FILES[workflow], text_of(workflow, text), branch)

    @rule(what=st.sampled_from(["target", "slack"]))
    def something_goes_away_or_comes_back(self, what: str) -> None:
        """The repository cannot be reached, or Slack answers nobody, until the next time."""
        if what == "slack":
            self.hamlet.workspace.faults.away = not self.hamlet.workspace.faults.away
        elif self.hamlet.target_is_away:
            self.hamlet.bring_target_back()
        else:
            self.hamlet.take_target_away()

    @precondition(lambda self: self.hamlet.moment() - self.began < LONGEST_DAY)
    @rule(minutes=st.sampled_from([1, 5, 20, 120]), tick=st.booleans())
    def time_passes(self, minutes: int, *, tick: bool) -> None:
        """A while, after which the clock may tick or not."""
        self.hamlet.moment.pass_by(minutes=minutes)
        if tick:
            self.hamlet.app.clock.tick()

    @rule(steps=st.integers(1, 6))
    def the_outbox_works(self, steps: int) -> None:
        """Some of what is due leaves."""
        for _ in range(steps):
            self.hamlet.work()

    @rule(holding=st.booleans())
    def death(self, *, holding: bool) -> None:
        """The process is gone, perhaps with a message and a move in its hands, and another one starts."""
        if holding:
            now = self.hamlet.moment()
            with self.hamlet.app.store.transaction() as session:
                claim_move(session, now, until=now + timedelta(seconds=60))
                claim_message(session, DUE_POST, now, until=now + timedelta(seconds=30), busy=[])
        self.hamlet.reopen()

    @rule()
    def everything_settles(self) -> None:
        """A quiet hour."""
        self.settle_everything()

    def _unless_slack_is_away(self, hear: Callable[[], None]) -> None:
        if not self.hamlet.workspace.faults.away:
            hear()
