"""policy.require held against everything that the manifests grant: what breaks a requirement is an error, which names
the line and the requirement's line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import PurePosixPath

from reconciler.finding import Finding
from reconciler.manifest.granted import Grant
from reconciler.model.names import any_match, email_key, glob_match
from reconciler.model.origin import Origin
from reconciler.model.required import (
    ExpiryRequired,
    PathGrants,
    ReasonRequired,
    Required,
    Requirement,
    TeamDomains,
)


def unmet(required: Required, grants: Iterable[Grant], inside: Mapping[str, str], today: date) -> Iterator[Finding]:
    """Every requirement that a grant breaks; `inside` tells the path of each file inside the workspace."""
    if not tuple(required):
        return
    grants = list(grants)
    found: dict[tuple[Requirement, Origin], Finding] = {}  # of an entry that lacks its reason every item lacks it
    for grant in grants:
        for each in required.reason:
            if lack := _reason(each, grant):
                found.setdefault((each, grant.entry), _finding("require.reason", each, lack, grant.entry))
        for end in required.expires:
            if lack := _expires(end, grant, today):
                found.setdefault((end, grant.entry), _finding("require.expires", end, lack, grant.entry))
        for team in required.teams:
            if lack := _team(team, grant):
                found[(team, grant.origin)] = _finding("require.teams", team, lack, grant.origin)
    yield from found.values()
    yield from _paths(required.paths, grants, inside)


def _finding(rule: str, requirement: Requirement, lack: str, origin: Origin) -> Finding:
    own = f": {requirement.message}" if requirement.message else ""
    message = f"{lack}, against {requirement.name!r} ({requirement.origin}){own}"
    return Finding(rule, "error", message, _HINTS[rule], origin)


_HINTS = {
    "require.reason": "add `reason: …` here, or to the person, application or rule that it stands under",
    "require.expires": "add `expires: YYYY-MM-DD` here, or to the person, application or rule that it stands under",
    "require.teams": "remove the line; who may enter the team is said by policy.require, and changed by its review",
    "require.paths": "move the line to a file that may grant it; which may is said by policy.require.paths",
}


def _concerns(requirement: ReasonRequired | ExpiryRequired, grant: Grant) -> bool:
    return grant.kind in requirement.of and not _of_domain(requirement.outside, grant)


def _of_domain(domains: Iterable[str], grant: Grant) -> bool:
    """Whether the person is of one of these domains; an address with non-ASCII characters is of none but *."""
    if grant.domain is None:
        return False
    return any(
        pattern == "*" or (grant.ascii and glob_match(email_key(pattern), grant.domain)) for pattern in domains
    )


def _reason(requirement: ReasonRequired, grant: Grant) -> str:
    if not _concerns(requirement, grant):
        return ""
    if not grant.reason:
        return f"{grant.words}: there is no `reason`"
    if not any_match(requirement.like, grant.reason):
        return f"{grant.words}: the reason {grant.reason!r} is not like {' or '.join(requirement.like)}"
    return ""


def _expires(requirement: ExpiryRequired, grant: Grant, today: date) -> str:
    if not _concerns(requirement, grant):
        return ""
    if not grant.expires:
        return f"{grant.words}: access does not end"
    if requirement.days is not None:
        latest = (today + timedelta(requirement.days)).isoformat()
        if grant.expires > latest:
            return f"{grant.words}: access ends after {grant.expires}, {latest} is the latest day today"
    return ""


def _team(requirement: TeamDomains, grant: Grant) -> str:
    if grant.kind != "memberships" or not any_match(requirement.teams, grant.team or ""):
        return ""
    if _of_domain(requirement.domains, grant):
        return ""
    return f"{grant.words}: only people of {', '.join(requirement.domains) or 'no domain'} enter that team"


def _paths(paths: Sequence[PathGrants], grants: Sequence[Grant], inside: Mapping[str, str]) -> Iterator[Finding]:
    """What stands in a file that may not grant it."""
    if not paths:
        return
    said = {path.path: path for path in reversed(paths)}
    counting = {file: _longest(within, said) for file, within in inside.items()}
    for grant in grants:
        path = counting[grant.origin.file]
        if path is None:
            message = f"{grant.words}: no path of policy.require.paths holds this file, so that it may grant nothing"
            yield Finding("require.paths", "error", message, _HINTS["require.paths"], grant.origin)
        elif lack := _beyond(path, grant):
            yield _finding("require.paths", path, f"{grant.words}: {lack}", grant.origin)
    used = {path.path for path in counting.values() if path}
    for path in paths:
        if path.path not in used:
            message = f"{path.name!r} is about {path.path}, and counts for no manifest there"
            hint = "correct the path, or remove it: files elsewhere go by the next path above them"
            yield Finding("idle-requirement", "warning", message, hint, path.origin)


def _longest(inside: str, said: Mapping[str, PathGrants]) -> PathGrants | None:
    file = PurePosixPath(inside)
    return next((said[str(path)] for path in (file, *file.parents) if str(path) in said), None)


def _beyond(path: PathGrants, grant: Grant) -> str:
    if grant.team is not None and not any_match(path.teams, grant.team):
        return f"of teams {path.path} may give {', '.join(path.teams) or 'none'}"
    if grant.api is not None and not any_match(path.apis, grant.api):
        return f"of APIs {path.path} may give {', '.join(path.apis) or 'none'}"
    if grant.kind == "developers" and not _of_domain(path.domains, grant):
        return f"{path.path} may approve people of {', '.join(path.domains) or 'no domain'}"
    return ""
