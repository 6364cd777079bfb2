"""A file of lines that only grows: each line is whole, and on the disk before anything goes on."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from threading import Lock
from types import TracebackType
from typing import Self

from reconciler.errors import JournalError


class JournalFile:
    """Open for appending; safe to use from many threads. Leave the `with` block, or call `close`, to close it.

    Raises JournalError for what cannot be opened, is no regular file, or does not look like a journal.
    `torn`: the file ended in half a line, as a crash leaves it; the first line of ours stands below it.
    """

    def __init__(self, path: str) -> None:
        self.path, self._lock = path, Lock()
        try:
            # Read too, for the end is looked at; only for its owner, for it tells who may do what.
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except (OSError, ValueError) as error:
            raise _failed("opened", path, error) from error
        try:
            self.torn = self._ends_in_half_a_line()
        except (OSError, JournalError) as error:
            self.close()
            raise error if isinstance(error, JournalError) else _failed("read", path, error) from error
        self._half = self.torn

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def append(self, line: str, *, now: bool = True) -> None:
        """Write one line. With `now` it is on the disk on return, and so is all before it. Raises JournalError."""
        with self._lock:
            try:
                data = (("\n" if self._half else "") + line + "\n").encode("ascii")
                self._half = True  # until the line is whole: the next one would begin below what there is of it
                while data:
                    data = data[os.write(self._file, data) :]
                self._half = False
                if now:
                    os.fsync(self._file)
            except OSError as error:
                raise _failed("written", self.path, error) from error

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            os.close(self._file)

    def _ends_in_half_a_line(self) -> bool:
        about = os.fstat(self._file)
        if not stat.S_ISREG(about.st_mode):
            raise JournalError(f"the journal {self.path} is no regular file", "name a file, which may be a new one")
        if about.st_size == 0:
            return False
        if os.pread(self._file, 1, 0) not in (b"{", b"\n"):
            raise JournalError(
                f"{self.path} is no journal: it does not begin as one", "name another file, which may be a new one"
            )
        return os.pread(self._file, 1, about.st_size - 1) != b"\n"


def _failed(what: str, path: str, error: Exception) -> JournalError:
    reason = (error.strerror if isinstance(error, OSError) else None) or "it is no path"
    return JournalError(
        f"the journal {path} cannot be {what}: {reason}", "check the path, its permissions and the disk"
    )
