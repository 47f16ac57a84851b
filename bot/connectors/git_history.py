"""What the history of a branch says: which versions were there, and whether a move was made before.

The commits that this app makes end in trailers, and this is the one place where they are written and
read. It must never read a trailer out of the free text that a person wrote.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from dulwich.objects import Commit, ObjectID
from dulwich.repo import Repo

from bot.connectors.git_objects import entry_at, load
from bot.connectors.protocol import TargetRefused, Version

CHANGE = "Prompt-Change"
KEY = "Prompt-Change-Key"
POINTER = "Prompt-Change-Pointer"
PATH = "Prompt-Change-Path"
BY = "Prompt-Change-By"
KEY_REACH = 200  # a move is tried again within hours, in which one branch sees far fewer commits
VERSION_REACH = 2_000
LABEL_LENGTH = 75  # Slack: the text of an option


def message(subject: str, body: str, trailers: dict[str, str]) -> bytes:
    """A commit message whose last paragraph, and only that, is the trailers."""
    told = "\n".join(line.rstrip() for line in body.strip().splitlines())
    last = "\n".join(f"{name}: {one_line(value)}" for name, value in trailers.items())
    parts = [one_line(subject), told, last]
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8", "replace")


def one_line(text: str) -> str:
    """The text with every run of white space made one space, so that nothing can start a line of its own."""
    return " ".join(text.split())


def trailers_of(commit: Commit) -> dict[str, str]:
    """The trailers in the last paragraph of a commit's message; empty where there are none."""
    paragraphs = commit.message.decode("utf-8", "replace").rstrip().split("\n\n")
    lines = [line.partition(": ") for line in paragraphs[-1].split("\n")]
    if len(paragraphs) == 1 or not all(mark for _, mark, _ in lines):
        return {}
    return {name: value for name, _, value in lines}


def was_made(repo: Repo, head: ObjectID | None, trailers: dict[str, str]) -> bool:
    """Whether a commit with all these trailers stands in the line of this branch's own commits."""
    wanted = {name: one_line(value) for name, value in trailers.items()}
    mark = f"{KEY}: {wanted[KEY]}".encode("utf-8", "replace")
    return any(
        mark in commit.message and wanted.items() <= trailers_of(commit).items()
        for commit in _own_line(repo, head)
    )


def stands_in(repo: Repo, head: ObjectID | None, name: ObjectID) -> bool:
    """Whether the commit `name` stands in the line of this branch's own commits."""
    return any(commit.id == name for commit in _own_line(repo, head))


def _own_line(repo: Repo, head: ObjectID | None) -> Iterator[Commit]:
    for _ in range(KEY_REACH):
        if head is None:
            return
        commit = load(repo, head, Commit)
        yield commit
        head = next(iter(repo.get_parents(head, commit)), None)


def versions(repo: Repo, heads: Iterable[ObjectID], path: bytes, limit: int) -> list[Version]:
    """The distinct texts at `path` that these branches hold or held, newest first.

    Each is told by the commit that first had it, so that a rollback does not make an old text look new.
    """
    commits = list(_all_of(repo, list(dict.fromkeys(heads))))
    blobs = {commit.id: _blob(repo, commit, path) for commit in commits}
    first: dict[ObjectID, Commit] = {}
    for commit in commits:
        blob = blobs[commit.id]
        if blob is not None and blob not in [blobs.get(parent) for parent in commit.parents]:
            first[blob] = min(first.get(blob, commit), commit, key=_age)
    found = [_version(blob, commit) for blob, commit in first.items()]
    return sorted(found, key=lambda version: version.at, reverse=True)[:limit]


def _all_of(repo: Repo, heads: list[ObjectID]) -> Iterator[Commit]:
    if heads:
        yield from (step.commit for step in repo.get_walker(include=heads, max_entries=VERSION_REACH))


def _age(commit: Commit) -> tuple[int, bool]:
    # A text may go live in the second in which it was proposed; it is then told by its proposal.
    return commit.commit_time, CHANGE not in trailers_of(commit)


def _blob(repo: Repo, commit: Commit, path: bytes) -> ObjectID | None:
    try:
        entry = entry_at(repo, commit.tree, path)
    except TargetRefused:
        return None  # what once was a link or a folder is no version
    return None if entry is None else entry.blob


def _version(blob: ObjectID, commit: Commit) -> Version:
    trailers = trailers_of(commit)
    subject = commit.message.decode("utf-8", "replace").strip().partition("\n")[0]
    author = commit.author.decode("utf-8", "replace").partition(" <")[0]
    return Version(
        id=blob.decode(),
        label=(trailers.get(CHANGE) or subject)[:LABEL_LENGTH],
        author=trailers.get(BY) or author,
        at=datetime.fromtimestamp(commit.commit_time, UTC),
    )
