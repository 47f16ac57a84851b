"""What the process says about itself, on standard error, one event a line.

Our own code logs with structlog, as an event and a few named values; what libraries log goes through the
same chain. A log must never hold a token, a signing secret, or the text of a payload: prompts are the
company's own, and people paste things into forms that belong in no log.
"""

import logging
import re
import secrets
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, Final, TextIO

import structlog
from pydantic import SecretStr

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U, which are misread or misheard."""

SHORTEST_SECRET: Final = 8
"""Characters. Taking out shorter ones would eat words; nobody's real secret is as short."""

WITHHELD: Final = "[withheld]"

NEVER_LOGGED: Final = frozenset(
    {
        "authorization", "blocks", "body", "headers", "message", "payload", "private_metadata", "raw_body",
        "signing_secret", "state", "text", "token", "view",
    }
)  # fmt: skip
"""Names of values that are payloads or parts of them, or secrets. Their values are dropped unread."""

TOKEN: Final = re.compile(
    r"xox[a-z]?[-.][\w.%-]+"  # bot, user and configuration tokens: xoxb-, xoxp-, xoxe.xoxp-, ...
    r"|xapp-[\w.%-]+"  # app-level tokens, for Socket Mode
    r"|\bv0=[0-9a-fA-F]{64}\b"  # request signatures
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)"  # user and password within an address
    r"|https://hooks\.slack(?:-gov)?\.com/\S+"  # addresses that let anyone post who knows them
)

SILENT_BELOW: Final = {
    # Bolt and the SDK write whole payloads at debug, and Socket Mode writes every frame.
    "slack_bolt": logging.WARNING,
    "slack_sdk": logging.WARNING,
    # What it cannot reach is told by whoever asked, in words.
    "slack_sdk.web": logging.CRITICAL,
    "websockets": logging.WARNING,
    # They write addresses with what stands in them: a response_url lets its holder post.
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "urllib3": logging.WARNING,
    "uvicorn.access": logging.CRITICAL,
    # Statements come with their values.
    "sqlalchemy": logging.WARNING,
    # Eight lines about itself at each start; the app says itself what was migrated.
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "dulwich": logging.WARNING,
    "asyncio": logging.WARNING,
    "uvicorn": logging.WARNING,
}
"""The least level that a library may log at, whatever LOG_LEVEL says, and why."""

QUOTES_PAYLOADS: Final = ("slack_bolt", "slack_sdk")
"""Libraries that put payloads into the text of a message, where no name tells them apart."""

_OPENS_A_VALUE: Final = re.compile(r"[({\[<:=\"'`\n]")

Event = MutableMapping[str, Any]


def fault_id() -> str:
    """An id such as `F-7K3Q9X2M`, that a person can read out and a log be searched for.

    40 random bits, so two of a kind in one log are not to be expected, and nothing of what failed in it.
    """
    return "F-" + "".join(secrets.choice(ALPHABET) for _ in range(8))


def set_up(
    level: str = "INFO", *, secrets_held: Iterable[SecretStr | None] = (), stream: TextIO | None = None
) -> None:
    """Send everything to standard error: coloured lines on a terminal, JSON otherwise.

    `secrets_held` are values that no pattern can know, such as the signing secret: they are taken out
    wherever they turn up. Calling it again replaces what was set up before.
    """
    out = stream or sys.stderr
    held = tuple(s.get_secret_value() for s in secrets_held if s is not None and len(s) >= SHORTEST_SECRET)
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(allow=()),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_payload_text,
        structlog.processors.format_exc_info,
        _without(held),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before[:2],
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                *before,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _renderer(out),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    _quieten(logging.getLogger().level)


def _renderer(out: TextIO) -> Any:  # noqa: ANN401 - structlog's renderers share no type
    if out.isatty():
        # Tracebacks are text by then; the pretty ones would print the values of local variables.
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer()


def _quieten(level: int) -> None:
    for name, least in SILENT_BELOW.items():
        logging.getLogger(name).setLevel(max(least, level))


def _without_payload_text(_: object, __: str, event: Event) -> Event:
    """Cut a message of Bolt's or the SDK's where the first value in it may begin."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and record.name.split(".")[0] in QUOTES_PAYLOADS:
        told = _OPENS_A_VALUE.split(str(event.get("event", "")), maxsplit=1)[0].strip()
        event["event"] = f"{record.name}: {told[:120]}"
    return event


def _without(held: tuple[str, ...]) -> Any:  # noqa: ANN401 - a processor, which structlog types loosely
    """A processor that drops payloads by their names, and secrets by their looks or values."""

    def clean(value: object) -> object:
        if isinstance(value, str):
            for secret in held:
                value = value.replace(secret, WITHHELD)
            return TOKEN.sub(WITHHELD, value)
        if isinstance(value, SecretStr | bytes):
            return WITHHELD
        if isinstance(value, dict):
            return {k: WITHHELD if str(k).lower() in NEVER_LOGGED else clean(v) for k, v in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [clean(item) for item in value]
        return value if value is None or isinstance(value, bool | int | float) else clean(str(value))

    def processor(_: object, __: str, event: Event) -> Event:
        for key, value in event.items():
            if key in {"_record", "_from_structlog"}:
                continue
            event[key] = WITHHELD if key.lower() in NEVER_LOGGED else clean(value)
        return event

    return processor
