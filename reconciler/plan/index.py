"""The observed state by name and by id, and what of it lies in this repository's scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from reconciler.model.change import ApiRef, Ref, Subject
from reconciler.model.desired import ApiName, OwnerName, Scope
from reconciler.model.names import any_match, email_key, email_match
from reconciler.model.observed import (
    Api,
    Application,
    Developer,
    Membership,
    Observed,
    Registration,
    Role,
    Team,
)


class Index:
    """Look-ups over one `Observed`; every list keeps the order in which the portal gave it."""

    def __init__(self, observed: Observed, scope: Scope) -> None:
        self.observed = observed
        self.scope = scope
        self.developers = {developer.id: developer for developer in observed.developers}
        self.teams = {team.id: team for team in observed.teams}
        self.apis = {api.id: api for api in observed.apis}
        self.pairs = {(m.developer_id, m.team_id) for m in observed.memberships}
        self.applications = {application.id: application for application in observed.applications}
        self._people: dict[str, list[Developer]] = defaultdict(list)
        for developer in observed.developers:
            self._people[email_key(developer.email)].append(developer)
        self._teams: dict[str, list[Team]] = defaultdict(list)
        for team in observed.teams:
            self._teams[team.name].append(team)
        self._apis: dict[tuple[str, bool], list[Api]] = defaultdict(list)
        for api in observed.apis:
            self._apis[api.name, api.entity_type == "api_package"].append(api)
        self._owned: dict[str, list[Application]] = defaultdict(list)
        for application in observed.applications:
            self._owned[application.owner_id].append(application)
        self._registrations: dict[str, list[Registration]] = defaultdict(list)
        for registration in observed.registrations:
            self._registrations[registration.application_id].append(registration)
        self._roles: dict[str, list[Role]] = defaultdict(list)
        for role in observed.roles:
            self._roles[role.team_id].append(role)
        self._teams_of: dict[str, list[str]] = defaultdict(list)
        for member in observed.memberships:
            self._teams_of[member.developer_id].append(member.team_id)

    def people(self, key: str) -> list[Developer]:
        """The accounts of an address (as compared); more than one means that the address is ambiguous."""
        return self._people.get(key, [])

    def teams_named(self, name: str) -> list[Team]:
        """The teams of exactly that name."""
        return self._teams.get(name, [])

    def teams_of(self, developer: Developer) -> list[Team]:
        """The teams that the developer is a member of, as far as they were read."""
        return [self.teams[id_] for id_ in self._teams_of.get(developer.id, ()) if id_ in self.teams]

    def apis_named(self, name: ApiName) -> list[Api]:
        """The published APIs or packages that git may mean by that name."""
        return [
            api
            for api in self._apis.get((name.name, name.package), ())
            if name.covers(api.name, api.version, name.package)
        ]

    def owners(self, owner: OwnerName, key: str) -> list[Developer] | list[Team]:
        """The people or teams that git may mean by an owner."""
        return self.people(key) if owner.type == "developer" else self.teams_named(owner.name)

    def owned(self, owner: Developer | Team) -> list[Application]:
        """The applications of a person or a team."""
        return self._owned.get(owner.id, [])

    def registrations(self, applications: Iterable[Application]) -> list[Registration]:
        """Every registration of these applications, in whatever state."""
        return [r for application in applications for r in self._registrations.get(application.id, ())]

    def roles(self, team: Team) -> list[Role]:
        """The roles assigned to that team."""
        return self._roles.get(team.id, [])

    def developer_in_scope(self, developer: Developer) -> bool:
        """Whether this repository owns that person's access."""
        return email_match(self.scope.developers, developer.email)

    def team_in_scope(self, team: Team) -> bool:
        """Whether this repository owns that team."""
        return any_match(self.scope.teams, team.name)

    def membership_in_scope(self, membership: Membership) -> bool:
        """In scope when its person and its team are; what an identity provider owns is never ours."""
        developer = self.developers.get(membership.developer_id)
        team = self.teams.get(membership.team_id)
        return (
            developer is not None
            and team is not None
            and not team.synchronised
            and self.developer_in_scope(developer)
            and self.team_in_scope(team)
        )

    def owner_of(self, registration: Registration) -> Developer | Team | None:
        """Who owns the application of a registration; None where the portal's lists do not say."""
        application = self.applications.get(registration.application_id)
        if application is None:
            return None
        if application.owner_type == "developer":
            return self.developers.get(application.owner_id)
        return self.teams.get(application.owner_id)

    def registration_in_scope(self, registration: Registration) -> bool:
        """In scope when its owner and its API are."""
        owner = self.owner_of(registration)
        if owner is None or not any_match(self.scope.apis, registration.api_name):
            return False
        return self.developer_in_scope(owner) if isinstance(owner, Developer) else self.team_in_scope(owner)

    def role_in_scope(self, role: Role) -> bool:
        """In scope when its team and its API are; an API that we cannot see is ours only if all are."""
        team, api = self.teams.get(role.team_id), self.apis.get(role.api_id)
        if team is None or not self.team_in_scope(team):
            return False
        return "*" in self.scope.apis if api is None else any_match(self.scope.apis, api.name)


def person(developer: Developer) -> Subject:
    """The subject of a change to a developer."""
    return Subject("developer", developer=ref(developer))


def ref(thing: Developer | Team) -> Ref:
    """A developer or a team by name and id."""
    return Ref(thing.email if isinstance(thing, Developer) else thing.name, thing.id)


def membership(developer: Developer, team: Team) -> Subject:
    """The subject of a change to an existing person's membership of an existing team."""
    return Subject("membership", developer=ref(developer), team=ref(team))


def registration_subject(index: Index, registration: Registration, owner: Developer | Team | None = None) -> Subject:
    """The subject of a change to a registration, under its application's owner."""
    owner = owner or index.owner_of(registration)
    application = index.applications.get(registration.application_id)
    return Subject(
        "registration",
        developer=ref(owner) if isinstance(owner, Developer) else None,
        team=ref(owner) if isinstance(owner, Team) else None,
        application=Ref(application.name if application else "", registration.application_id),
        api=ApiRef(registration.api_name, registration.api_version, registration.api_id, registration.entity_type),
        registration_id=registration.id,
    )
