"""The names that the git target accepts: paths, branches, the identity of its commits.

Everything here is pure, so that a wrong setting is found before a repository is opened. It must never
let through a name that could reach outside the repository or that git would read as something else.
"""

import re

from dulwich.objects import ObjectID
from dulwich.refs import Ref, check_ref_format

from bot.connectors.git_objects import PLAIN_FILE, Entry
from bot.connectors.protocol import TargetMisconfigured, TargetRefused

PROPOSALS = "prompt-change"


def checked_path(path: str) -> str:
    """The path as git spells it. TargetMisconfigured unless it names a file inside the repository."""
    parts = path.split("/")
    inside = all(part not in ("", ".", "..") and part.lower() != ".git" for part in parts)
    if not inside or "\\" in path or not path.isprintable():
        raise TargetMisconfigured(
            f"{path!r} is not a path inside a git repository. Write it from the repository's root with "
            "forward slashes, such as prompts/refunds.md."
        )
    return path


def checked_pointers(live: str, canary: str | None) -> tuple[str, str | None]:
    """Both names. TargetMisconfigured where git could not hold them as branches, or not beside each other."""
    for name in [live] if canary is None else [live, canary]:
        if name.startswith(("-", "refs/")) or name == "HEAD" or not check_ref_format(branch(name)):
            raise TargetMisconfigured(f"{name!r} cannot be the name of a git branch.")
        if name.split("/")[0] == PROPOSALS:
            raise TargetMisconfigured(f"{name!r} is kept for proposed texts. Name the pointer otherwise.")
    if canary is not None and f"{live}/".startswith(f"{canary}/"):
        raise TargetMisconfigured(f"The canary {canary!r} must be another branch than {live!r}, beside it.")
    if canary is not None and canary.startswith(f"{live}/"):
        raise TargetMisconfigured(f"git cannot hold the branch {canary!r} under the branch {live!r}.")
    return live, canary


def checked_author(author: str) -> bytes:
    """The identity as git stores it. TargetMisconfigured unless it reads `Name <address>`."""
    if not author.isprintable() or not re.fullmatch(r"[^<>]*[^<> ] <[^<>]+>", author):
        raise TargetMisconfigured(f"{author!r} is not a git identity. Write it as Name <address>.")
    return author.encode()


def branch(name: str) -> Ref:
    """The full name of a branch."""
    return Ref(b"refs/heads/" + name.encode("utf-8", "replace"))


def proposal(change_name: str) -> Ref:
    """The branch for a change's proposed text. TargetRefused where git could not hold it."""
    name = f"{PROPOSALS}/{change_name}"
    if not check_ref_format(branch(name)):
        raise TargetRefused(f"git cannot hold a branch called {name!r}.")
    return branch(name)


def encoded(text: str) -> bytes:
    """The bytes of a text. TargetRefused for half characters, which no file can hold."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as fault:
        raise TargetRefused(
            f"The text has half a character at position {fault.start + 1}, which UTF-8 cannot store. "
            "Type that character again."
        ) from fault


def short(version: str | None) -> str:
    """How a version is named in a sentence."""
    return "nothing" if version is None else version[:10]


def renewed(entry: Entry | None, blob: ObjectID) -> Entry:
    """The same file with other bytes; its mode stays, and a new file is a plain one."""
    return Entry(PLAIN_FILE if entry is None else entry.mode, blob)
