"""Teams that shall exist, and their roles on APIs."""

from __future__ import annotations

from reconciler.model.change import ApiRef, Cause, Facts, Item, Ref, Subject
from reconciler.model.desired import Desired, DesiredRole, DesiredTeam
from reconciler.model.observed import Api, Role, Team
from reconciler.plan.draft import Draft, by_policy, shown
from reconciler.plan.index import Index, ref
from reconciler.plan.names import api_problem, team_problem, the_api


class Teams:
    """One pass over `teams`: created, updated, and given their roles."""

    def __init__(self, desired: Desired, index: Index, draft: Draft) -> None:
        self.desired = desired
        self.index = index
        self.draft = draft

    def decide(self) -> None:
        """Add every change and item about teams and roles to the draft."""
        for entry in self.desired.teams.values():
            cause = Cause("entry", "listed", entry.origin)
            problem = team_problem(self.desired, self.index, entry.name)
            if problem:
                self.draft.blocked.append(Item(Subject("team", team=Ref(entry.name)), problem, cause))
                continue
            found = self.index.teams_named(entry.name)
            team = found[0] if found else None
            if team is None:
                after: Facts = {"name": entry.name, **_managed(entry)}
                self.draft.change("create-team", Subject("team", team=Ref(entry.name)), None, after, cause)
            else:
                self._update(entry, team, cause)
            if entry.roles is not None:
                self._roles(entry, entry.roles, team)

    def _update(self, entry: DesiredTeam, team: Team, cause: Cause) -> None:
        before: Facts = {"description": team.description, "can_own_applications": team.can_own_applications}
        after = {key: value for key, value in _managed(entry).items() if before[key] != value}
        if after:
            was: Facts = {key: before[key] for key in after}
            self.draft.change("update-team", Subject("team", team=ref(team)), was, after, cause)

    def _roles(self, entry: DesiredTeam, roles: tuple[DesiredRole, ...], team: Team | None) -> None:
        present = {(r.name, r.api_id, r.region): r for r in (self.index.roles(team) if team else ())}
        wanted: set[tuple[str, str, str]] = set()
        blocked = False
        for role in roles:
            region = role.region or self.index.observed.portal.region or ""
            cause = Cause("entry", "listed", role.origin)
            problem = api_problem(self.index, role.api)
            if not problem and not region:
                problem = "the portal's region is not known here: give the role a `region`"
            if problem:
                blocked = True
                named = ApiRef(role.api.name, role.api.version)
                subject = Subject("role", team=Ref(entry.name), api=named, role=Ref(role.role), region=region or None)
                self.draft.blocked.append(Item(subject, problem, cause))
                continue
            api = the_api(self.index, role.api)
            key = (role.role, api.id, region)
            if key not in present and key not in wanted:
                subject = _role_of(ref(team) if team else Ref(entry.name), Ref(role.role), api, api.id, region)
                self.draft.change("assign-role", subject, None, {"assigned": True}, cause)
            wanted.add(key)
        if team is not None and not blocked:
            self._left_over(team, [role for key, role in present.items() if key not in wanted])

    def _left_over(self, team: Team, roles: list[Role]) -> None:
        policy = self.desired.policy
        for role in roles:
            if not self.index.role_in_scope(role):
                continue
            api = self.index.apis.get(role.api_id)
            subject = _role_of(ref(team), Ref(role.name, role.id), api, role.api_id, role.region)
            if policy.unlisted.roles == "remove":
                self.draft.change("remove-role", subject, {"assigned": True}, None, by_policy(policy, "roles"))
            elif shown(policy.unlisted, "roles"):
                self.draft.unlisted.append(Item(subject, "assigned on the portal, not listed in git"))


def _role_of(team: Ref, role: Ref, api: Api | None, api_id: str, region: str) -> Subject:
    name = ApiRef(api.name, api.version, api.id, api.entity_type) if api else ApiRef(api_id, id=api_id)
    return Subject("role", team=team, api=name, role=role, region=region)


def _managed(entry: DesiredTeam) -> Facts:
    """The fields that git manages: those the entry gives."""
    fields: Facts = {"description": entry.description, "can_own_applications": entry.can_own_applications}
    return {key: value for key, value in fields.items() if value is not None}
