"""Uploaded files: a person's through a file input, the app's through the external upload in three steps.

It must never hand out content without the bot's token; the route that serves it checks that.
"""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.sandbox.core import Core
from bot.sandbox.records import StoredFile
from bot.sandbox.refusals import SlackRefusesError

LARGEST = 1_000_000_000
"""Slack takes files of up to 1 GB."""


@dataclass(slots=True)
class _Upload:
    """A place that was promised to the app, waiting for its content."""

    name: str
    length: int
    content: bytes | None = None


class Files(Core):
    """Files by id."""

    def file(self, file_id: str) -> StoredFile:
        """What is known of a file. Raises KeyError for an unknown id."""
        return self._files.held[file_id]

    def files(self) -> list[StoredFile]:
        """Every file, oldest first."""
        with self._lock:
            return list(self._files.held.values())

    def file_bytes(self, file_id: str) -> bytes:
        """A file's content. Raises KeyError for an unknown id."""
        return self._contents[file_id]

    def add_file(
        self, user_id: str, name: str, content: bytes, *, title: str = "", file_id: str = ""
    ) -> StoredFile:
        """Keep a file."""
        mimetype = mimetypes.guess_type(name)[0] or "text/plain"
        made = StoredFile(
            file_id or self.new_id("F"), name, mimetype, len(content), user_id, self.now(), title or name
        )
        with self._lock:
            self._contents[made.id] = content
            self._files.put(made.id, made)
            if self._store is not None:
                self._store.put_bytes(made.id, content)
        self.changed()
        return made

    def promise_upload(self, name: str, length: int) -> str:
        """Step one of the app's upload: the id of a file to come."""
        if not 0 < length <= LARGEST:
            raise SlackRefusesError(
                "invalid_arguments", ["[ERROR] must be a positive number [json-pointer:/length]"]
            )
        file_id = self.new_id("F")
        with self._lock:
            self._uploads[file_id] = _Upload(name, length)
        return file_id

    def receive_upload(self, file_id: str, content: bytes) -> bool:
        """Step two: the content arrives. False when nothing was promised or the length is another."""
        with self._lock:
            upload = self._uploads.get(file_id)
            if upload is None or len(content) != upload.length:
                return False
            upload.content = content
            return True

    def complete_upload(self, file_id: str, title: str) -> StoredFile:
        """Step three: the file exists from here on."""
        with self._lock:
            upload = self._uploads.get(file_id)
            if upload is None or upload.content is None:
                raise SlackRefusesError("file_not_found")
            del self._uploads[file_id]
        return self.add_file(self.app.bot_user_id, upload.name, upload.content, title=title, file_id=file_id)

    def share_files(self, file_ids: Sequence[str], channel_id: str) -> None:
        """Say that these files stand in a conversation now."""
        with self._lock:
            for file_id in file_ids:
                known = self._files.held[file_id]
                self._files.put(file_id, replace(known, shared_in=(*known.shared_in, channel_id)))
        self.changed()

    @property
    def _uploads(self) -> dict[str, _Upload]:
        uploads: dict[str, _Upload] = self.__dict__.setdefault("_promised", {})
        return uploads
