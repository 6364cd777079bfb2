"""What the portal has: the nouns of Konnect's Dev Portal, as read (contract sections 1.1 to 1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Status = Literal["approved", "pending", "revoked", "rejected"]
"""The four states of a developer and of a registration (contract 1.1, 1.4)."""

OwnerType = Literal["developer", "team"]
EntityType = Literal["api", "api_package"]


@dataclass(frozen=True, slots=True)
class Portal:
    """The portal a workspace is about; `region` is None where neither manifest nor server tells it."""

    id: str
    name: str
    server: str = ""
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Developer:
    """An account on the portal; times are ISO-8601 in UTC, ending in Z."""

    id: str
    email: str
    status: Status
    full_name: str = ""
    created_at: str = ""
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A team of developers; `synchronised`: the identity provider owns its memberships (contract 5)."""

    id: str
    name: str
    description: str | None = None
    can_own_applications: bool = False
    synchronised: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """A developer in a team; whether the developer is approved is not said here (contract 1.2)."""

    team_id: str
    developer_id: str


@dataclass(frozen=True, slots=True)
class Role:
    """A role on an API, assigned to a team; `id` is that of the assignment, `region` a region or "*"."""

    id: str
    team_id: str
    name: str
    api_id: str
    region: str


@dataclass(frozen=True, slots=True)
class Application:
    """What asks for APIs; owned by a developer or by a team. It has no status of its own (contract 1.3)."""

    id: str
    name: str
    owner_type: OwnerType
    owner_id: str


@dataclass(frozen=True, slots=True)
class Registration:
    """An application's request for one API or API package, and what became of it (contract 1.4)."""

    id: str
    application_id: str
    api_id: str
    api_name: str
    api_version: str | None
    status: Status
    entity_type: EntityType = "api"
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class Api:
    """An API or API package that is published to the portal; (name, version) is unique among APIs (contract 1.6)."""

    id: str
    name: str
    version: str | None = None
    entity_type: EntityType = "api"


@dataclass(frozen=True, slots=True)
class Observed:
    """The portal's state, as far as the workspace needs it.

    `read` names the lists that were read in full (developers, teams, memberships, roles, applications,
    registrations, apis); a list not named there is empty because nobody needed it, not because the portal is.
    `approved_in_all`: None, or where only a part was looked at, how many approved ones the whole portal has, by kind,
    as far as that is known.
    """

    portal: Portal
    developers: tuple[Developer, ...] = ()
    teams: tuple[Team, ...] = ()
    memberships: tuple[Membership, ...] = ()
    roles: tuple[Role, ...] = ()
    applications: tuple[Application, ...] = ()
    registrations: tuple[Registration, ...] = ()
    apis: tuple[Api, ...] = ()
    read: frozenset[str] = field(default_factory=frozenset)
    approved_in_all: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """What on the portal lets people in without git (contract 1.5, 1.6, 4, 5); None: the token may not read it.

    `providers`: kinds of the identity providers that are enabled, as `oidc`. `self_approving`: ids of the APIs whose
    publication approves every registration by itself.
    """

    rbac: bool | None = None
    auto_approve_developers: bool | None = None
    auto_approve_applications: bool | None = None
    idp_mapping: bool | None = None
    providers: tuple[str, ...] | None = None
    self_approving: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What of the portal a workspace needs to see; the rest is not asked for.

    `team_list` False: no team at all, so that neither members nor roles are asked for. `teams`: globs of the teams
    whose members count. `roles_of`: names of the teams whose roles git gives; `all_roles`: those of every team.
    `packages`: names of the API packages that git names (they are in no list of APIs, contract 1.6). `judging`: also
    what only judging needs, namely who manages the teams' memberships and who owns the applications.
    """

    developers: bool = True
    team_list: bool = True
    memberships: bool = True
    teams: tuple[str, ...] = ("*",)
    roles_of: tuple[str, ...] = ()
    registrations: bool = True
    apis: bool = True
    packages: tuple[str, ...] = ()
    judging: bool = True
    all_roles: bool = False


ADDRESSES_AT_ONCE, OWNERS_AT_ONCE = 50, 25
"""How many addresses, or ids, one filter is asked for: what fits into a URL anywhere."""


@dataclass(frozen=True, slots=True)
class Part:
    """The people and teams that a look is narrowed to. `people` are addresses as compared, `addresses` all the ways
    in which they are written; `teams` names. `taken`: those of the people whose access git takes away.
    """

    addresses: tuple[str, ...] = ()
    people: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
