"""How Slack says no to an app: a code, and where it helps the places in what was sent.

Every rule of the workspace raises this one exception, and the Web API turns it into Slack's answer. It
must never be shown to a person: people see sentences, apps see codes.
"""

from collections.abc import Sequence


class SlackRefusesError(Exception):
    """A call that Slack does not accept. `code` is Slack's own error code."""

    def __init__(self, code: str, messages: Sequence[str] = ()) -> None:
        super().__init__(code, *messages)
        self.code = code
        self.messages = list(messages)
