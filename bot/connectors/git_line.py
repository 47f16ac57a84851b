"""An open line to a git remote: what is fetched over it, and what is pushed with a lease.

A push names the commit that each branch was read at, and the remote takes it only where the branch still is
there. It must never push in any other way, and never take what was not understood for a yes or a no.
"""

import fcntl
import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Final, NamedTuple, Protocol

from dulwich.client import GitClient
from dulwich.errors import GitProtocolError, HangupException, SendPackError
from dulwich.objects import ObjectID
from dulwich.pack import UnpackedObject, UnresolvedDeltas
from dulwich.refs import Ref
from dulwich.repo import Repo

from bot.connectors.asking import quoted
from bot.connectors.credentials import Credential
from bot.connectors.git_objects import DAMAGE
from bot.connectors.protocol import TargetRefused, TargetUnavailable

IN_MEMORY: Final = 4_000_000
"""Bytes of what was fetched; more goes to a file until it is stored."""

TURN: Final = "prompt-change.fetch"

FETCH_SECONDS: Final = 30.0
"""For the whole of an answer with history in it; the first is the longest. A move's lease is 60 s."""

GARBLED: Final = (GitProtocolError, ValueError, AssertionError, IndexError, EOFError, struct.error)
"""What the library raises where the other side does not speak as documented."""

NOT_AT_ONCE: Final = "not support atomic push"
"""What the library says where the other side offers no atomic pushes; it has no error of its own for that."""


BUSY: Final = re.compile(r"cannot lock ref|failed to (update|lock)|unable to lock", re.IGNORECASE)
"""What git says where another push has its hand on the branch (git.git, receive-pack.c and refs/)."""


class Moved(NamedTuple):
    """Where a branch or a tag was read, and where it is to be; None stands for nothing there."""

    old: ObjectID | None
    new: ObjectID


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing moved, and `why`, for people. `may_pass`: it may do so at another attempt."""

    why: str
    may_pass: bool = False


class Line:
    """`who` begins the sentences about the other side. What it says is quoted without `credentials`."""

    def __init__(self, client: GitClient, path: bytes, who: str, credentials: Sequence[Credential]) -> None:
        self._client, self._path, self._who, self._credentials = client, path, who, credentials

    def fetch(self, repo: Repo, sought: Sequence[Ref]) -> dict[Ref, ObjectID]:
        """Where the sought branches are on the other side; their history is in `repo` afterwards.

        A name that ends with a slash stands for all that begin so. A branch that is not there is left out.
        """

        def wants(refs: Mapping[Ref, ObjectID], depth: int | None = None) -> list[ObjectID]:  # noqa: ARG001
            ours = (tip for ref, tip in refs.items() if _is_among(ref, sought))
            return [tip for tip in ours if tip not in repo.object_store]

        with SpooledTemporaryFile(IN_MEMORY) as pack, self._understood(*DAMAGE, UnresolvedDeltas):
            found = self._client.fetch_pack(
                self._path, wants, repo.get_graph_walker(), pack.write, ref_prefix=sought
            )
            if pack.tell():
                pack.seek(0)
                with _alone(repo):
                    repo.object_store.add_thin_pack(pack.read, None)
            return {ref: tip for ref, tip in found.refs.items() if tip and _is_among(ref, sought)}

    def push(self, repo: Repo, moves: Mapping[Ref, Moved], *, at_once: bool) -> Declined | None:
        """Move these, `at_once` all or none; None where the other side took them.

        With no moves, nothing is asked but whether this side may push so at all.
        """
        said: list[bytes] = []
        late: list[Ref] = []

        def packed(
            have: AbstractSet[ObjectID],
            want: AbstractSet[ObjectID],
            *,
            ofs_delta: bool = False,
            progress: Callable[[bytes], None] | None = None,  # noqa: ARG001 - nobody watches
        ) -> tuple[int, Iterator[UnpackedObject]]:
            return repo.generate_pack_data(set(have), set(want), ofs_delta=ofs_delta)

        def leased(there: Mapping[Ref, ObjectID]) -> dict[Ref, ObjectID]:
            late.extend(ref for ref, move in moves.items() if there.get(ref) != move.old)
            return {} if late else {ref: move.new for ref, move in moves.items()}

        with self._understood():
            result = self._client.send_pack(self._path, leased, packed, progress=said.append, atomic=at_once)
        against = [words for words in (result.ref_status or {}).values() if words]
        if late:
            return Declined("it is not where it was read.", may_pass=True)
        if not against:
            return None
        reasons = ", ".join(dict.fromkeys(against))
        return Declined(f"{reasons}.{self.quoted(_text(b''.join(said)))}", bool(BUSY.search(reasons)))

    def quoted(self, words: str) -> str:
        """What the other side said, fit for people, with a space before it; or empty."""
        return quoted(words, self._credentials)

    @contextmanager
    def _understood(self, *more: type[BaseException]) -> Iterator[None]:
        garbled: tuple[type[BaseException], ...] = (*GARBLED, *more)
        try:
            yield
        except (HangupException, ConnectionError) as fault:
            words = self.quoted(str(fault)) if getattr(fault, "stderr_lines", None) else ""
            raise TargetUnavailable(
                f"{self._who} broke the connection off before it had answered.{words}"
            ) from fault
        except SendPackError as fault:
            words = self.quoted(_text(fault.args[0] if fault.args else b""))
            raise TargetUnavailable(f"{self._who} could not store what was pushed.{words}") from fault
        except garbled as fault:
            if NOT_AT_ONCE in str(fault):
                raise TargetRefused(
                    f"{self._who} cannot take a commit and its signed tag at once, which atomic pushes are "
                    "for. Switch them on there, or leave sign_key_env out of the policy."
                ) from fault
            raise TargetUnavailable(
                f"{self._who} answers otherwise than git does, so it is not believed."
                f"{self.quoted(str(fault))}"
            ) from fault


@contextmanager
def _alone(repo: Repo) -> Iterator[None]:
    """Write into a copy in this block, one of us at a time: two that write the same pack lock each other out.

    The kernel takes the turn back from the dead, and what they have locked meanwhile is nobody's.
    """
    with Path(repo.commondir(), TURN).open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for left in Path(repo.commondir(), "objects", "pack").glob("*.lock"):
            left.unlink()
        yield


class Remote(Protocol):
    """A repository beyond this app. Making one asks nobody."""

    name: str
    """What people call it."""
    who: str
    """What begins a sentence about whoever answers."""
    address: str
    """What a person gives to `git clone`."""

    def line(self) -> AbstractContextManager[Line]:
        """A line that is open in the block. Raises TargetRefused and TargetUnavailable."""


def _is_among(ref: Ref, sought: Sequence[Ref]) -> bool:
    return any(ref == each or (each.endswith(b"/") and ref.startswith(each)) for each in sought)


def _text(words: bytes) -> str:
    return words.decode("utf-8", "replace")
