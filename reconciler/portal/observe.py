"""The portal's state as a whole, in as few requests as there can be, all lists side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import Any

from reconciler.model.names import any_match
from reconciler.model.observed import Api, Membership, Need, Observed, Portal, Role, Team
from reconciler.portal import lists
from reconciler.portal.crew import Call, Job
from reconciler.portal.pages import Told
from reconciler.portal.parse import ListedTeam
from reconciler.portal.reader import Reader

Progress = Callable[[str, int, int], None]
"""Called with a list's name, how many of its requests are answered, and of how many as far as is known."""


def observe(reader: Reader, portal: Portal, need: Need, *, progress: Progress | None = None) -> Observed:
    """Read what `need` says of the portal: every list whole, each in its listed order.

    Requests: one a hundred developers, teams, applications, registrations and APIs; one a hundred members a team
    that `need.teams` fits; one a team whose roles count; one a package; one for the settings, where memberships
    count; one for the mapped groups, only if some team's own field does not say who manages it (contract 5).
    Raises what `Reader` raises; there is no partial answer. `progress` is called by one thread at a time.
    """
    return reader.crew.run(observing(reader, portal, need, progress))


def observing(reader: Reader, portal: Portal, need: Need, progress: Progress | None) -> Job[Observed]:
    """The same as a job, which may run beside others."""
    return _observed(reader, portal, need, _Tally(progress))


def _observed(reader: Reader, portal: Portal, need: Need, tally: _Tally) -> Job[Observed]:
    """One job for each list; those that are not needed are jobs without a request."""
    get, id_, owners = reader.get, portal.id, need.registrations and need.judging
    developers, (teams, memberships, roles), applications, registrations, apis, *packages = yield [
        lists.developers(get, id_, told=tally.expect("developers")) if need.developers else nothing(),
        _teams(reader, portal, need, tally) if need.team_list else _no_teams(),
        lists.applications(get, id_, told=tally.expect("applications")) if owners else nothing(),
        lists.registrations(get, id_, told=tally.expect("registrations")) if need.registrations else nothing(),
        lists.apis(get, id_, told=tally.expect("apis")) if need.apis else nothing(),
        *(lists.packages(get, id_, name, told=tally.expect("apis")) for name in dict.fromkeys(need.packages)),
    ]
    read = {"developers"} if need.developers else set()
    read |= {"teams"} if need.team_list else set()
    read |= {"memberships"} if need.memberships else set()
    read |= {"roles"} if need.roles_of or need.all_roles else set()
    read |= {"registrations"} if need.registrations else set()
    read |= {"applications"} if owners else set()
    read |= {"apis"} if need.apis else set()
    every_api: list[Api] = [*apis, *(api for found in packages for api in found)]
    return Observed(
        portal=portal,
        developers=tuple(developers),
        teams=tuple(teams),
        memberships=tuple(memberships),
        roles=tuple(roles),
        applications=tuple(applications),
        registrations=tuple(registrations),
        apis=tuple(every_api),
        read=frozenset(read),
    )


def _teams(
    reader: Reader, portal: Portal, need: Need, tally: _Tally
) -> Job[tuple[list[Team], list[Membership], list[Role]]]:
    """The teams; then, side by side, the members and roles of those that count."""
    steps: list[Call | Job[Any]] = [lists.teams(reader.get, portal.id, told=tally.expect("teams"))]
    decided = need.memberships and need.judging
    if decided:
        steps.append(partial(_asked, partial(reader.idp_mapping, portal.id), tally.expect("settings")))
    found = yield steps
    listed: list[ListedTeam] = found[0]
    mapping = decided and bool(found[1])
    peopled = [one.team for one in listed if need.memberships and any_match(need.teams, one.team.name)]
    ruled = [one.team for one in listed if need.all_roles or one.team.name in need.roles_of]
    told = {"memberships": tally.expect("memberships", len(peopled)), "roles": tally.expect("roles", len(ruled))}
    unsaid = mapping and any(one.konnect_managed is None for one in listed)
    mapped, *rest = yield [
        lists.mapped_teams(reader.get, portal.id, told=tally.expect("settings")) if unsaid else nothing(),
        *(lists.members(reader.get, portal.id, team.id, told=told["memberships"]) for team in peopled),
        *(lists.roles(reader.get, portal.id, team.id, told=told["roles"]) for team in ruled),
    ]
    members, roles = rest[: len(peopled)], rest[len(peopled) :]
    return (
        [replace(one.team, synchronised=mapping and _is_synchronised(one, mapped)) for one in listed],
        [Membership(team.id, person) for team, ids in zip(peopled, members, strict=True) for person in ids],
        [role for found in roles for role in found],
    )


def _is_synchronised(listed: ListedTeam, mapped: frozenset[str]) -> bool:
    """Where the mapping is on: the team's own field decides; where that is absent, whether it has groups."""
    return listed.team.id in mapped if listed.konnect_managed is None else not listed.konnect_managed


def nothing() -> Job[list[Any]]:
    """A list that nobody needs."""
    yield []
    return []


def _no_teams() -> Job[tuple[list[Team], list[Membership], list[Role]]]:
    """Nobody needs a team."""
    yield []
    return [], [], []


def _asked(call: Callable[[], bool], told: Told) -> bool:
    answer = call()
    told(1, 0)
    return answer


class _Tally:
    """Counts the requests of each list for the progress bar."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._lock = Lock()
        self._done: Counter[str] = Counter()
        self._total: Counter[str] = Counter()

    def expect(self, kind: str, requests: int = 1) -> Told:
        """Announce requests of a kind, and get what to call when they are answered."""
        self._tell(kind, 0, requests)
        return partial(self._tell, kind)

    def _tell(self, kind: str, done: int, more: int) -> None:
        with self._lock:
            self._done[kind] += done
            self._total[kind] = max(self._total[kind] + more, self._done[kind])
            if self._progress is not None and (done or more):
                self._progress(kind, self._done[kind], self._total[kind])
