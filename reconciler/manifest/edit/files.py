"""Manifests on the disk: read for an edit, and written whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from reconciler.errors import EditError, InputError
from reconciler.manifest.edit.change import Edited


def text_of(path: str) -> str:
    """The file's text with its line ends as they are; "" for one that is not there. Raises InputError."""
    try:
        return Path(path).read_bytes().decode("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", "check the file and its permissions") from error


def save(edits: Iterable[Edited]) -> None:
    """Write the files, all of them or, if one cannot be prepared, none. Raises EditError, InputError.

    Each is written beside the old one and put in its place, so that nobody ever reads half of it.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for edit in edits:
            path = Path(edit.file)
            if text_of(edit.file) != edit.before:
                raise EditError(f"{path} was changed meanwhile, and is left as it is", "run the command again")
            part = path.with_name(f".{path.name}.part")
            ready.append((part, path))
            _prepare(part, path, edit.after)
        for part, path in ready:
            part.replace(path)
    except OSError as error:
        hint = "check the folder and its permissions"
        raise InputError(f"{error.filename} cannot be written: {error.strerror}", hint) from error
    finally:
        for part, _ in ready:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _prepare(part: Path, path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(text.encode("utf-8"))
    if path.exists():
        shutil.copymode(path, part)
