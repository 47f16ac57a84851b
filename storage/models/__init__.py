"""The tables. Every invariant that a constraint can hold is held by one."""

from storage.models.changes import Ask, Change, Evidence, Revision, Touch, Vote
from storage.models.outbox import Message, MessageState, Move, MoveState, Purpose
from storage.models.people import Account, EmailPin, Grant, GroupMember, Person, UserGroup
from storage.models.record import AuditRow, KeptText, ManualPointer, PolicyInForce, PolicyVersion, SeenEvent
from storage.models.releases import Acknowledgement, Drift, DriftState, Release, Rollback, RollbackState

__all__ = [
    "Account",
    "Acknowledgement",
    "Ask",
    "AuditRow",
    "Change",
    "Drift",
    "DriftState",
    "EmailPin",
    "Evidence",
    "Grant",
    "GroupMember",
    "KeptText",
    "ManualPointer",
    "Message",
    "MessageState",
    "Move",
    "MoveState",
    "Person",
    "PolicyInForce",
    "PolicyVersion",
    "Purpose",
    "Release",
    "Revision",
    "Rollback",
    "RollbackState",
    "SeenEvent",
    "Touch",
    "UserGroup",
    "Vote",
]
