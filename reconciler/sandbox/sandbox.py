"""The sandbox as a whole: a state, its seeds, the people on it, and the portal that answers."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reconciler.sandbox.people import names
from reconciler.sandbox.people.moves import People
from reconciler.sandbox.protocol.messages import Request, Response
from reconciler.sandbox.records import tokens
from reconciler.sandbox.seeds import document as seed
from reconciler.sandbox.seeds import dump
from reconciler.sandbox.state.file import StateError, logs, remove, trouble
from reconciler.sandbox.state.store import Store
from reconciler.sandbox.web.app import App


def _now() -> datetime:
    return datetime.now(UTC)


class Sandbox(People):
    """An embedded portal. `path` is its state file; without one the state lives as long as the object.

    `clock` gives the time of everything that happens after seeding, an aware datetime.
    """

    def __init__(
        self,
        path: str | Path | None = None,
        clock: Callable[[], datetime] = _now,
        switches: Mapping[str, Any] | None = None,
    ) -> None:
        """Open the state, creating it if need be. StateError for a file that is none, or of another version.

        `switches` count for this object alone, over those that the state keeps; SwitchError.
        """
        self._store = Store(Path(path) if path is not None else None, clock, switches)
        self.app = App(self._store)

    def load(self, document: Any) -> None:
        """Add the records of a seed document; SeedError names the place, and then nothing was added."""
        with self._store.write() as tx:
            seed.plant(tx, document)

    def load_file(self, path: str | Path) -> None:
        """Add the records of a seed in a YAML or JSON file."""
        self.load(seed.read_file(Path(path)))

    def seed_once(self, path: str | Path) -> bool:
        """Load a seed file unless exactly this content was loaded into this state; whether it was loaded."""
        document = seed.read_file(Path(path))
        digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        with self._store.write() as tx:
            if tx.one("SELECT 1 FROM seeds WHERE digest = ?", digest):
                return False
            seed.plant(tx, document)
            tx.insert("seeds", {"digest": digest})
        return True

    def clear(self) -> None:
        """Empty the state, seeds, switches and all; a server that runs on it goes on, with nothing to show."""
        with self._store.write() as tx:
            for table in tx.all("SELECT name FROM sqlite_master WHERE type = 'table'"):
                tx.run(f"DELETE FROM {table['name']}")  # noqa: S608 - a name of this package's

    @classmethod
    def reset(cls, path: str | Path) -> bool:
        """Clear the state in a file, also under a server that runs on it, and remove what nobody has open; whether
        there was one. A state that cannot be read is removed as it is.

        StateError for a file of something else, which is left, and for one that is locked; OSError.
        """
        path = Path(path)
        if not path.exists():
            return False
        try:
            with closing(cls(path)) as sandbox:
                sandbox.clear()
        except (StateError, sqlite3.Error) as error:
            found = error if isinstance(error, StateError) else trouble(path, error)
            if not found.lost:
                raise found from error
        else:
            # Whoever is last to close a state takes its logs along: where they stay, a server has it open.
            if any(log.exists() for log in logs(path)):
                return True
        remove(path)
        return True

    def keep_switches(self, **switches: Any) -> None:
        """Set switches in the state; SwitchError for one that does not exist or a value it does not take."""
        with self._store.write() as tx:
            tx.keep_switches(switches)

    def add_token(self, role: str, *portals: str) -> str:
        """A new token with a role (admin, maintainer, viewer) on portals of these names; on all where none is named.

        Once the state has a token, requests with any other are answered 401. LookupError for a portal that is not
        there, ValueError for another role.
        """
        if role not in tokens.ROLES:
            raise ValueError(f"there is no role {role!r} (known: {', '.join(tokens.ROLES)})")
        token = f"spat_{secrets.token_urlsafe(24)}"
        with self._store.write() as tx:
            tokens.add(tx, token, role, [names.portal(tx, name)["id"] for name in portals])
        return token

    @property
    def empty(self) -> bool:
        """Whether there is neither a portal nor an API."""
        with self._store.read() as tx:
            return tx.one("SELECT 1 FROM portals UNION ALL SELECT 1 FROM apis") is None

    def dump(self) -> dict[str, Any]:
        """The whole access state in words, stable, without ids and times: see `dump.dump`."""
        with self._store.read() as tx:
            return dump.dump(tx)

    def answer(self, request: Request) -> Response:
        """The portal's answer to a request, without a server."""
        return self.app.answer(request)

    def close(self) -> None:
        """Close the state file."""
        self._store.close()
