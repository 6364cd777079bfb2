"""What one entry says against another: the same thing twice, something outside the scope, lines that go unheard."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Protocol, TypeVar

from reconciler.finding import Finding
from reconciler.manifest.collect import Collected
from reconciler.model.desired import (
    ApiName,
    DesiredDeveloper,
    DesiredMembership,
    DesiredRegistration,
    DesiredRole,
    DesiredTeam,
    Line,
    Policy,
    Scope,
)
from reconciler.model.names import any_match, domain_of, email_match
from reconciler.model.origin import Origin


class _Placed(Protocol):
    @property
    def origin(self) -> Origin: ...


T = TypeVar("T", bound=_Placed)


def duplicates(said: Collected) -> Iterator[Finding]:
    """Everything that is listed twice, over all files and sides; each names both places."""
    yield from _twice("developer", said.developers, attrgetter("key"), lambda d: d.email)
    yield from _twice("membership", said.memberships, attrgetter("key", "team"), lambda m: f"{m.email} in {m.team}")
    yield from _twice("registration", said.registrations, _registration_key, _registration_words)
    yield from _twice("team", said.teams, lambda t: t.name, lambda t: f"team {t.name}")
    yield from _twice("rule", said.rules, lambda r: r.name, lambda r: f"rule {r.name!r}")
    yield from _twice("requirement", said.policy.required, lambda r: r.name, lambda r: f"requirement {r.name!r}")
    yield from _twice("path", said.policy.required.paths, lambda r: r.path, lambda r: f"path {r.path}")
    for team in said.teams:
        yield from _twice("role", team.roles or (), _role_key, lambda r: f"{r.role} on {r.api}")


_registration_key = (
    attrgetter(  # values of the API's name, for to hash the name itself takes as long as all else here
        "owner.type", "owner_key", "application", "api.name", "api.version", "api.any_version", "api.package"
    )
)


def _registration_words(r: DesiredRegistration) -> str:
    return f"{r.api} for {r.application!r} of {r.owner}"


def _role_key(role: DesiredRole) -> Hashable:
    return (role.role, role.api, role.region)


def _twice(
    what: str, things: Iterable[T], key: Callable[[T], Hashable], words: Callable[[T], str]
) -> Iterator[Finding]:
    first: dict[Hashable, T] = {}
    for thing in things:
        earlier = first.setdefault(key(thing), thing)
        if earlier is not thing:
            message = f"{words(thing)} is listed already at {earlier.origin}"
            yield Finding(f"duplicate-{what}", "error", message, "keep one of the two lines", thing.origin)


def outside_scope(said: Collected, scope: Scope) -> Iterator[Finding]:
    """Everything listed that policy.scope says this repository does not own."""
    if all("*" in globs for globs in (scope.developers, scope.teams, scope.apis)):
        return
    check = _ScopeCheck(scope)
    for developer in said.developers:
        yield from check.developer(developer.email, developer.origin)
    for member in said.memberships:
        yield from check.developer(member.email, member.origin, unless=member.key in said.keys)
        yield from check.team(member.team, member.origin, unless=member.team in said.team_names)
    for team in said.teams:
        yield from check.team(team.name, team.origin)
        yield from _outside_roles(team, check)
    for registration in said.registrations:
        owner = registration.owner
        if owner.type == "developer":
            unless = registration.owner_key in said.keys
            yield from check.developer(owner.name, registration.origin, unless=unless)
        else:
            yield from check.team(owner.name, registration.origin, unless=owner.name in said.team_names)
        yield from check.api(registration.api, registration.origin)
    for rule in said.rules:
        for name, origin in rule.teams:
            yield from check.team(name, origin, unless=name in said.team_names)
        for api, origin in rule.apis:
            yield from check.api(api, origin)


def _outside_roles(team: DesiredTeam, check: _ScopeCheck) -> Iterator[Finding]:
    for role in team.roles or ():
        yield from check.api(role.api, role.origin)


class _ScopeCheck:
    """One finding a thing outside; `unless` spares a line whose own entry is reported already."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def developer(self, email: str, origin: Origin, *, unless: bool = False) -> Iterator[Finding]:
        if not unless and not email_match(self.scope.developers, email):
            yield self._outside(email, "developers", self.scope.developers, origin)

    def team(self, name: str, origin: Origin, *, unless: bool = False) -> Iterator[Finding]:
        if not unless and not any_match(self.scope.teams, name):
            yield self._outside(f"team {name}", "teams", self.scope.teams, origin)

    def api(self, api: ApiName, origin: Origin) -> Iterator[Finding]:
        if not any_match(self.scope.apis, api.name):
            yield self._outside(str(api), "apis", self.scope.apis, origin)

    def _outside(self, what: str, kind: str, globs: tuple[str, ...], origin: Origin) -> Finding:
        message = f"{what} is outside the scope: policy.scope.{kind} is {', '.join(globs) or 'empty'}"
        return Finding("outside-scope", "error", message, "remove the line, or widen the scope by review", origin)


def odd_dates(said: Collected, policy: Policy, today: date) -> Iterator[Finding]:
    """Dates that do not do what their author may think, and access that soon ends (policy.warn_before_expiry)."""
    stops: list[DesiredDeveloper | DesiredRegistration] = [*said.developers, *said.registrations]
    for thing in stops:
        if thing.reinstated and thing.reinstated > today.isoformat():
            message = f"reinstated {thing.reinstated} lies ahead: a stop on the portal until then would be undone"
            hint = "give the day of the decision"
            yield Finding("reinstated-ahead", "warning", message, hint, thing.origin)
    lines: list[Line] = [*said.developers, *said.memberships, *said.registrations]
    for one in (*lines, *said.rules):
        if one.reviewed and one.reviewed > today.isoformat():
            message = f"reviewed {one.reviewed} lies ahead: until then nobody would look at it again"
            yield Finding("reviewed-ahead", "warning", message, "give the day of the review", one.origin)
    for what in lines:
        if what.expires is None or what.expired:
            continue
        days = (date.fromisoformat(what.expires) - today).days
        if days <= policy.warn_before_expiry:
            left = f"{what.expires}, in {days} days" if days > 1 else "tomorrow" if days else "today"
            hint = _EXTEND if isinstance(what, DesiredRegistration) and what.owner.type == "team" else _extend(what)
            yield Finding("expires-soon", "warning", f"{_access(what)} ends after {left}", hint, what.expires_at)


_EXTEND = "give a later day, or let it end"


def _access(line: Line) -> str:
    if isinstance(line, DesiredDeveloper):
        return f"access of {line.email}"
    if isinstance(line, DesiredMembership):
        return f"membership of {line.email} in {line.team}"
    return f"access of {line.application!r} of {line.owner} to {line.api}"


def _extend(line: Line) -> str:
    email = line.owner.name if isinstance(line, DesiredRegistration) else line.email
    return f"`reconciler extend {email} PATH --until DATE` gives a later day; or let it end"


def patterns_that_never_fit(policy: Policy) -> Iterator[Finding]:
    """Globs over addresses with non-ASCII characters, which no address is ever held against."""
    globs = {"scope.developers": policy.scope.developers, "protected.developers": policy.protected_developers}
    for key, patterns in globs.items():
        for pattern in patterns:
            if not pattern.isascii():
                message = (
                    f"policy.{key}: {pattern} fits nobody: non-ASCII addresses are matched by * and by their entry"
                )
                yield Finding(
                    "pattern-never-fits", "warning", message, "use *, or list the person", policy.origins[key]
                )


def nobody_lists(said: Collected, policy: Policy) -> Iterator[Finding]:
    """People whom only a team's or an API's side lists, where who is not listed as a developer is taken away."""
    if policy.unlisted.developers != "revoke":
        return
    approving = {rule.domain for rule in said.rules if rule.approve}
    lines = [(line.key, line.email, line.origin) for line in said.memberships]
    lines += [(r.owner_key, r.owner.name, r.origin) for r in said.registrations if r.owner.type == "developer"]
    for key, email, origin in lines:
        by_rule = email.isascii() and domain_of(email) in approving
        if key not in said.keys and not by_rule:
            message = (
                f"{email} is listed here and not under `developers`: "
                "policy.unlisted.developers is revoke, which takes all their access away"
            )
            yield Finding("unlisted-developer", "warning", message, "add an entry under `developers`", origin)


def other_policy(own: Policy, counting: Policy) -> Iterator[Finding]:
    """Say so where a policy from elsewhere counts, and the workspace's own says something else."""
    if _bare(own) != _bare(counting):
        message = "the policy here differs from the one that this run is judged by, and does not count yet"
        hint = "it counts once it stands in the commit that --policy-from names"
        yield Finding("policy-differs", "note", message, hint, min(own.origins.values(), default=None))


def _bare(policy: Policy) -> Policy:
    """The policy without its places."""
    allow = tuple(replace(each, origin=Origin("")) for each in policy.allow)
    return replace(policy, allow=allow, origins={})
