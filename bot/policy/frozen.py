"""What everything that is read from a policy file has in common.

It must never read a key that it does not know as nothing: a typing mistake would switch a rule off.
"""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """The base of everything read from a policy file: it never changes, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
