"""Files that were read before, kept so that they need not be parsed and checked again.

What is kept is JSON, bound to the bytes of the file and to all that decides what they say; it is used only where its
own digest fits. It stands in a folder that this user alone may enter, and nothing that others could have put there is
ever opened as ours. Whatever goes wrong, the file is parsed as if there were no cache.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import yaml

from reconciler import __version__
from reconciler.manifest.stored import from_text, to_text
from reconciler.manifest.tree import Document, Map
from reconciler.shipped import schema_text

WORTH = 32 * 1024
"""Bytes of a file from which on it is worth keeping: smaller ones are parsed in the time that a look takes."""
MOST = 512 * 1024 * 1024
"""Bytes that the folder may hold; beyond that what was used longest ago goes."""

_FORMAT = "1"
"""To be raised whenever another tree comes of the same text."""
_DIGEST = 64


class ParseCache:
    """The folder at that path, made when it is first needed. No method raises."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        reads = (
            _FORMAT,
            __version__,
            yaml.__version__,
            str(yaml.__with_libyaml__),
            schema_text("manifest.schema.json"),
        )
        self._reader = hashlib.sha256("\0".join(reads).encode()).digest()

    def key(self, content: bytes) -> str:
        """What a file of these bytes is kept under; "" where it is not worth it."""
        return hashlib.sha256(self._reader + content).hexdigest() if len(content) >= WORTH else ""

    def get(self, key: str) -> Map | None:
        """The tree of the file that was kept so, which is known to have no errors; None if there is none."""
        if not key:
            return None
        with suppress(OSError, ValueError, TypeError, LookupError, RecursionError), self._opened() as folder:
            kept = _read(folder, key)
            if hashlib.sha256(kept[_DIGEST:]).hexdigest().encode() == kept[:_DIGEST]:
                return from_text(kept[_DIGEST:].decode("utf-8"))
        return None

    def keep(self, document: Document) -> None:
        """Keep a document in which nothing is wrong."""
        if not document.key or document.kept:
            return
        with suppress(OSError, ValueError, RecursionError):
            text = to_text(document.root).encode("utf-8")
            os.makedirs(self._folder, mode=0o700, exist_ok=True)  # noqa: PTH103 - Path has no mode for all of them
            with self._opened() as folder:
                _write(folder, document.key, hashlib.sha256(text).hexdigest().encode() + text)
                _prune(folder)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The folder, held open, so that nobody can put another in its place. Raises OSError if it is not ours."""
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            _must_be_private(os.fstat(folder))
            yield folder
        finally:
            os.close(folder)


def _must_be_private(status: os.stat_result) -> None:
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise PermissionError("others may write here")


def _read(folder: int, name: str) -> bytes:
    """A whole file of the folder, marked as used now."""
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder), "rb") as file:
        status = os.fstat(file.fileno())
        _must_be_private(status)
        if not stat.S_ISREG(status.st_mode):
            raise PermissionError("not a file")
        os.utime(file.fileno())
        return file.read()


def _write(folder: int, name: str, content: bytes) -> None:
    """Write a whole file or none."""
    part = f"{name}.{os.getpid()}"
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder), "wb") as file:
            file.write(content)
        os.replace(part, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with suppress(OSError):
            os.unlink(part, dir_fd=folder)
        raise


def _prune(folder: int) -> None:
    found = []
    for name in os.listdir(folder):
        with suppress(OSError):
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            found.append((status.st_mtime_ns, status.st_size, name))
    total = 0
    for _, size, name in sorted(found, reverse=True):
        total += size
        if total > MOST:
            with suppress(OSError):
                os.unlink(name, dir_fd=folder)
