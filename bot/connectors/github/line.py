"""An open line to one repository on GitHub: every request with its token, every refusal with GitHub's words.

A 404 may mean that something is not there, that the repository is not, or that the token lacks a right. It
must never be read as "there is none" before the repository itself has answered.
"""

import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn, TypeVar

from pydantic import BaseModel, RootModel

from bot.connectors.asking import Answer, Asking
from bot.connectors.credentials import Credential
from bot.connectors.github.answers import NOT_FOUND, Repository, words_of
from bot.connectors.protocol import TargetRefused

PAGE: Final = 100
"""The most that one answer lists."""
PAGES: Final = 10

Shape = TypeVar("Shape", bound=BaseModel)
One = TypeVar("One")


class Line:
    """Its requests raise TargetRefused and TargetUnavailable."""

    def __init__(self, asking: Asking, repository: str, token: Credential) -> None:
        self.asking, self.repository, self._token = asking, repository, token
        self.host = asking.system.host

    def get(self, rest: str) -> Answer:
        """Ask for what is under the repository's address."""
        return self._ask("GET", rest)

    def post(self, rest: str, told: dict[str, Any]) -> Answer:
        """Tell something."""
        return self._ask("POST", rest, json.dumps(told).encode())

    def read(self, rest: str, shape: type[Shape]) -> Shape:
        """What has to be there, as the documented shape."""
        return self.asking.read(self.done(self.get(rest)), shape)

    def made(self, rest: str, told: dict[str, Any], shape: type[Shape]) -> Shape:
        """Tell something that has to be done, and read what was made."""
        return self.asking.read(self.done(self.post(rest, told)), shape)

    def listed(self, rest: str, shape: type[RootModel[list[One]]]) -> Iterator[One]:
        """All of a list, page by page as it is gone through, up to 1,000."""
        for page in range(1, PAGES + 1):
            separator = "&" if "?" in rest else "?"
            answer = self.done(self.get(f"{rest}{separator}per_page={PAGE}&page={page}"))
            yield from self.asking.read(answer, shape).root
            if not answer.more:
                return

    def see_repository(self) -> None:
        """Raises TargetRefused where the repository is not shown to this token."""
        self.read("", Repository)

    def done(self, answer: Answer) -> Answer:
        """The answer again, if GitHub did what it was asked."""
        if not answer.ok:
            self.refuse(answer)
        return answer

    def refuse(self, answer: Answer) -> NoReturn:
        """Pass on that GitHub says no."""
        if answer.status == NOT_FOUND:
            raise TargetRefused(
                f"{self.host} does not find what was asked of {self.repository} (404). There is no such "
                f"repository, or the token in {self._token.variable} has no right to it."
            )
        self.asking.refuse(Answer(answer.status, {"message": words_of(answer)}))

    def _ask(self, method: str, rest: str, body: bytes | None = None) -> Answer:
        headers = {
            "Authorization": f"Bearer {self._token.value()}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        return self.asking.ask(method, f"/repos/{self.repository}{rest}", body=body, headers=headers)
