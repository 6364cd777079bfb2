"""What is to be listed in the manifests: a person, a membership, a registration; not yet where."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.desired import ApiName, OwnerName
from reconciler.model.names import email_key


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An entry under `developers`; `teams` are those that rules would give, which an entry switches off."""

    email: str
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMembership:
    """A person in a team."""

    email: str
    team: str


@dataclass(frozen=True, slots=True)
class NewRegistration:
    """An API for an application; `version` is that of what was asked for, `api` how it has to be named."""

    owner: OwnerName
    application: str
    api: ApiName
    version: str | None = None

    @property
    def owner_key(self) -> str:
        """The owner as compared."""
        return email_key(self.owner.name) if self.owner.type == "developer" else self.owner.name


Listing = NewPerson | NewMembership | NewRegistration


@dataclass(frozen=True, slots=True)
class Terms:
    """What all new entries say: with `rejected` they are tombstones; `reason` and `expires` (ISO) as they stand."""

    rejected: bool = False
    reason: str | None = None
    expires: str | None = None
