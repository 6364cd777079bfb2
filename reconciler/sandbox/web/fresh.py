"""What was granted a moment ago is not known everywhere yet: for some seconds the answer is 403 (contract 11.6)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from typing import Any

from reconciler.sandbox.protocol.problems import forbidden
from reconciler.sandbox.state.store import Transaction
from reconciler.sandbox.state.times import later

GRANTING = frozenset(
    {
        "add-developer-to-portal-team",
        "assign-role-to-portal-teams",
        "create-application-registration",
        "update-application-registration",
        "update-developer",
    }
)
"""The operations that may give access to something that is there."""

UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Fresh:
    """Remembers, as long as the process lives, which ids were granted something, and until when that is fresh."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: dict[str, str] = {}

    def refuse(self, tx: Transaction, ids: Iterable[str], body: bytes) -> None:
        """403 for a request that names what is fresh."""
        if self._until and tx.switches.forbidden_seconds:
            with self._lock:
                if any(self._until.get(one, "") > tx.now for one in _named(ids, body)):
                    raise forbidden()

    def note(self, tx: Transaction, operation: str, ids: Iterable[str], body: bytes, result: Any) -> None:
        """Remember what a request granted, if it did: a status other than approved gives nothing."""
        seconds = tx.switches.forbidden_seconds
        approves = not isinstance(result, dict) or result.get("status", "approved") == "approved"
        if seconds and approves and operation in GRANTING:
            until = later(tx.now, seconds)
            with self._lock:
                self._until |= dict.fromkeys(_named(ids, body), until)


def _named(ids: Iterable[str], body: bytes) -> list[str]:
    return [*ids, *(one.decode().lower() for one in UUID.findall(body))]
