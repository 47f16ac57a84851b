"""The texts of a prompt in a repository on GitHub: reading the file of a commit, and storing a proposal.

A version is a commit, whose file can never change. A proposal is one commit on a branch of its own, made on
top of the default branch, and the name of the branch says which change and which text it is. A branch that is
there already must never be touched.
"""

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC
from typing import Final
from urllib.parse import quote

from bot.connectors.asking import Answer
from bot.connectors.github.answers import (
    NOT_FOUND,
    UNPROCESSABLE,
    Blob,
    Commit,
    Commits,
    File,
    Named,
    Ref,
    Refs,
    bytes_of,
)
from bot.connectors.github.line import PAGE, Line
from bot.connectors.protocol import TargetRefused, TargetUnavailable, Version, VersionMissing

COMMIT: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
PLAIN_FILE: Final = "100644"
AT_ONCE: Final = 8
"""How many branches are read at the same time."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One file of one repository; ``prefix`` begins the names of the branches of proposals."""

    path: str
    prefix: str

    def text(self, line: Line, version: str) -> str:
        """What the file says in a commit. VersionMissing; TargetRefused where it is no text."""
        missing = VersionMissing(version, f"{line.repository} holds no {self.path} in {version[:40]}.")
        if not COMMIT.fullmatch(version):
            raise missing
        answer = line.get(f"/contents/{quote(self.path)}?ref={version}")
        if answer.status == NOT_FOUND:
            line.see_repository()
            raise missing
        raw = self._bytes(line, version, line.done(answer))
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise TargetRefused(
                f"{self.path} is not UTF-8 text in {version[:10]} (byte {error.start + 1}). Save the file as "
                "UTF-8 and commit it again."
            ) from error

    def stored(self, line: Line, branch: str) -> str | None:
        """The commit that the branch of a proposal is at; None where there is none, or no such repository."""
        answer = line.get(f"/git/ref/heads/{quote(branch)}")
        if answer.status == NOT_FOUND:
            return None
        return line.asking.read(line.done(answer), Ref).object.sha

    def store(self, line: Line, raw: bytes, *, branch: str, said: str) -> str:
        """Commit the bytes on a new branch. What is made before the branch is seen by nobody if it fails."""
        (base,) = line.read("/commits?per_page=1", Commits).root
        told = {"content": base64.b64encode(raw).decode(), "encoding": "base64"}
        blob = line.made("/git/blobs", told, Named).sha
        entry = {"path": self.path, "mode": PLAIN_FILE, "type": "blob", "sha": blob}
        tree = line.made("/git/trees", {"base_tree": base.commit.tree.sha, "tree": [entry]}, Named).sha
        told_commit = {"message": said, "tree": tree, "parents": [base.sha]}
        commit = line.made("/git/commits", told_commit, Named).sha
        answer = line.post("/git/refs", {"ref": f"refs/heads/{branch}", "sha": commit})
        if answer.status == UNPROCESSABLE and self.stored(line, branch) is not None:
            raise TargetUnavailable(f"The branch {branch} was made at the same moment. Try it again.")
        return line.asking.read(line.done(answer), Ref).object.sha

    def newest(self, line: Line, limit: int) -> list[Version]:
        """Commits of the default branch that changed the file, and proposals."""
        where = f"/commits?path={quote(self.path, safe='')}"
        found = line.read(f"{where}&per_page={min(limit, PAGE)}", Commits).root
        heads = self._proposals(line)[:limit]
        with ThreadPoolExecutor(AT_ONCE) as readers:
            # A proposal of another file gives the newest commit of ours below it, which is listed once.
            read = readers.map(lambda head: line.read(f"{where}&sha={head}&per_page=1", Commits).root, heads)
            found = [*(each for commits in read for each in commits), *found]
        once = {each.sha: _as_version(each) for each in found}
        return sorted(once.values(), key=lambda each: each.at, reverse=True)[:limit]

    def _proposals(self, line: Line) -> list[str]:
        """Heads of the branches of proposals, those of later changes first."""
        refs = list(line.listed(f"/git/matching-refs/heads/{quote(self.prefix)}/", Refs))
        return [each.object.sha for each in sorted(refs, key=_number, reverse=True)]

    def _bytes(self, line: Line, version: str, answer: Answer) -> bytes:
        """The bytes of the file, which come apart from the rest where they are more than a megabyte."""
        file = None if isinstance(answer.data, list) else line.asking.read(answer, File)
        if file is None or file.type != "file":
            raise TargetRefused(f"{self.path} is no file in {version[:10]} of {line.repository}.")
        held = file if file.encoding == "base64" else line.read(f"/git/blobs/{file.sha}", Blob)
        raw = bytes_of(held.content) if held.encoding == "base64" else None
        if raw is None:
            raise TargetUnavailable(f"{line.host} answers with a file that is not in Base64.")
        return raw


def _number(ref: Ref) -> tuple[int, str]:
    """By the number of the change, which stands in the name: PC-42."""
    name = ref.ref.rpartition("/")[2]
    found = re.search(r"\d+", name)
    return int(found[0]) if found else 0, name


def _as_version(commit: Commit) -> Version:
    said = commit.commit
    label = said.message.partition("\n")[0]
    return Version(
        id=commit.sha, label=label, author=said.author.name, at=said.committer.date.astimezone(UTC)
    )
