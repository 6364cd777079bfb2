"""What a workspace needs to see of the portal: the least from which its plan can be made and judged."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.desired import ApiName, Desired
from reconciler.model.names import any_match
from reconciler.model.observed import Api, Need, Observed


def need_of(desired: Desired) -> Need:
    """The lists to read; a list that nothing in git can concern is not asked for."""
    policy = desired.policy
    takes = policy.unlisted.developers == "revoke" or any(entry.taken for entry in desired.developers.values())
    names = _api_names(desired)
    roles_of = tuple(name for name, team in desired.teams.items() if team.roles is not None)
    memberships = takes or policy.unlisted.memberships != "ignore" or _lists_members(desired)
    registrations = (
        takes
        or policy.unlisted.registrations != "ignore"
        or bool(desired.registrations)
        or any(rule.apis for rule in desired.rules)
    )
    return Need(
        team_list=memberships or registrations or bool(desired.teams),
        memberships=memberships,
        teams=policy.scope.teams,
        roles_of=roles_of,
        registrations=registrations,
        apis=bool(roles_of) or any(not name.package for name in names),
        packages=tuple(sorted({name.name for name in names if name.package})),
    )


def need_of_access(desired: Desired) -> Need:
    """All that tells who has access: every list whole, and the roles of every team."""
    return replace(need_of(desired), team_list=True, memberships=True, registrations=True, apis=True, all_roles=True)


def as_needed(observed: Observed, need: Need) -> Observed:
    """What `need` has read of what was read: a plan does not depend on what else a report or a snapshot tells of."""
    asked = need.registrations
    peopled = {team.id for team in observed.teams if need.memberships and any_match(need.teams, team.name)}
    seen = replace(
        observed,
        teams=observed.teams if need.team_list else (),
        memberships=tuple(one for one in observed.memberships if one.team_id in peopled),
        registrations=observed.registrations if asked else (),
        applications=observed.applications if asked else (),
        apis=tuple(api for api in observed.apis if _asked_for(api, need)),
        read=observed.read & _read_for(need),
    )
    ruled = {team.id for team in seen.teams if team.name in need.roles_of}
    return seen if need.all_roles else replace(seen, roles=tuple(r for r in seen.roles if r.team_id in ruled))


def _asked_for(api: Api, need: Need) -> bool:
    return api.name in need.packages if api.entity_type == "api_package" else need.apis


def _read_for(need: Need) -> frozenset[str]:
    lists = {
        "developers": need.developers,
        "teams": need.team_list,
        "memberships": need.memberships,
        "registrations": need.registrations,
        "applications": need.registrations,
        "apis": need.apis,
        "roles": need.all_roles or bool(need.roles_of),
    }
    return frozenset(kind for kind, needed in lists.items() if needed)


def _lists_members(desired: Desired) -> bool:
    return bool(desired.memberships) or any(rule.teams for rule in desired.rules)


def _api_names(desired: Desired) -> list[ApiName]:
    listed = [line.api for line in desired.registrations]
    by_rules = [name for rule in desired.rules for name, _ in rule.apis]
    by_roles = [role.api for team in desired.teams.values() for role in team.roles or ()]
    return [*listed, *by_rules, *by_roles]
