"""What git says, with today's date already taken into account: resolved, but not yet held against a portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from reconciler.model.observed import OwnerType
from reconciler.model.origin import Origin
from reconciler.model.required import Required

Wanted = Literal["approved", "revoked", "rejected"]
UnlistedPolicy = Literal["ignore", "report", "revoke", "exact", "remove"]


@dataclass(frozen=True, slots=True)
class PortalRef:
    """Which portal the workspace is about: by name or by id; `region` and `server` as written, or None."""

    name: str | None
    id: str | None
    region: str | None
    server: str | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class ApiName:
    """How git names an API: `any_version` when it names none, else `version` (None: the one without)."""

    name: str
    version: str | None = None
    any_version: bool = True
    package: bool = False

    def covers(self, name: str, version: str | None, package: bool) -> bool:
        """Whether an API or package of that name and version may be meant."""
        return (
            self.name == name
            and self.package == package
            and (self.package or self.any_version or self.version == version)
        )

    def __str__(self) -> str:
        if self.package:
            return f"package {self.name}"
        return self.name if self.any_version else f"{self.name} {self.version or '(no version)'}"


@dataclass(frozen=True, slots=True)
class OwnerName:
    """How git names the owner of an application: a person's address or a team's name."""

    type: OwnerType
    name: str

    def __str__(self) -> str:
        return self.name if self.type == "developer" else f"team {self.name}"


@dataclass(frozen=True, slots=True)
class DesiredDeveloper:
    """An entry under `developers`. `expired`: its last day of access is past; days are in ISO form, or None."""

    email: str
    key: str
    origin: Origin
    status: Wanted = "approved"
    expired: bool = False
    expires: str | None = None
    expires_at: Origin | None = None
    reinstated: str | None = None
    invite: bool = False
    full_name: str | None = None
    reason: str | None = None
    reviewed: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def taken(self) -> bool:
        """Whether git takes this person's access away."""
        return self.expired or self.status != "approved"


@dataclass(frozen=True, slots=True)
class DesiredMembership:
    """A person listed in a team, from the person's side, the team's side or a file's defaults.

    `own`: it stands in the person's own entry, or is there by default.
    """

    email: str
    key: str
    team: str
    origin: Origin
    expired: bool = False
    expires: str | None = None
    expires_at: Origin | None = None
    reason: str | None = None
    reviewed: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)
    own: bool = False


@dataclass(frozen=True, slots=True)
class DesiredRegistration:
    """An API listed for an application; what is `expired` is to be revoked where it is approved.

    `own`: it stands in the entry of the person who owns the application.
    """

    owner: OwnerName
    owner_key: str
    application: str
    api: ApiName
    origin: Origin
    status: Wanted = "approved"
    register: bool = False
    expired: bool = False
    expires: str | None = None
    expires_at: Origin | None = None
    reinstated: str | None = None
    reason: str | None = None
    reviewed: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)
    own: bool = False

    @property
    def taking(self) -> bool:
        """Whether this line takes access away rather than gives it."""
        return self.expired or self.status != "approved"


Line = DesiredDeveloper | DesiredMembership | DesiredRegistration
"""A manifest line that gives or takes access, and may expire."""


@dataclass(frozen=True, slots=True)
class DesiredRole:
    """A role on an API that a team shall have; `region` None means the portal's."""

    role: str
    api: ApiName
    region: str | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class DesiredTeam:
    """A team that shall exist. `description`, `can_own_applications` and `roles` None: not managed."""

    name: str
    origin: Origin
    description: str | None = None
    can_own_applications: bool | None = None
    roles: tuple[DesiredRole, ...] | None = None
    gives_members: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A standing approval for everyone of a domain; `domain` as compared. An expired rule is not here at all."""

    name: str
    domain: str
    origin: Origin
    approve: bool = False
    teams: tuple[tuple[str, Origin], ...] = ()
    apis: tuple[tuple[ApiName, Origin], ...] = ()
    max: int = 50
    expires: str | None = None
    reason: str | None = None
    reviewed: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class RemovalLimit:
    """Removals are refused when n > floor and (n > max or n > percent of what is there)."""

    percent: float = 10
    floor: int = 5
    max: int = 50


@dataclass(frozen=True, slots=True)
class Allowance:
    """A reviewed exception: the limit `rule` is lifted up to `max` things and through the day `until` (ISO)."""

    rule: str
    max: int
    until: str
    reason: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Scope:
    """What this repository owns, as globs."""

    developers: tuple[str, ...] = ("*",)
    teams: tuple[str, ...] = ("*",)
    apis: tuple[str, ...] = ("*",)


@dataclass(frozen=True, slots=True)
class Unlisted:
    """What happens to access that the portal has and git does not list, per kind."""

    developers: UnlistedPolicy = "report"
    memberships: UnlistedPolicy = "report"
    registrations: UnlistedPolicy = "report"
    roles: UnlistedPolicy = "report"


@dataclass(frozen=True, slots=True)
class Policy:
    """The workspace's policy; `allow` holds only allowances that are still valid today."""

    scope: Scope = Scope()
    unlisted: Unlisted = Unlisted()
    reinstate_always: bool = False
    reinstate_committed: bool = False
    removals: RemovalLimit = RemovalLimit()
    grants: int = 500
    invites: int = 20
    may_empty: tuple[str, ...] = ()
    protected_developers: tuple[str, ...] = ()
    protected_teams: tuple[str, ...] = ()
    allow: tuple[Allowance, ...] = ()
    warn_before_expiry: int = 14
    required: Required = field(default_factory=Required)
    origins: dict[str, Origin] = field(default_factory=dict)
    """Where each key of the policy is written, by dotted path; what is not written is not here."""


@dataclass(frozen=True, slots=True)
class Desired:
    """A whole workspace, resolved for one day.

    `developers` by e-mail key, `teams` by name. Listings of people whom their own entry takes away are not here.
    `listed_kinds`: kinds (developers, memberships, registrations, roles) of which the files list anything at all.
    """

    portal: PortalRef
    policy: Policy = Policy()
    developers: dict[str, DesiredDeveloper] = field(default_factory=dict)
    teams: dict[str, DesiredTeam] = field(default_factory=dict)
    memberships: tuple[DesiredMembership, ...] = ()
    registrations: tuple[DesiredRegistration, ...] = ()
    rules: tuple[Rule, ...] = ()
    listed_kinds: frozenset[str] = frozenset()
