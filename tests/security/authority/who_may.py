"""Who may do what, as PRODUCT says it: the one table from which the authority matrix is made.

To be read by a person. What a row does not allow is refused; nothing else in the tests may allow anything.
"""

import functools
from dataclasses import dataclass

from storage.vocabulary import Lane

LANES = tuple(each.value for each in Lane)
ALL = " ".join(LANES)

PEOPLE = """
person                                 | account     | named for                         | named by    | wrote
the submitter                          | member      | approve deploy                    | id          | yes
the submitter's second account         | member      | approve deploy                    | id          | yes
who edited it                          | member      | approve deploy                    | id          | yes
an approver                            | member      | approve                           | id          | no
an approver by address                 | member      | approve                           | address     | no
an approver by group                   | member      | approve                           | group       | no
an approver by a group not read lately | member      | approve                           | old group   | no
an approver of the low lane only       | member      | approve in low                    | id          | no
a deployer                             | member      | deploy                            | id          | no
a deployer by group                    | member      | deploy                            | group       | no
a deployer by a group not read lately  | member      | deploy                            | old group   | no
a deployer of the low lane only        | member      | deploy in low                     | id          | no
an approver who also deploys           | member      | approve deploy                    | id          | no
a rollback owner                       | member      | roll_back                         | id          | no
one on call, group not read lately     | member      | roll_back                         | old group   | no
one on call in the high lane only      | member      | roll_back in high                 | id          | no
an informed person                     | member      | inform                            | id          | no
one of an informed group               | member      | inform                            | old group   | no
an informed guest                      | guest       | inform                            | id          | no
the workflow owner                     | member      | owner                             | address     | no
a policy owner                         | member      | policy                            | id          | no
a policy owner who edited it           | member      | policy approve                    | id          | yes
who may release in an emergency        | member      | emergency                         | id          | no
a colleague                            | member      |                                   |             | no
a guest who stands on every list       | guest       | approve deploy roll_back          | id          | no
a bot that stands on every list        | bot         | approve deploy roll_back inform   | id          | no
who left and stands on every list      | deactivated | approve deploy roll_back inform   | id          | no
a partner who stands on every list     | external    | approve deploy roll_back inform   | id          | no
"""
"""Each kind of person. `named for`: the lists of the policy, in every lane unless it says in which."""

ACTIONS = """
action             | who may                             | while the change is        | in lane
propose            | any full member                     | whatever                   | any
submit             | the account that began it           | draft                      | any
edit               | the account that began it           | draft                      | any
edit               | whoever wrote of it                 | until it is released       | any
edit               | whoever is on the list of approvers | until it is released       | any
approve            | an approver who wrote nothing       | to be decided on           | any
request changes    | an approver who wrote nothing       | to be decided on           | any
reject             | an approver who wrote nothing       | to be decided on           | any
record a result    | an approver who wrote nothing       | to be decided on           | any
raise the lane     | an approver                         | until it is released       | low medium
lower the lane     | a policy owner who wrote nothing    | until it is released       | medium high
withdraw           | the submitter, with any account     | not released               | any
deploy             | a deployer                          | approved                   | low medium
deploy             | a deployer who wrote nothing        | approved                   | high
approve and deploy | an approver who wrote nothing       | to be decided on           | any
advance            | a deployer who wrote nothing        | releasing                  | high
stop               | a holder of the rollback right      | releasing                  | any
roll back          | a holder of the rollback right      | live                       | any
roll back to       | a holder of the rollback right      | live                       | any
restore            | a deployer                          | rolled_back                | low medium
restore            | a deployer who wrote nothing        | rolled_back                | high
confirm a restore  | a deployer who wrote nothing        | rolled_back, restore asked | high
say why            | a holder of the rollback right      | rolled_back                | any
say why            | a holder of the rollback right      | rolled_back, restore asked | any
acknowledge        | whoever was to be informed          | rolled_back                | any
acknowledge        | whoever was to be informed          | rolled_back, restore asked | any
"""
"""Each thing that can be done. A restore in the low or medium lane begins at once: nobody confirms it."""

STATES = (
    "nothing yet",
    "draft",
    "in_review",
    "changes_requested",
    "stale",
    "approved",
    "scheduled",
    "releasing",
    "live",
    "superseded",
    "rolled_back",
    "rolled_back, restore asked",
    "failed",
    "rejected",
    "withdrawn",
    "expired",
)

TOGETHER = {
    "whatever": STATES,
    "until it is released": ("in_review", "changes_requested", "stale", "approved"),
    "to be decided on": ("in_review", "stale", "approved"),
    "not released": ("draft", "in_review", "changes_requested", "stale", "approved", "scheduled", "failed"),
}
"""Words of the table for several states."""


@dataclass(frozen=True)
class Person:
    """One row of PEOPLE."""

    who: str
    account: str
    named_for: tuple[str, ...]
    named_by: str
    wrote: bool
    only_in: str

    @functools.cached_property
    def id(self) -> str:
        """The Slack id of this row's account."""
        return f"U0ROW{[each.who for each in people()].index(self.who):02}"

    def named(self, list_: str, lane: str) -> bool:
        """Whether the policy's list holds a name that stands for this person in this lane."""
        return list_ in self.named_for and lane in (self.only_in or ALL).split()

    def holds(self, right: str, lane: str) -> bool:
        """Whether this person holds a right that needs rows of groups to be fresh."""
        return self.account == "member" and self.named(right, lane) and self.named_by != "old group"


@dataclass(frozen=True)
class Rule:
    """One row of ACTIONS."""

    action: str
    who: str
    states: tuple[str, ...]
    lanes: tuple[str, ...]

    def allows(self, person: Person, lane: str) -> bool:
        """Whether this row is about such a person."""
        return WHO[self.who](person, lane)


WHO = {
    "any full member": lambda p, _: p.account == "member",
    "the account that began it": lambda p, _: p.who == "the submitter",
    "the submitter, with any account": lambda p, _: p.who.startswith("the submitter"),
    "whoever wrote of it": lambda p, _: p.account == "member" and p.wrote,
    "an approver": lambda p, lane: p.holds("approve", lane),
    "whoever is on the list of approvers": lambda p, lane: p.account == "member" and p.named("approve", lane),
    "an approver who wrote nothing": lambda p, lane: p.holds("approve", lane) and not p.wrote,
    "a deployer": lambda p, lane: p.holds("deploy", lane),
    "a deployer who wrote nothing": lambda p, lane: p.holds("deploy", lane) and not p.wrote,
    "a policy owner who wrote nothing": lambda p, _: "policy" in p.named_for and not p.wrote,
    # Rolling back accepts rows of groups of any age.
    "a holder of the rollback right": lambda p, lane: p.account == "member" and p.named("roll_back", lane),
    # Everyone who is named for it, the submitter and the workflow owner; guests too, and nobody from outside.
    "whoever was to be informed": lambda p, _: (
        p.account in {"member", "guest"}
        and ("inform" in p.named_for or "owner" in p.named_for or p.who == "the submitter")
    ),
}


@functools.cache
def people() -> tuple[Person, ...]:
    """PEOPLE as values."""
    found = []
    for who, account, named, by, wrote in _rows(PEOPLE):
        lists, _, only_in = named.partition(" in ")
        found.append(Person(who, account, tuple(lists.split()), by, wrote == "yes", only_in))
    return tuple(found)


@functools.cache
def rules() -> tuple[Rule, ...]:
    """ACTIONS as values."""
    return tuple(
        Rule(action, who, TOGETHER.get(states, (states,)), LANES if lanes == "any" else tuple(lanes.split()))
        for action, who, states, lanes in _rows(ACTIONS)
    )


def actions() -> list[str]:
    """Each action once."""
    return list(dict.fromkeys(each.action for each in rules()))


def may(person: Person, action: str, state: str, lane: str) -> bool:
    """Whether the table allows it."""
    return any(
        rule.action == action and state in rule.states and lane in rule.lanes and rule.allows(person, lane)
        for rule in rules()
    )


def somebody_may(action: str, state: str, lane: str) -> bool:
    """Whether it can be done there at all."""
    return any(may(each, action, state, lane) for each in people())


def _rows(table: str) -> list[list[str]]:
    _, *lines = [line for line in table.strip().splitlines() if line.strip()]
    return [[cell.strip() for cell in line.split("|")] for line in lines]
