"""Signed tags: with each move of a pointer on a remote, a tag that `git verify-tag` can tell from a forgery.

The signature is SSH's, made by `ssh-keygen`. The key stays in its file; it must never be read here, nor named
in a message.
"""

import os
import re
import subprocess
from typing import Final

from dulwich.objects import Commit, Tag
from dulwich.refs import Ref

from bot.connectors.asking import quoted
from bot.connectors.credentials import Credential
from bot.connectors.git_names import PROPOSALS
from bot.connectors.protocol import TargetRefused

SECONDS: Final = 10.0
"""For one signature, which takes milliseconds; only a key on a device that waits for a finger takes more."""

KEPT: Final = ("PATH", "HOME", "SSH_AUTH_SOCK")
"""What ssh-keygen needs of our environment: the last for a key that an agent holds."""

PROBE: Final = b"prompt-change"


def tag_of(path: str, key: str) -> Ref:
    """The tag for the move with this key of the prompt at this path."""
    named = "/".join(re.sub(r"[^A-Za-z0-9_-]+", "-", part) for part in (path, key))
    return Ref(f"refs/tags/{PROPOSALS}/{named}".encode())


class Signer:
    """`key` is the variable with a private key's path, or of a public one if an agent has the other."""

    def __init__(self, key: Credential) -> None:
        self._key = key

    def tag(self, ref: Ref, commit: Commit) -> Tag:
        """A signed tag on a commit, by its committer and in its words. TargetRefused if none can be made."""
        tag = Tag()
        tag.name, tag.object = ref.removeprefix(b"refs/tags/"), (Commit, commit.id)
        tag.tagger, tag.tag_time, tag.tag_timezone = commit.committer, commit.commit_time, 0
        tag.message = commit.message
        tag.signature = self._signature(tag.as_raw_string())
        return tag

    def problems(self) -> list[str]:
        """What stands in the way of signing: no program, no key, or one that asks for a passphrase."""
        try:
            self._signature(PROBE)
        except TargetRefused as fault:
            return [str(fault)]
        return []

    def _signature(self, words: bytes) -> bytes:
        # The library can call ssh-keygen as well, but lets it ask at the terminal and wait for ever.
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", self._key.value()]
        environment = {each: os.environ[each] for each in KEPT if each in os.environ}
        try:
            done = subprocess.run(  # noqa: S603 - our words, and a path that the host's owner has set
                command,
                input=words,
                capture_output=True,
                check=False,
                timeout=SECONDS,
                env={**environment, "LC_ALL": "C"},
                start_new_session=True,
            )
        except FileNotFoundError as fault:
            raise TargetRefused(
                "The program ssh-keygen is not installed, which signs the tags. Install OpenSSH's client."
            ) from fault
        except subprocess.TimeoutExpired as fault:
            raise TargetRefused(f"ssh-keygen made no signature within {SECONDS:g} seconds.") from fault
        if done.returncode or not done.stdout.startswith(b"-----BEGIN SSH SIGNATURE-----"):
            words_back = quoted(done.stderr.decode("utf-8", "replace"), [self._key])
            raise TargetRefused(
                f"Nothing can be signed with the key in the file that {self._key.variable} names. Set it to "
                f"the path of a private key without a passphrase that this process may read.{words_back}"
            )
        return done.stdout
