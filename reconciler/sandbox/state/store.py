"""The state: one SQLite database, one connection, one lock.

Every request is one transaction.
"""

# ruff: noqa: S608 - the names in the SQL come from this package, every value is bound
from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from array import array
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.sandbox.state.file import opened
from reconciler.sandbox.state.memory import Memory
from reconciler.sandbox.state.stale import Past
from reconciler.sandbox.state.times import stamp
from reconciler.sandbox.switches import DEFAULTS, Switches

Row = sqlite3.Row

SMALL = 200
"""Bytes of a number that is remembered, with what it is remembered under; about."""


class Transaction:
    """What rules see of the store: statements, the time of the request, the switches, and fresh ids."""

    def __init__(
        self, connection: sqlite3.Connection, now: str, switches: Switches, memory: Memory | None = None
    ) -> None:
        self._connection = connection
        self._memory = memory or Memory()
        self.now = now
        self.switches = switches
        self.portals: frozenset[str] | None = None
        """The ids of the portals that whoever asks may see; None: all of them."""

    def keep_switches(self, changes: Mapping[str, Any]) -> None:
        """Set switches in the state, for every later transaction. Raises SwitchError."""
        for name, value in changes.items():
            self.switches.but({name: value})
            sql = "INSERT INTO switches VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
            self.run(sql, name, json.dumps(value))

    def all(self, sql: str, *values: Any) -> list[Row]:
        """Every row of a query."""
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> Row | None:
        """The first row of a query, or None."""
        row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def count(self, sql: str, *values: Any) -> int:
        """The number that a counting query gives; in a read it is remembered until the next write."""
        found: int | None = self._memory.get((sql, values))
        if found is None:
            found = int(self._connection.execute(sql, values).fetchone()[0])
            self.remember((sql, values), found, SMALL)
        return found

    def numbers(self, sql: str, *values: Any) -> array[int]:
        """The whole numbers that a query of one column gives, in its order; remembered like counts."""
        found: array[int] | None = self._memory.get((sql, values))
        if found is None:
            found = array("q", [row[0] for row in self._connection.execute(sql, values)])
            self.remember((sql, values), found, SMALL + len(found) * found.itemsize)
        return found

    def remember(self, key: Hashable, value: Any, size: int) -> None:
        """Keep a value of about so many bytes that follows from the state, for `Store.remembered`."""
        self._memory.keep(key, value, size)

    def run(self, sql: str, *values: Any) -> int:
        """Execute a statement; the number of rows it touched."""
        return self._connection.execute(sql, values).rowcount

    def insert(self, table: str, *records: Mapping[str, Any]) -> None:
        """Insert records that all have the keys of the first, which are the columns."""
        if records:
            columns = list(records[0])
            marks = ", ".join("?" * len(columns))
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            self._connection.executemany(sql, ([record[name] for name in columns] for record in records))

    def new(self) -> dict[str, str]:
        """What every new record starts with: `{id, created_at, updated_at}`."""
        return {"id": str(uuid.uuid4()), "created_at": self.now, "updated_at": self.now}


class Store:
    """Opens the state and hands out transactions, one at a time.

    `switches` are those of this run, set over those that the state keeps.
    """

    def __init__(
        self, path: Path | None, clock: Callable[[], datetime], switches: Mapping[str, Any] | None = None
    ) -> None:
        self._clock = clock
        self._set = dict(switches or {})
        self._switches = DEFAULTS.but(self._set)  # SwitchError before anything is opened
        self._lock = threading.RLock()
        self._memory = Memory()
        self._version = -1
        self._past = Past()
        self.longest_behind = 0.0
        """How far behind reads will be, for copies of the state to be kept so long."""
        self._connection = opened(path)

    def _execute(self, pragma: str) -> Any:
        return self._connection.execute(f"PRAGMA {pragma}").fetchone()

    @contextmanager
    def read(self, *, behind: float | None = None) -> Iterator[Transaction]:
        """A consistent view; another process may write meanwhile. `behind`: as it was so many seconds ago.

        Further behind where a switch says so, and at most by the `longest_behind` of when it was written.
        """
        with self._lock, self._begin("DEFERRED"):
            now = stamp(self._clock())
            self._look()
            seconds = 0.0 if behind is None else max(behind, self._switches.stale_seconds)
            past = self._past.at(now, seconds) if seconds else None
            # What is remembered is of the state as it is, and nothing that was read of a past one.
            yield Transaction(past or self._connection, now, self._switches, None if past else self._memory)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that keeps what is done in it, or nothing when an exception leaves it."""
        with self._lock:
            longest = max(self.longest_behind, self._switches.stale_seconds)
            if longest:  # before the transaction: SQLite copies nothing that is being written
                self._past.keep(self._connection, stamp(self._clock()), longest)
            with self._begin("IMMEDIATE"):
                self._look()
                self._version = -1
                yield Transaction(self._connection, stamp(self._clock()), self._switches)

    def remembered(self, key: Hashable) -> Any:
        """What was remembered under a key, as long as nobody has written since; None where nothing is."""
        with self._lock:
            self._look()
            return self._memory.get(key)

    def _look(self) -> None:
        """See whether anybody wrote, and if so forget, and read the switches."""
        # data_version moves when another process wrote to the file; after a write of our own it is -1 here.
        version = self._execute("data_version")[0]
        if version != self._version:
            self._version = version
            self._memory.clear()
            kept = self._connection.execute("SELECT name, value FROM switches").fetchall()
            self._switches = DEFAULTS.but({name: json.loads(value) for name, value in kept}).but(self._set)

    @contextmanager
    def _begin(self, mode: str) -> Iterator[None]:
        if self._connection.in_transaction:
            raise RuntimeError("a transaction of the sandbox was opened inside another")
        self._connection.execute(f"BEGIN {mode}")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.rollback()  # nothing happens where SQLite has rolled back by itself
            raise

    @property
    def switches(self) -> Switches:
        """As they were when the state was last looked at."""
        return self._switches

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._past.close()
            self._connection.close()
