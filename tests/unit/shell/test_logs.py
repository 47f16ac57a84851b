"""A log holds no token, no secret and no payload, whoever writes to it."""

import io
import json
import logging
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from bot import logs


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Always."""
        return True


def _lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-123-456-abcDEF",
        "xoxp-123-456-abcDEF",
        "xoxe.xoxp-1-abc",
        "xapp-1-A012-345-abcdef",
        "v0=" + "a1" * 32,
        "https://hooks.slack.com/actions/T1/2/abc",
        "app:hunter22",
    ],
)
@pytest.mark.parametrize("tty", [True, False])
def test_what_looks_like_a_secret_is_withheld(secret: str, *, tty: bool) -> None:
    """In a message, in a value, deep inside a value, in an exception, and from a library."""
    out = Terminal() if tty else io.StringIO()
    logs.set_up("DEBUG", stream=out)
    text = f"postgresql://{secret}@db/x" if ":h" in secret else f"with {secret} in it"
    log = structlog.get_logger("bot.test")
    log.info(text, value=text, deep={"list": [text, {"more": (text,)}]}, thing=ValueError(text))
    logging.getLogger("some.library").warning("it says %s", text)
    try:
        int(text)
    except ValueError:
        log.exception("broke")
        logging.getLogger("some.library").exception("broke")
    assert secret not in out.getvalue()
    assert out.getvalue().count("[withheld]") >= 7


def test_a_secret_that_no_pattern_knows_is_withheld_by_its_value() -> None:
    """The signing secret is 32 letters like any other."""
    out = io.StringIO()
    logs.set_up(stream=out, secrets_held=[SecretStr("0123456789abcdef"), None])
    structlog.get_logger().warning("x", value="<0123456789abcdef>")
    assert _lines(out)[0]["value"] == "<[withheld]>"


@pytest.mark.parametrize("name", sorted(logs.NEVER_LOGGED))
def test_a_payload_is_withheld_by_its_name(name: str) -> None:
    """Also inside another value, and also when a library gives it as an extra."""
    out = io.StringIO()
    logs.set_up(stream=out)
    structlog.get_logger().warning("x", inside={name: "zebra"}, **{name: "zebra"})
    assert "zebra" not in out.getvalue()
    assert _lines(out)[0]["inside"] == {name: "[withheld]"}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Unhandled request ({'type': 'x', 'text': 'zebra'})", "slack_bolt.App: Unhandled request"),
        ("Failed to run (error: zebra)", "slack_bolt.App: Failed to run"),
        ('{"type":"hello","zebra":1}', "slack_bolt.App: "),
        ("Request body: zebra", "slack_bolt.App: Request body"),
    ],
)
def test_what_bolt_says_is_cut_where_a_value_begins(said: str, told: str) -> None:
    """Bolt and the SDK put payloads into their messages."""
    out = io.StringIO()
    logs.set_up(stream=out)
    logging.getLogger("slack_bolt.App").warning(said)
    assert _lines(out)[0]["event"] == told


@pytest.mark.parametrize(
    "name", ["slack_bolt.App", "slack_sdk.web", "httpx", "websockets.client", "urllib3.pool"]
)
def test_talkative_libraries_stay_quiet_even_at_debug(name: str) -> None:
    """At debug they write whole payloads, addresses and frames."""
    out = io.StringIO()
    logs.set_up("DEBUG", stream=out)
    logging.getLogger(name).info("zebra")
    logging.getLogger("bot.x").debug("ours")
    assert [line["event"] for line in _lines(out)] == ["ours"]


def test_tracebacks_hold_no_values_of_variables() -> None:
    """Neither on a terminal, where libraries like to print them."""
    prompt = "zebra"[::-1]
    for out in (Terminal(), io.StringIO()):
        logs.set_up(stream=out)
        try:
            int(prompt and "no number")
        except ValueError:
            structlog.get_logger().exception("it broke")
        assert "ValueError: invalid literal" in out.getvalue()
        assert prompt not in out.getvalue()


def test_the_level_holds() -> None:
    """Below it nothing is written."""
    out = io.StringIO()
    logs.set_up("WARNING", stream=out)
    structlog.get_logger().info("zebra")
    assert out.getvalue() == ""


def test_an_id_can_be_read_out() -> None:
    """No letter that is mistaken for another, and no two alike."""
    ids = {logs.fault_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert not set("".join(ids).removeprefix("F-")) - set(logs.ALPHABET + "F-")
