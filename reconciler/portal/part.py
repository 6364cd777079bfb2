"""A part of the portal: some people and teams with what they have, asked for by filters (contract section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TypeVar

from reconciler.model.names import email_key
from reconciler.model.observed import (
    ADDRESSES_AT_ONCE,
    OWNERS_AT_ONCE,
    Application,
    Developer,
    Membership,
    Need,
    Observed,
    Part,
    Portal,
    Registration,
    Team,
)
from reconciler.portal import lists
from reconciler.portal.crew import Job
from reconciler.portal.observe import Progress, nothing, observing
from reconciler.portal.pages import Get
from reconciler.portal.parse import Fields
from reconciler.portal.reader import Reader

T = TypeVar("T")
_ONE = {"page[size]": "1", "page[number]": "1"}


def observe_part(
    reader: Reader,
    portal: Portal,
    need: Need,
    part: Part,
    *,
    counted: bool = False,
    progress: Progress | None = None,
) -> Observed:
    """What the part has of what `need` says; teams, their roles and APIs as in `observe`, without members.

    Requests: one for fifty addresses; one a person for their teams; two for twenty-five people, for applications and
    registrations; one a team for its applications, and one for each of these. If `counted`, two tell how many
    approved developers and registrations there are in all. What a filter lets through though it should not is left
    out: who is asked for decides. Raises what `Reader` raises.
    """
    return reader.crew.run(_part(reader, portal, need, part, counted, progress))


def _part(
    reader: Reader, portal: Portal, need: Need, part: Part, counted: bool, progress: Progress | None
) -> Job[Observed]:
    get = reader.get
    around = replace(need, developers=False, teams=(), registrations=False)
    seen, people, approved_in_all = yield [
        observing(reader, portal, around, progress),
        _people(get, portal.id, part),
        _in_all(get, f"/portals/{portal.id}") if counted else nothing(),
    ]
    ids = [person.id for person in people]
    memberships, (applications, registrations) = yield [
        _memberships(get, portal.id, ids) if need.memberships else nothing(),
        _of_people(get, portal.id, ids if need.registrations else ()),
    ]
    owners = _owners(seen.teams, people, memberships, part) if need.registrations else []
    of_teams = yield [_of_team(get, portal.id, team) for team in owners]
    around_them: Observed = seen
    return replace(
        around_them,
        developers=tuple(people),
        memberships=tuple(memberships),
        applications=(*applications, *chain.from_iterable(found[0] for found in of_teams)),
        registrations=(*registrations, *chain.from_iterable(found[1] for found in of_teams)),
        read=seen.read | {"developers"} | ({"applications", "registrations"} if need.registrations else set()),
        approved_in_all=approved_in_all or None,
    )


def _people(get: Get, portal_id: str, part: Part) -> Job[list[Developer]]:
    """The accounts of these addresses; an address with a comma would be several to a filter for any of several."""
    plain = [address for address in part.addresses if "," not in address]
    filters = [{"filter[email][oeq]": ",".join(some)} for some in _by(ADDRESSES_AT_ONCE, plain)]
    filters += [{"filter[email][eq]": address} for address in part.addresses if "," in address]
    found = yield [lists.developers(get, portal_id, only=only) for only in filters]
    people = {person.id: person for person in chain.from_iterable(found) if email_key(person.email) in part.people}
    return list(people.values())


def _memberships(get: Get, portal_id: str, ids: Sequence[str]) -> Job[list[Membership]]:
    found = yield (lists.teams_of(get, portal_id, person) for person in ids)
    return [Membership(team, person) for person, teams in zip(ids, found, strict=True) for team in teams]


def _of_people(get: Get, portal_id: str, ids: Sequence[str]) -> Job[tuple[list[Application], list[Registration]]]:
    """The people's own applications, and the registrations of these."""
    filters = [{"filter[developer_id][oeq]": ",".join(some)} for some in _by(OWNERS_AT_ONCE, ids)]
    applications, registrations = yield [
        _joined(lists.applications(get, portal_id, only=only) for only in filters),
        _joined(lists.registrations(get, portal_id, only=only) for only in filters),
    ]
    owned = {each.id: each for each in applications if each.owner_type == "developer" and each.owner_id in set(ids)}
    return list(owned.values()), [each for each in registrations if each.application_id in owned]


def _owners(
    teams: Iterable[Team], people: Iterable[Developer], memberships: Iterable[Membership], part: Part
) -> list[Team]:
    """The teams whose applications count: those of the part, and those that people who are taken away may know of."""
    taken = {person.id for person in people if email_key(person.email) in part.taken}
    theirs = {each.team_id for each in memberships if each.developer_id in taken}
    return [team for team in teams if team.name in part.teams or team.id in theirs]


def _of_team(get: Get, portal_id: str, team: Team) -> Job[tuple[list[Application], list[Registration]]]:
    listed = yield [lists.applications(get, portal_id, only={"filter[team_id][eq]": team.id})]
    owned = [each for each in listed[0] if each.owner_type == "team" and each.owner_id == team.id]
    found = yield [lists.registrations_of(get, portal_id, each.id) for each in owned]
    return owned, list(chain.from_iterable(found))


def _in_all(get: Get, path: str) -> Job[dict[str, int]]:
    lists = {"developers": f"{path}/developers", "registrations": f"{path}/application-registrations"}
    found = yield [partial(_approved, get, each) for each in lists.values()]
    return dict(zip(lists, found, strict=True))


def _approved(get: Get, path: str) -> int:
    """How many approved ones there are in all: the count that comes with any page."""
    body = get(path, {**_ONE, "filter[status][eq]": "approved"})
    return Fields(body, f"GET /v3{path}").inner("meta").inner("page").count("total")


def _joined(jobs: Iterable[Job[list[T]]]) -> Job[list[T]]:
    found = yield jobs
    return list(chain.from_iterable(found))


def _by(size: int, values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[at : at + size] for at in range(0, len(values), size))
