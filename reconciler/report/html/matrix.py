"""The access matrix as data: people, teams and APIs, each tie in three bits; the page's script joins them.

What a team gives stands once, whatever the number of its members, so that ten thousand people are a megabyte or two.
"""

from __future__ import annotations

from typing import Any

from reconciler.model.change import ApiRef, Ref
from reconciler.plan.access.access import Access
from reconciler.plan.access.rights import Person, Right, Tie
from reconciler.report.access_words import DO
from reconciler.report.escape import inert

GIT, NOW, THEN = 1, 2, 4
"""The bits: git lists it, the portal has it, the portal has it once the changes are made."""

PEOPLE = 25_000
"""Rows of the matrix; a browser takes no more with ease."""


class Matrix:
    """Built row by row; APIs and teams get their numbers when they first occur."""

    def __init__(self, access: Access) -> None:
        self._apis: dict[ApiRef, int] = {}
        self._teams: dict[Ref, int] = {}
        self.people: list[list[Any]] = []
        self.left_out = 0
        for person in access.people():
            if len(self.people) < PEOPLE:
                self.people.append(self._row(access, person))
            else:
                self.left_out += 1
        self.teams = [self._team(access, team) for team in self._teams]

    def data(self) -> dict[str, Any]:
        """What the page's script reads; see `page.js` for what each column of a row is."""
        apis = [inert(str(api)) for api in self._apis]
        return {"people": self.people, "teams": self.teams, "apis": apis, "leftOut": self.left_out, "can": DO}

    def _row(self, access: Access, person: Person) -> list[Any]:
        seats = [[self._number(seat.team), bits(seat.tie)] for seat in access.seats(person)]
        calls = [[self._api(own), inert(_application(own)), bits(own.ties[0])] for own in access.own(person)]
        status = person.now or ("not signed up" if person.then is None else "invited")
        return [inert(person.email), status, bits(person.approval), seats, calls]

    def _team(self, access: Access, team: Ref) -> list[Any]:
        rights = access.team_rights(team)
        gives = [[right.can, self._api(right), inert(_application(right)), bits(right.ties[0])] for right in rights]
        return [inert(team.name), gives]

    def _number(self, team: Ref) -> int:
        return self._teams.setdefault(team, len(self._teams))

    def _api(self, right: Right) -> int:
        api = right.api or ApiRef("")
        return self._apis.setdefault(ApiRef(api.name, api.version, None, api.entity_type), len(self._apis))


def bits(tie: Tie) -> int:
    """A tie as a number."""
    return (GIT if tie.git else 0) | (NOW if tie.now else 0) | (THEN if tie.then else 0)


def _application(right: Right) -> str:
    return right.application.name if right.application else right.role
