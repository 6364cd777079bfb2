"""Where people and registrations stand once some changes are made: these, and no others of the plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from reconciler.model.change import Change
from reconciler.model.observed import Developer, Status


class After:
    """What a set of changes comes to. `ended` are the ids of the registrations that they take approval from."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._status: dict[str, Status] = {}
        self.ended: set[str] = set()
        for change in changes:
            subject = change.subject
            if subject.kind == "developer" and subject.developer and subject.developer.id and change.after:
                self._status[subject.developer.id] = cast("Status", change.after["status"])
            if subject.kind == "registration" and subject.registration_id and change.effect == "removes":
                self.ended.add(subject.registration_id)

    def status(self, developer: Developer) -> Status:
        """The status that the developer has then."""
        return self._status.get(developer.id, developer.status)
