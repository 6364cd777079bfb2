"""The sandbox as a whole: a state, its seeds, the people on it, and the portal that answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import dump, seed
from .app import App
from .messages import Request, Response
from .people import People
from .store import Store


def _now() -> datetime:
    return datetime.now(UTC)


class Sandbox(People):
    """An embedded portal. `path` is its state file; without one the state lives as long as the object.

    `clock` gives the time of everything that happens after seeding, an aware datetime.
    """

    def __init__(self, path: str | Path | None = None, clock: Callable[[], datetime] = _now) -> None:
        """Open the state, creating it if need be. StateError for a file of another version."""
        self._store = Store(Path(path) if path is not None else None, clock)
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
