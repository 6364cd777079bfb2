"""Names in git held against the portal: found, unknown or ambiguous; never a guess."""

from __future__ import annotations

from reconciler.model.desired import ApiName, Desired, OwnerName
from reconciler.model.observed import Api
from reconciler.plan.index import Index


def team_problem(desired: Desired, index: Index, name: str) -> str:
    """Why a team's name cannot be used, or "": unknown to the portal and to git, or ambiguous on the portal."""
    teams = index.teams_named(name)
    if len(teams) > 1:
        return f"{len(teams)} teams on the portal are named {name}: {', '.join(sorted(t.id for t in teams))}"
    if not teams and name not in desired.teams:
        return f"team {name} is neither on the portal nor under `teams`"
    return ""


def membership_problem(desired: Desired, index: Index, name: str) -> str:
    """Why nobody can be put into that team, or "": as above, or the identity provider owns its memberships."""
    if any(team.synchronised for team in index.teams_named(name)):
        return f"the identity provider decides who is in team {name}"
    return team_problem(desired, index, name)


def api_problem(index: Index, name: ApiName) -> str:
    """Why an API's name cannot be used, or "": not published to this portal, or ambiguous."""
    apis = index.apis_named(name)
    if not apis:
        return f"the portal publishes no API {name}" if not name.package else f"the portal publishes no {name}"
    if len(apis) > 1:
        found = ", ".join(sorted(f"{api.name} {api.version or '(no version)'} ({api.id})" for api in apis))
        return f"{name} may mean {len(apis)} on this portal, say which version: {found}"
    return ""


def owner_problem(desired: Desired, index: Index, owner: OwnerName, key: str) -> str:
    """Why an application's owner cannot be told, or ""."""
    if owner.type == "team":
        return team_problem(desired, index, owner.name)
    accounts = index.people(key)
    if len(accounts) > 1:
        names = ", ".join(sorted(f"{account.email} ({account.id})" for account in accounts))
        return f"{len(accounts)} accounts on the portal have the address {owner.name}: {names}"
    return ""


def the_api(index: Index, name: ApiName) -> Api:
    """The one API of that name; call only where `api_problem` is ""."""
    return index.apis_named(name)[0]
