"""The things that a workspace holds, as frozen values with the shape that Slack gives them.

A record is replaced, never changed, so a reader in another thread always sees one whole state. Records
know how they look in Slack's JSON and nothing else: they must never hold a rule.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

JsonObject = dict[str, Any]
ChannelKind = Literal["public", "private", "im"]
Surface = Literal["message", "modal", "home"]


@dataclass(frozen=True, slots=True)
class Team:
    """A Slack workspace as others see it."""

    id: str = "T0ACME"
    name: str = "Acme"
    domain: str = "acme"


@dataclass(frozen=True, slots=True)
class AppProfile:
    """The installed app: its ids, its secrets and what it may do. All of it is local and worthless."""

    app_id: str = "A0PROMPTCHANGE"
    bot_id: str = "B0PROMPTCHANGE"
    bot_user_id: str = "U0PROMPTCHANGE"
    name: str = "Prompt Change"
    command: str = "/prompt-change"
    bot_token: str = "xoxb-local-sandbox"  # noqa: S105 - opens nothing but this process
    app_token: str = "xapp-local-sandbox"  # noqa: S105 - the same
    signing_secret: str = "local-signing-secret"  # noqa: S105 - the same
    verification_token: str = "local-verification"  # noqa: S105 - the same
    scopes: frozenset[str] = frozenset(
        {
            "channels:history",
            "chat:write",
            "chat:write.public",
            "commands",
            "files:read",
            "groups:history",
            "im:history",
            "im:write",
            "usergroups:read",
            "users:read",
            "users:read.email",
        }
    )
    events: frozenset[str] = frozenset(
        {
            "app_home_opened",
            "subteam_created",
            "subteam_members_changed",
            "subteam_updated",
            "team_join",
            "user_change",
        }
    )


@dataclass(frozen=True, slots=True)
class User:
    """An account: a member, a guest, a bot, or a stranger who is here through a shared channel."""

    id: str
    name: str
    real_name: str
    team_id: str
    email: str = ""
    title: str = ""
    tz: str = "Europe/Berlin"
    color: str = "4a6fa5"
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    deleted: bool = False
    updated: int = 0

    @property
    def is_guest(self) -> bool:
        """Whether this is a single-channel or multi-channel guest."""
        return self.is_restricted or self.is_ultra_restricted

    @property
    def initials(self) -> str:
        """One or two capitals for an avatar."""
        return "".join(word[0] for word in self.real_name.split()[:2]).upper()


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A user group, `S...`, that one mentions as `@handle`."""

    id: str
    handle: str
    name: str
    members: tuple[str, ...] = ()
    description: str = ""
    disabled: bool = False
    updated: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation: public or private (`C...`), or a direct message with the app (`D...`)."""

    id: str
    name: str
    kind: ChannelKind = "public"
    members: tuple[str, ...] = ()
    topic: str = ""
    archived: bool = False
    shared: bool = False
    created: int = 0
    with_user: str = ""
    """For a direct message: the person who talks with the app."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `ts` is its identity inside a channel; a reply carries its parent's as `thread_ts`."""

    channel: str
    ts: str
    user: str
    text: str = ""
    blocks: tuple[JsonObject, ...] = ()
    thread_ts: str = ""
    bot_id: str = ""
    metadata: JsonObject | None = None
    edited_ts: str = ""
    ephemeral_to: str = ""
    """When set, only this person sees the message."""
    reply_broadcast: bool = False
    files: tuple[str, ...] = ()
    reactions: tuple[tuple[str, str], ...] = ()
    """Pairs of emoji name and user id."""

    @property
    def is_reply(self) -> bool:
        """Whether this stands in a thread below another message."""
        return bool(self.thread_ts) and self.thread_ts != self.ts


@dataclass(frozen=True, slots=True)
class View:
    """An open modal, or the Home tab of one person."""

    id: str
    user: str
    content: JsonObject
    """What the app sent, with the block and action ids that Slack fills in."""
    hash: str
    root_id: str
    previous_id: str = ""
    typed: JsonObject = field(default_factory=dict)
    """What the person has entered so far: block_id -> action_id -> Slack's state of that input."""
    errors: dict[str, str] = field(default_factory=dict)
    """The app's last refusal: block_id -> sentence under that input."""

    @property
    def type(self) -> str:
        """Either `modal` or `home`."""
        return str(self.content["type"])

    @property
    def blocks(self) -> list[JsonObject]:
        """The view's blocks."""
        blocks: list[JsonObject] = self.content["blocks"]
        return blocks

    @property
    def callback_id(self) -> str:
        """The app's name for this form."""
        return str(self.content.get("callback_id", ""))

    @property
    def title(self) -> str:
        """The text in a modal's head."""
        return str(self.content.get("title", {}).get("text", ""))


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file; its bytes are read with `Workspace.file_bytes`."""

    id: str
    name: str
    mimetype: str
    size: int
    user: str
    created: int
    title: str = ""
    shared_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one act of a person.

    `ok` is what the person sees: True when the app answered in time and refused nothing in a form. A
    polite refusal in words is an answer like any other; read the messages to see it.
    """

    ok: bool
    error: str = ""
    """The sentence that Slack shows when something went wrong; empty otherwise."""
    errors: dict[str, str] = field(default_factory=dict)
    """Sentences under inputs, block_id -> sentence, from the client or from the app."""
    sent: bool = True
    """False when the client itself stopped the act and nothing reached the app."""
    status: int | None = None
    """The HTTP status; None over Socket Mode or when nothing came back."""
    seconds: float = 0.0
    body: str = ""
    """The raw answer of the app."""
    file: StoredFile | None = None
    """What an upload made."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Web API, for assertions on what Slack received and answered."""

    method: str
    args: JsonObject
    response: JsonObject
    status: int = 200

    @property
    def ok(self) -> bool:
        """Whether Slack accepted it."""
        return bool(self.response.get("ok"))


@dataclass(frozen=True, slots=True)
class Rendered:
    """One set of blocks exactly as the app sent it, before any check, wherever it came in."""

    surface: Surface
    payload: JsonObject
    via: str
