"""The entries that say what a portal has; what they cannot say is noted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reconciler.finding import Finding
from reconciler.manifest.dump.apis import named, named_for
from reconciler.manifest.dump.unsaid import Unsaid
from reconciler.manifest.edit.emit import Foreign
from reconciler.manifest.schema import gate
from reconciler.manifest.words import quoted
from reconciler.model.desired import Scope
from reconciler.model.names import email_key
from reconciler.model.observed import Application, Developer, Observed, Team
from reconciler.plan.index import Index

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Transcript:
    """Entries under `developers` and `teams`, sorted; and a finding for everything that they do not say."""

    people: tuple[Entry, ...]
    teams: tuple[Entry, ...]
    findings: tuple[Finding, ...]


def transcribe(observed: Observed) -> Transcript:
    """All that a manifest can say of the portal, so that a plan from it has nothing to do."""
    scribe = _Scribe(observed)
    people = [
        scribe.person(person) for person in sorted(observed.developers, key=lambda d: (email_key(d.email), d.id))
    ]
    teams = [scribe.team(team) for team in sorted(observed.teams, key=lambda t: (t.name, t.id))]
    entries = tuple(filter(None, people)), tuple(filter(None, teams))
    scribe.orphans()
    return Transcript(*entries, tuple(scribe.unsaid.findings))


class _Scribe:
    def __init__(self, observed: Observed) -> None:
        self.observed = observed
        self.index = Index(observed, Scope())
        self.unsaid = Unsaid()

    def person(self, person: Developer) -> Entry | None:
        accounts = self.index.people(email_key(person.email))
        who = quoted(person.email)
        if len(accounts) > 1:
            self.unsaid.note(
                "ambiguous-address", f"{len(accounts)} accounts have the address {quoted(accounts[0].email)}"
            )
        elif not gate("email")(person.email):
            self.unsaid.note("invalid-name", f"{who} is no address that a manifest takes")
        elif person.status != "approved":
            return self._not_approved(person)
        else:
            teams = [name for team in self.index.teams_of(person) if (name := self._team_name(team))]
            entry: Entry = {"email": Foreign(person.email)}
            entry |= {"teams": sorted(teams)} if teams else {}
            return entry | self._applications(person, who)
        return None

    def _not_approved(self, person: Developer) -> Entry | None:
        """A tombstone, unless that would take away what the person still has; who only waits has no entry."""
        left = [
            f"a member of team {quoted(team.name)}" for team in self.index.teams_of(person) if not team.synchronised
        ]
        left += [
            f"approved for {quoted(one.api_name)}"
            for one in self.index.registrations(self.index.owned(person))
            if one.status == "approved"
        ]
        for what in sorted(left):
            self.unsaid.note("not-approved", f"{quoted(person.email)} is {person.status}, and still {what}")
        return (
            None if left or person.status == "pending" else {"email": Foreign(person.email), "status": person.status}
        )

    def _team_name(self, team: Team) -> str:
        """The team's name, if a membership of it can be listed."""
        if team.synchronised:
            self.unsaid.note("synchronised-team", f"the identity provider decides who is in team {quoted(team.name)}")
        elif self._sayable(team):
            return team.name
        return ""

    def _sayable(self, team: Team) -> bool:
        teams = self.index.teams_named(team.name)
        if len(teams) > 1:
            self.unsaid.note("ambiguous-team", f"{len(teams)} teams are named {quoted(team.name)}")
        elif not gate("team_name")(team.name):
            self.unsaid.note("invalid-name", f"{quoted(team.name)} is no name of a team that a manifest takes")
        else:
            return True
        return False

    def team(self, team: Team) -> Entry | None:
        if not self._sayable(team):
            return None
        entry: Entry = {"name": team.name}
        description = {"description": team.description}
        if team.description is not None and gate("team")(entry | description):
            entry |= description
        entry |= {"can_own_applications": True} if team.can_own_applications else {}
        roles = self._roles(team)
        entry |= {"roles": roles} if roles else {}
        return entry | self._applications(team, f"team {quoted(team.name)}")

    def _roles(self, team: Team) -> list[Entry]:
        """All roles of the team, or none: those that are not listed would be unlisted."""
        found: dict[str, Entry] = {}
        for role in self.index.roles(team):
            api = self.index.apis.get(role.api_id)
            item: Entry = {"role": role.name, "api": named(self.index, api) if api else None}
            item |= {"region": role.region} if role.region != self.observed.portal.region else {}
            if not gate("role")(item):
                what = f"role {quoted(role.name)} on {quoted(api.name if api else role.api_id)}"
                self.unsaid.note("unknown-role", f"no manifest can name {what}, so none of team {quoted(team.name)}")
                return []
            found[str((role.name, item["api"], role.region))] = item
        return [found[key] for key in sorted(found)]

    def _applications(self, owner: Developer | Team, who: str) -> Entry:
        """The key `applications`, where something about them is decided and can be said."""
        entries: list[Entry] = []
        by_name: dict[str, list[Application]] = defaultdict(list)
        for application in self.index.owned(owner):
            by_name[application.name].append(application)
        for name, twins in sorted(by_name.items()):
            decided = any(one.status != "pending" for one in self.index.registrations(twins))
            if decided and len(twins) > 1:
                self.unsaid.note("ambiguous-application", f"{who} has {len(twins)} applications named {quoted(name)}")
            elif decided and not gate("text")(name):
                self.unsaid.note("invalid-name", f"{quoted(name)} of {who} is no name that a manifest takes")
            elif decided:
                entries += self._application(twins[0], who)
        return {"applications": entries} if entries else {}

    def _application(self, application: Application, who: str) -> Iterable[Entry]:
        registrations = self.index.registrations([application])
        items: dict[str, Any] = {}
        for one in registrations:
            if one.status == "pending":
                continue
            item, problem = named_for(self.index, one, registrations)
            if item is not None and one.status != "approved":
                item = {**({"name": item} if isinstance(item, str) else item), "status": one.status}
            if item is not None and not gate("registration")(item):
                item, problem = None, "invalid-name"
            if item is not None:
                items[str((one.api_name, one.api_version, one.entity_type))] = item
            elif one.status == "approved":
                what = f"{quoted(application.name)} of {who} is approved for {quoted(one.api_name)}"
                self.unsaid.note(problem, f"{what}, which no manifest can name")
        if items:
            yield {"name": Foreign(application.name), "apis": [items[key] for key in sorted(items)]}

    def orphans(self) -> None:
        """Approved registrations whose owner cannot be told."""
        for one in self.observed.registrations:
            if one.status == "approved" and self.index.owner_of(one) is None:
                known = self.index.applications.get(one.application_id)
                what = f"application {quoted(known.name if known else one.application_id)}"
                self.unsaid.note("unknown-owner", f"{what} of nobody is approved for {quoted(one.api_name)}")
