"""The state file: opened, made where there is none, told apart from other files, and removed.

It is kept in WAL mode, so that a write that was answered survives the death of the process: the log is with the
operating system once COMMIT returns.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from reconciler.sandbox.state.schema import SCHEMA, VERSION

APPLICATION = 0x4B505354
"""What SQLite writes into the head of a file to say whose it is: KPST."""
MAGIC = b"SQLite format 3\0"
PATIENCE = 10.0
"""Seconds for which a file may be locked by another process."""

RESET = "clear it with `reconciler sandbox reset`, or name another file"
OTHER = "name another file, or remove this one yourself"
RIGHTS = "name a file in a folder that may be written"
TROUBLES = {
    "SQLITE_NOTADB": ("is no state of the embedded portal", OTHER),
    "SQLITE_CORRUPT": ("is damaged", RESET),
    "SQLITE_BUSY": (f"was locked for {PATIENCE:g} seconds", "end the program that holds it, or name another file"),
    "SQLITE_CANTOPEN": ("cannot be opened", RIGHTS),
    "SQLITE_READONLY": ("cannot be written", RIGHTS),
    "SQLITE_FULL": ("cannot be written", "make room on the disk"),
}
"""What SQLite says of a file → what that means, and what to do."""


class StateError(Exception):
    """A file that cannot be used as state: the message says which and why, `remedy` what to do.

    `lost`: it is one, but this version cannot read it, so that it can only be reset.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.lost = RESET in remedy


def opened(path: Path | None) -> sqlite3.Connection:
    """A connection to the state in a file, or to one that lives as long as the connection. StateError."""
    try:
        connection = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False, timeout=PATIENCE
        )
    except sqlite3.Error as error:
        raise trouble(path, error) from error
    connection.row_factory = sqlite3.Row
    try:
        _prepare(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise trouble(path, error) from error
    except StateError:
        connection.close()
        raise
    return connection


def remove(path: Path) -> None:
    """Remove a state file and its logs. StateError for a file of something else; OSError."""
    with path.open("rb") as file:
        head = file.read(72)
    if head and not (head.startswith(MAGIC) and int.from_bytes(head[68:72]) == APPLICATION):
        raise StateError(f"{path} is no state of the embedded portal", OTHER)
    for part in (path, *logs(path)):
        part.unlink(missing_ok=True)


def logs(path: Path) -> tuple[Path, Path]:
    """What SQLite keeps beside a file as long as anybody has it open."""
    return Path(f"{path}-wal"), Path(f"{path}-shm")


def _prepare(connection: sqlite3.Connection, path: Path | None) -> None:
    """Make the tables unless they are there; nothing is written to a file of something else."""
    version, owner = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id")
    )
    [tables] = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    unmarked = owner == 0 and (version == VERSION if tables else not version)
    if owner != APPLICATION and not unmarked:
        raise StateError(f"{path} is a database of something else", OTHER)
    if version > VERSION:
        said = f"{path} was written by a newer version (state {version}; this one knows {VERSION})"
        raise StateError(said, f"use that version, or {RESET}")
    if 0 < version < VERSION:
        raise StateError(f"{path} was written by an older version (state {version}, now {VERSION})", RESET)
    # NORMAL: with WAL, COMMIT writes the log without waiting for the disk; only a loss of power
    # could take an answered write back.
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -65536"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN IMMEDIATE")
    if not connection.execute("PRAGMA user_version").fetchone()[0]:  # another process may have been faster
        for statement in SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute("COMMIT")


def trouble(path: Path | None, error: sqlite3.Error) -> StateError:
    """What an error of SQLite says of a state file."""
    name = getattr(error, "sqlite_errorname", "")
    known = next((said for code, said in TROUBLES.items() if name.startswith(code)), ("cannot be used", RESET))
    what, remedy = known
    return StateError(f"{path} {what}: {error}", remedy)
