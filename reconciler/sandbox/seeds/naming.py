"""Ids and times of seeded records that do not say their own: always the same for the same document."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from reconciler.sandbox.seeds.place import Place
from reconciler.sandbox.state.times import stamp

NAMESPACE = uuid.UUID("5b1c1f0e-6f0c-5c0e-9d4e-2f6a6f7b8c9d")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


class Naming:
    """Gives out ids from kind and names, and times that ascend by a second from record to record."""

    def __init__(self) -> None:
        self._repeats: dict[str, int] = {}
        self._taken: set[str] = set()
        self._records = 0

    def id(self, place: Place, *names: str) -> str:
        """The id that a record says, or one made of its kind and names and a counter for repeats."""
        given = place.uuid("id")
        if given is None:
            name = "\n".join(names)
            repeat = self._repeats[name] = self._repeats.get(name, 0) + 1
            given = str(uuid.uuid5(NAMESPACE, f"{name}\n{repeat}"))
        if given in self._taken:
            raise place.error(f"the id {given} is used twice")
        self._taken.add(given)
        return given

    def times(self, place: Place) -> dict[str, str]:
        """`{created_at, updated_at}` of a record; what is not said of the second is as the first."""
        self._records += 1
        created = place.time("created_at", stamp(FIRST + timedelta(seconds=self._records)))
        return {"created_at": created, "updated_at": place.time("updated_at", created)}
