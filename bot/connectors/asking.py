"""Asking another system over HTTP, and what its answers and its silence mean for a pointer.

Every request goes through the one door, `bot.outgoing`. It must never take silence, or an answer that was
not understood, as leave to say that something happened or did not: that is `TargetUnavailable`.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from bot.connectors.credentials import Credential
from bot.connectors.protocol import TargetMisconfigured, TargetRefused, TargetUnavailable
from bot.outgoing import AddressRefusedError, client, configured_address

SECONDS: Final = 5.0
"""For one piece of an answer, and for the whole of it.

A move asks up to ten times in its lease of 60 s, on GitHub 25.
"""

MOST_BYTES: Final = 4_000_000
"""Of one answer: the longest prompt, 500,000 characters, each of them escaped."""

LONGEST_WORDS: Final = 300
CREDENTIAL_REFUSED: Final = (401, 403)
LATER: Final = (408, 425, 429)
RATE_LIMIT: Final = "rate limit"
"""What GitHub's words have in them where a 403 comes without a time to wait."""
WORDS: Final = ("words", "message", "error", "detail")
"""Where systems put what they say to people."""

Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status of the 200s, or one of the 400s that the caller has to understand.

    ``data`` is the JSON in it; None where there was none, as in a 204. ``more``: its header `Link` names a
    next page.
    """

    status: int
    data: Any
    more: bool = False

    @property
    def ok(self) -> bool:
        """Whether the system did what it was asked, by its own word."""
        return httpx.codes.is_success(self.status)


class System:
    """One configured system. Making one asks nobody. Raises TargetMisconfigured for an impossible address."""

    def __init__(self, address: str, credentials: Sequence[Credential], *, seconds: float = SECONDS) -> None:
        try:
            self.host = configured_address(address).host
        except AddressRefusedError as error:
            raise TargetMisconfigured(str(error)) from error
        self._address, self._credentials, self.seconds = address, credentials, seconds

    @contextmanager
    def asking(self) -> Iterator["Asking"]:
        """A line to it for a few requests, which several threads may use."""
        with client(self._address, headers={"Accept-Encoding": "identity"}, seconds=self.seconds) as line:
            yield Asking(self, line)

    def url(self, rest: str) -> str:
        """The address with what is written after it."""
        return self._address + rest

    @property
    def variables(self) -> str:
        """The names of its credentials, for people."""
        return " and ".join(each.variable for each in self._credentials)

    def quoted(self, words: object) -> str:
        """What the system said, short enough and fit for people; with a space before it, or empty."""
        return quoted(words, self._credentials)

    @contextmanager
    def understood(self) -> Iterator[None]:
        """In this block httpx may fail; what comes out are TargetUnavailable and TargetRefused."""
        try:
            yield
        except httpx.ConnectError as error:
            raise TargetUnavailable(f"{self.host} cannot be reached.") from error
        except httpx.TimeoutException as error:
            raise TargetUnavailable(
                f"{self.host} did not answer within {self.seconds:g} seconds. Whether it did what it was "
                "asked is not known yet."
            ) from error
        except httpx.TransportError as error:
            raise TargetUnavailable(
                f"{self.host} broke the connection off before it had answered."
            ) from error
        except AddressRefusedError as error:
            raise TargetRefused(str(error)) from error
        except httpx.InvalidURL as error:
            raise TargetRefused(f"What was to be asked of {self.host} makes no address.") from error

    def refuse_status(self, status: int, words: str = "", *, is_limit: bool = False) -> None:
        """Raises for a status that means the same everywhere; `words` are those of `quoted`.

        `is_limit`: what reads like a refusal only says that too much was asked of late.
        """
        is_later = is_limit or status in LATER
        if status in CREDENTIAL_REFUSED and not is_later:
            if not self.variables:
                raise TargetRefused(
                    f"{self.host} wants a credential, and the policy names none ({status}).{words}"
                )
            raise TargetRefused(
                f"{self.host} does not accept the credential in {self.variables} ({status}).{words} "
                "It is wrong or expired, or lacks the right."
            )
        if httpx.codes.is_redirect(status):
            raise TargetRefused(
                f"{self.host} sends on to another address ({status}), which is not followed. Write the "
                "address that it leads to into the policy."
            )
        if is_later or not httpx.codes.OK <= status < httpx.codes.INTERNAL_SERVER_ERROR:
            raise TargetUnavailable(f"{self.host} cannot do it now ({status}).{words}")


def quoted(words: object, credentials: Sequence[Credential] = ()) -> str:
    """What another system said, without secrets, short and printable; with a space before it, or empty."""
    line = " ".join(words.split()) if isinstance(words, str) else ""
    for each in credentials:
        line = each.withheld_from(line)
    line = "".join(each for each in line if each.isprintable())[:LONGEST_WORDS].strip()
    return f" It says: {line if line.endswith(('.', '!', '?')) else line + '.'}" if line else ""


class Asking:
    """A line that is open. Its requests raise TargetRefused and TargetUnavailable."""

    def __init__(self, system: System, line: httpx.Client) -> None:
        self.system, self._line = system, line

    def ask(
        self, method: str, rest: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Make one request to the address with ``rest`` after it."""
        content = {} if body is None else {"Content-Type": "application/json"}
        with self.system.understood():
            status, raw, told = self._made(method, rest, body, {**content, **(headers or {})})
        return self._judged(status, raw, told)

    def _made(
        self, method: str, rest: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Status, bytes and headers of the answer, within the time and the size that any answer may take."""
        until = time.monotonic() + self.system.seconds
        found = bytearray()
        url = self.system.url(rest)
        with self._line.stream(method, url, content=body, headers=dict(headers)) as response:
            for piece in response.iter_raw():
                found += piece
                if len(found) > MOST_BYTES:
                    raise TargetUnavailable(
                        f"{self.system.host} answers with more than {MOST_BYTES // 1_000_000} MB, "
                        "which is no prompt."
                    )
                if time.monotonic() > until:
                    raise httpx.ReadTimeout("the answer drips")
            return response.status_code, bytes(found), response.headers

    def _judged(self, status: int, raw: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer, where it is the caller's to understand; an error where it means the same everywhere."""
        data = _parsed(raw)
        words = self.system.quoted(_words_in(data))
        self.system.refuse_status(status, words, is_limit=_is_limit(status, headers, words))
        is_silent = status == httpx.codes.NO_CONTENT or raw.strip() == b"null"
        if httpx.codes.is_success(status) and data is None and not is_silent:
            raise TargetUnavailable(
                f"{self.system.host} answers with something that is not JSON. Is its address the right one?"
            )
        return Answer(status, data, more='rel="next"' in headers.get("link", ""))

    def read(self, answer: Answer, shape: type[Shape]) -> Shape:
        """The answer as the documented shape. TargetUnavailable where it is another."""
        try:
            return shape.model_validate(answer.data)
        except ValidationError as error:
            place = ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"]))
            raise TargetUnavailable(
                f"{self.system.host} answers otherwise than documented (at {place or 'the top'}), so it is "
                "not believed."
            ) from error

    def done(self, answer: Answer) -> Answer:
        """The answer again, if by its own word the system did what it was asked; else TargetRefused."""
        if not answer.ok:
            self.refuse(answer)
        return answer

    def refuse(self, answer: Answer) -> NoReturn:
        """Pass on that the system says no."""
        words = self.system.quoted(_words_in(answer.data))
        raise TargetRefused(f"{self.system.host} refuses ({answer.status}).{words}")


def _is_limit(status: int, headers: Mapping[str, str], words: str) -> bool:
    """Whether a 403 is no refusal but a limit of requests, as GitHub answers it."""
    if status != httpx.codes.FORBIDDEN:
        return False
    is_timed = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    return is_timed or RATE_LIMIT in words.lower()


def _words_in(data: Any) -> str:  # noqa: ANN401 - whatever JSON it is
    """What a system says to people in an answer; empty where it says nothing."""
    told = [data.get(each) for each in WORDS] if isinstance(data, dict) else []
    return next((each for each in told if isinstance(each, str) and each), "")


def _parsed(raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON it is
    """The JSON in an answer; None where there is none, or half a character that no text can hold."""
    try:
        data = json.loads(raw)
        if b"\\u" in raw:
            json.dumps(data, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return data
