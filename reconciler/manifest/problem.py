"""What is wrong with an entry, before it has its place in a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Broken:
    """A keyword of the schema that `value` breaks, and the way to it from the entry, which is called `whole`."""

    keyword: str
    wanted: Any
    value: Any
    schema: dict[str, Any]
    path: tuple[str | int, ...]
    whole: str

    @property
    def what(self) -> str:
        """The value, by the key it stands under."""
        keys = [step for step in self.path if isinstance(step, str)]
        if not keys:
            return self.whole
        return f"an item of `{keys[-1]}`" if isinstance(self.path[-1], int) else f"`{keys[-1]}`"

    def problem(self, rule: str, message: str, hint: str) -> Problem:
        """A problem with the value itself."""
        return Problem(rule, self.path, message, hint)

    def problem_at(self, key: str, rule: str, message: str, hint: str) -> Problem:
        """A problem with one of the value's keys."""
        return Problem(rule, (*self.path, key), message, hint, at_key=True)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at `path` (keys and positions inside the entry); `at_key`: at the last key, not at its value."""

    rule: str
    path: tuple[str | int, ...]
    message: str
    hint: str
    at_key: bool = False
