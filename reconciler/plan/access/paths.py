"""Where rights come from: the roles of a team, and the registrations of what a person or a team owns."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import ApiRef, Cause, Ref
from reconciler.model.desired import DesiredRegistration, DesiredRole
from reconciler.model.observed import Application, OwnerType
from reconciler.plan.access.listed import Listed, covers, key_of, named
from reconciler.plan.access.moved import Moved
from reconciler.plan.access.rights import ROLES, Right, Tie
from reconciler.plan.draft import by_entry
from reconciler.plan.index import Index
from reconciler.plan.people import Standing


class Paths:
    """Rights as far as they do not depend on the person: each with the one tie that it rests on."""

    def __init__(self, index: Index, listed: Listed, moved: Moved) -> None:
        self.index = index
        self.listed = listed
        self.moved = moved

    def calls(self, owner: Ref, kind: OwnerType, standing: Standing | None = None) -> Iterator[Right]:
        """Calls through the owner's applications: registered now or then, or listed and not there yet."""
        lines = self.listed.registrations(kind, key_of(owner, kind))
        by_rules = tuple(self.listed.by_rules(standing))
        team = owner if kind == "team" else None
        waiting = list(lines)
        for application in self._owned(owner, kind):
            for api, now, then in self._registered(application):
                said = [line for line in lines if _means(line, application, api)]
                waiting = [line for line in waiting if line not in said]
                git = by_entry(said[0]) if said else next((why for name, why in by_rules if covers(name, api)), None)
                if now or then or git:
                    ref = Ref(application.name, application.id)
                    yield Right("call", api, ref, team, ties=(Tie(now, then, git),))
        for line in waiting:
            yield Right("call", named(line.api), Ref(line.application), team, ties=(Tie(git=by_entry(line)),))

    def roles(self, team: Ref) -> Iterator[Right]:
        """What the team's roles let its members do: assigned now or then, or listed and not there yet."""
        lines = list(self.listed.roles(team.name))
        waiting = list(lines)
        for name, api, region, now, then in self._assigned(team):
            said = [(role, where) for role, where in lines if _gives(role, name, api) and where == region]
            waiting = [line for line in waiting if line not in said]
            yield _by_role(team, (name, region), api, Tie(now, then, _cause(said[0][0]) if said else None))
        for role, where in waiting:
            yield _by_role(team, (role.role, where), named(role.api), Tie(git=_cause(role)))

    def _owned(self, owner: Ref, kind: OwnerType) -> list[Application]:
        found = (self.index.developers if kind == "developer" else self.index.teams).get(owner.id or "")
        return [each for each in self.index.owned(found) if each.owner_type == kind] if found else []

    def _registered(self, application: Application) -> Iterator[tuple[ApiRef, bool, bool]]:
        """APIs that the application asked for or will be registered for; whether it may call them now and then."""
        for found in self.index.registrations([application]):
            api = ApiRef(found.api_name, found.api_version, found.api_id, found.entity_type)
            yield api, found.status == "approved", self.moved.approved(found)
        for api in self.moved.created(application.id):
            yield api, False, True

    def _assigned(self, team: Ref) -> Iterator[tuple[str, ApiRef, str, bool, bool]]:
        """Role, API and region; whether the team has it now and then."""
        observed = self.index.teams.get(team.id or "")
        for role in self.index.roles(observed) if observed else ():
            api = self.index.apis.get(role.api_id)
            known = (
                ApiRef(api.name, api.version, api.id, api.entity_type) if api else ApiRef(role.api_id, id=role.api_id)
            )
            yield role.name, known, role.region, True, role.id not in self.moved.unassigned
        for name, api_ref, region in self.moved.assigned.get(team, ()):
            yield name, api_ref, region, False, True


def _means(line: DesiredRegistration, application: Application, api: ApiRef) -> bool:
    return line.application == application.name and covers(line.api, api)


def _gives(line: DesiredRole, name: str, api: ApiRef) -> bool:
    return line.role == name and covers(line.api, api)


def _cause(line: DesiredRole) -> Cause:
    return Cause("entry", "listed", line.origin)


def _by_role(team: Ref, role: tuple[str, str], api: ApiRef, tie: Tie) -> Right:
    name, region = role
    return Right(ROLES.get(name, "hold"), api, None, team, name, region, ties=(tie,))
