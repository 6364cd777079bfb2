"""What the page tells, as values: every portal at a glance, and of everything so many rows at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """The first of something, and how many there are in all."""

    rows: tuple[T, ...]
    total: int

    @property
    def more(self) -> int:
        """How many are left out."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Developer:
    """A person; `since` is when the status was given."""

    name: str
    email: str
    status: str
    since: str
    teams: Part[str]


@dataclass(frozen=True, slots=True)
class Team:
    """A team; `synchronised` by the identity provider, from `groups` of it (contract 5)."""

    name: str
    owns_applications: bool
    synchronised: bool
    groups: Part[str]
    members: Part[str]
    roles: Part[str]


@dataclass(frozen=True, slots=True)
class Registration:
    """A request for an API or a package; `since` is when the status was given."""

    api: str
    status: str
    since: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application and what it asked for."""

    name: str
    owner: str
    since: str
    registrations: Part[Registration]


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal: its settings as (name, value), how many wait for approval, and what is in it."""

    name: str
    display_name: str
    settings: tuple[tuple[str, str], ...]
    developers_waiting: int
    registrations_waiting: int
    developers: Part[Developer]
    teams: Part[Team]
    applications: Part[Application]
