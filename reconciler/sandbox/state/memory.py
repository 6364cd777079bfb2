"""What was worked out from the state, kept for as long as the state does not change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

LARGEST = 128 << 20
"""Bytes of all that is remembered, about. The pages of a hundred thousand people and what they have fit in."""


class Memory:
    """Values by key; whoever has a value longest without asking for it loses it first. For one thread at a time."""

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> Any:
        """What is remembered under a key, or None."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def keep(self, key: Hashable, value: Any, size: int) -> None:
        """Remember a value of about so many bytes."""
        self._size += size - self._values.pop(key, (None, 0))[1]
        self._values[key] = value, size
        while self._size > self._largest:
            self._size -= self._values.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget everything: the state has changed."""
        self._values.clear()
        self._size = 0
