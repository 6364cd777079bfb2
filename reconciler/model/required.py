"""What policy.require asks of every grant: each requirement with its name, and what its author wants said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from reconciler.model.origin import Origin

GrantKind = Literal["developers", "memberships", "registrations"]
GRANT_KINDS: tuple[GrantKind, ...] = ("developers", "memberships", "registrations")


@dataclass(frozen=True, slots=True)
class Requirement:
    """`message` is its author's own, "" without one; two requirements that say the same are the same, wherever."""

    name: str
    origin: Origin = field(compare=False)
    message: str = ""


@dataclass(frozen=True, slots=True)
class ReasonRequired(Requirement):
    """Grants `of` these kinds, to people outside these domains (globs), give a reason that fits a glob of `like`."""

    of: tuple[GrantKind, ...] = GRANT_KINDS
    outside: tuple[str, ...] = ()
    like: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True)
class ExpiryRequired(Requirement):
    """Grants `of` these kinds, to people outside these domains (globs), end, within so many days from today."""

    of: tuple[GrantKind, ...] = GRANT_KINDS
    outside: tuple[str, ...] = ()
    days: int | None = None


@dataclass(frozen=True, slots=True)
class TeamDomains(Requirement):
    """Only people of these domains enter these teams; both are globs."""

    teams: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PathGrants(Requirement):
    """All that a file, or the files in and below a folder, may grant, as globs; "." is the whole workspace.

    `domains`: whose accounts they may approve; `teams`: which memberships, `apis`: which registrations and roles.
    """

    path: str = "."
    domains: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    apis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Required:
    """All of policy.require; `second_person`: nobody may author a grant to themselves."""

    second_person: bool = False
    reason: tuple[ReasonRequired, ...] = ()
    expires: tuple[ExpiryRequired, ...] = ()
    teams: tuple[TeamDomains, ...] = ()
    paths: tuple[PathGrants, ...] = ()

    def __iter__(self) -> Iterator[Requirement]:
        """Every requirement that has a name."""
        return iter((*self.reason, *self.expires, *self.teams, *self.paths))
