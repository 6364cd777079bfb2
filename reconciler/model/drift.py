"""What differs between git and the portal, classified; and what one commit listed and the next one does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reconciler.finding import Severity
from reconciler.model.change import Cause, Subject
from reconciler.model.origin import Origin

DriftClass = Literal[
    "residual",
    "denied",
    "expired",
    "auto-approved",
    "let-go",
    "extra",
    "vanished",
    "missing",
    "team",
    "held",
    "identity-provider",
    "blocked",
    "waiting",
    "request",
]
"""Every class of drift, in the order in which they are shown (docs/drift.md)."""


@dataclass(frozen=True, slots=True)
class DriftItem:
    """One thing that differs. `reason` says how, `because` what the evidence tells of why: "" where nobody asks.

    `since`: when the portal last changed it, ISO-8601, or "" where it does not say; `age` in whole days, likewise
    None. `action`: what to do about it. `cause`: the manifest line, rule or policy that it differs from, if any.
    """

    type: DriftClass
    severity: Severity
    subject: Subject
    reason: str
    because: str
    since: str
    age: int | None
    action: str
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Drift:
    """Everything that differs, by class. `evidence`: what was looked at besides git and the portal, in words.

    `newer_than`: the moment before which what is known to be older was left out, "" if nothing was; `older` counts
    what was. `unread`: settings that the token may not read, so that no class says anything about them.
    """

    items: tuple[DriftItem, ...] = ()
    evidence: tuple[str, ...] = ()
    newer_than: str = ""
    older: int = 0
    unread: tuple[str, ...] = ()

    def of(self, *types: str) -> tuple[DriftItem, ...]:
        """The items of these classes."""
        return tuple(item for item in self.items if item.type in types)


Fate = Literal["stays", "taken", "absent"]


@dataclass(frozen=True, slots=True)
class LetGo:
    """A line that git had and has no more. `fate` is what happens to the access on the portal, `says` it in words.

    `origin`: where the line stood, the file as `COMMIT:PATH`.
    """

    subject: Subject
    was: str
    origin: Origin
    fate: Fate
    says: str


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A key of `portal`, `policy` or `rules` that is not what it was: both sides as JSON, None for a rule or
    allowance that is not there. `origin`: where it stands now, or where it stood.
    """

    path: str
    before: str | None
    after: str | None
    origin: Origin | None


BaseState = Literal["compared", "new", "invalid"]


@dataclass(frozen=True, slots=True)
class Base:
    """The commit that the workspace was compared with, and how the user named it.

    `new`: the workspace was not there, so that everything is new. `invalid`: it could not be understood there.
    """

    ref: str
    commit: str
    state: BaseState = "compared"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The workspace beside what it was at another commit. `let_go` is empty where there is nothing to compare."""

    base: Base
    let_go: tuple[LetGo, ...] = ()
    policy_changes: tuple[PolicyChange, ...] = ()
