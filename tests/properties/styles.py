"""Manifests as people write them: the same data in any style that a manifest may have."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from typing import Any

BARE = re.compile("[a-z][a-z0-9@.-]*")
COMMENTS = ("# a note", "#", "#\ttab\tin here", "# - email: not@an.entry", "# teams: [", "# ü")


@dataclass
class Style:
    """How one file is written; every roll is taken anew for each thing."""

    roll: random.Random
    newline: str
    dash: int
    item: int
    brackets: float
    comments: float
    blanks: float

    @classmethod
    def any(cls, roll: random.Random) -> Style:
        return cls(
            roll,
            roll.choice(["\n", "\n", "\r\n"]),
            roll.choice([0, 2, 2, 4]),
            roll.choice([2, 2, 3, 4]),
            roll.choice([0, 0.3, 1]),
            roll.choice([0, 0.3]),
            roll.choice([0, 0, 1, 0.3]),
        )

    def text(self, data: dict[str, Any]) -> str:
        lines = [line for key, value in data.items() for line in [*self.blank(), *self.key(key, value, 0)]]
        lines = [*self.comment(0), *lines, *self.comment(0)]
        end = self.newline * self.roll.choice([0, 1, 1, 2])
        return self.roll.choice(["", "", "\ufeff"]) + self.newline.join(lines) + end

    def key(self, key: str, value: Any, column: int) -> list[str]:
        start = " " * column + key + ":"
        scalars = isinstance(value, list) and not any(isinstance(item, dict) for item in value)
        flat = not isinstance(value, (dict, list)) or not value
        if flat or self.roll.random() < self.brackets * (1 if column or scalars else 0.2):
            return [f"{start} {self.flow(value, column)}{self.trailing()}"]
        below: list[str] = []
        if isinstance(value, dict):
            step = self.roll.choice([2, 4])
            for name, each in value.items():
                below += self.key(name, each, column + step)
            return [start + self.trailing(), *below]
        dash = column + self.dash
        for item in value:
            below += [*(self.blank() if column == 0 else ()), *self.comment(dash), *self.listed(item, dash)]
        return [start + self.trailing(), *below]

    def listed(self, item: Any, dash: int) -> list[str]:
        mark, column = " " * dash + "-".ljust(self.item), dash + self.item
        if not isinstance(item, dict) or self.roll.random() < self.brackets * 0.5:
            return [mark + self.flow(item, column) + self.trailing()]
        lines = [
            line for key, value in item.items() for line in (*self.key(key, value, column), *self.comment(column))
        ]
        if self.roll.random() < 0.1:
            return [" " * dash + "-" + self.trailing().replace("\t#", " #"), *lines]
        return [mark + lines[0][column:], *lines[1:]]

    def flow(self, value: Any, column: int) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key}: {self.flow(each, column)}" for key, each in value.items()) + "}"
        if isinstance(value, list):
            between = "," + self.roll.choice([" ", " ", f"  # so\n{' ' * (column + 3)}" if self.comments else " "])
            return "[" + between.replace("\n", self.newline).join(self.flow(each, column) for each in value) + "]"
        return self.scalar(value)

    def scalar(self, value: Any) -> str:
        if not isinstance(value, str):
            return json.dumps(value)
        bare = BARE.fullmatch(value) and value not in ("y", "n", "no", "on", "off", "yes", "true", "false", "null")
        forms = [json.dumps(value)]
        if value.isprintable():
            forms.append("'" + value.replace("'", "''") + "'")
        if bare or re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            forms += [value] * 4
        return self.roll.choice(forms)

    def comment(self, column: int) -> list[str]:
        indent = " " * self.roll.choice([0, column, column + 2])
        return [indent + self.roll.choice(COMMENTS)] if self.roll.random() < self.comments else []

    def trailing(self) -> str:
        return (
            self.roll.choice(["  ", "\t"]) + self.roll.choice(COMMENTS) if self.roll.random() < self.comments else ""
        )

    def blank(self) -> list[str]:
        return [self.roll.choice(["", "", "  "])] if self.roll.random() < self.blanks else []
