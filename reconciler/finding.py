"""A finding: something a person should know about the manifests or the portal, with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.model.origin import Origin

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` is a stable kebab-case or dotted name; `hint` says what to do next; `origin` None means no one line."""

    rule: str
    severity: Severity
    message: str
    hint: str = ""
    origin: Origin | None = None

    def __str__(self) -> str:
        place = f"{self.origin} " if self.origin else ""
        return f"{place}{self.severity} {self.rule}: {self.message}"


def in_file_order(findings: list[Finding]) -> list[Finding]:
    """Sorted by file, line and column; those without a place come last."""
    return sorted(findings, key=lambda f: (f.origin is None, f.origin or Origin(""), f.rule, f.message))
