"""New people, memberships and registrations put into the files that they belong to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from reconciler.manifest.edit.emit import Foreign
from reconciler.manifest.edit.shelf import Shelf, Spot
from reconciler.manifest.edit.working import as_mapping, insert
from reconciler.model.desired import ApiName
from reconciler.model.listing import Listing, NewMembership, NewPerson, NewRegistration, Terms
from reconciler.model.names import email_key

Item = str | dict[str, Any]

_KEYS = {"developers": "email", "teams": "name", "apis": "name"}


@dataclass(slots=True)
class FileChange:
    """What one file gets: additions to entries that it has, and new entries by the key of their list."""

    within: list[tuple[Spot, Callable[[dict[str, Any]], object]]] = field(default_factory=list)
    new: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))

    def __call__(self, root: dict[str, Any]) -> None:
        """Make the change to the root mapping of the file."""
        for spot, add in self.within:  # by index, so before anything is put between
            add(as_mapping(root[spot.section], spot.index, _KEYS[spot.section]))
        for section, items in self.new.items():
            insert(root.setdefault(section, []), items, name_of)


class Additions:
    """Takes listings one by one; people first, since their registrations go into their new entries.

    `into` names the one file that everything goes into; `terms` is what every new entry says.
    """

    def __init__(self, shelf: Shelf, terms: Terms, into: str = "") -> None:
        self.shelf = shelf
        self.terms = terms
        self.into = into
        self.changes: dict[str, FileChange] = defaultdict(FileChange)
        self._people: dict[str, tuple[str, dict[str, Any]]] = {}
        self._apis: dict[ApiName, tuple[str, dict[str, Any]]] = {}

    def add(self, listing: Listing) -> str:
        """Put it where it belongs, and say which file that is; "" if no file can be told to be the one."""
        if isinstance(listing, NewPerson):
            return self._person(listing)
        return self._membership(listing) if isinstance(listing, NewMembership) else self._registration(listing)

    def finished(self) -> dict[str, FileChange]:
        """The changes by file; a new person of whom only the address is to be said is a plain text."""
        for change in self.changes.values():
            change.new["developers"] = [_shortest(item) for item in change.new["developers"]]
            change.new = {section: items for section, items in change.new.items() if items}
        return self.changes

    def _person(self, new: NewPerson) -> str:
        file = self.into or self.shelf.for_person(new.email)
        if not file:
            return ""
        entry: dict[str, Any] = {"email": Foreign(new.email)}
        if self.terms.rejected:
            entry["status"] = "rejected"
        else:
            entry |= self._teams_of(new, file)
        self._people[email_key(new.email)] = file, entry
        entry |= self._said(registered=False)
        self.changes[file].new["developers"].append(entry)
        return file

    def _teams_of(self, new: NewPerson, file: str) -> dict[str, Any]:
        """The key `teams`, where it must say another thing than the file's defaults: nobody is in a team twice."""
        defaults = self.shelf.defaults(file)
        wanted = dict.fromkeys((*defaults, *new.teams))
        teams = [team for team in wanted if (email_key(new.email), team) not in self.shelf.members]
        return {} if teams == list(defaults) else {"teams": [defaults.get(team, team) for team in teams]}

    def _membership(self, new: NewMembership) -> str:
        key, said = email_key(new.email), self._said(registered=True)
        spot, team = self.shelf.people.get(key), self.shelf.teams.get(new.team)
        if spot is None and key in self._people:
            file, entry = self._people[key]
            _before_terms(entry, _adding("teams", new.team))
            return file
        if spot and self._may(spot):
            item = {"name": new.team, **said} if said else new.team
            return self._within(spot, lambda entry: self._with_teams(spot, entry, item))
        if team and self._may(team):
            member = Foreign(new.email)
            return self._within(team, _adding("members", {"email": member, **said} if said else member))
        return ""

    def _with_teams(self, spot: Spot, entry: dict[str, Any], item: Item) -> None:
        """An entry that names no team has those of its file's defaults, which naming one would end."""
        if "teams" not in entry and self.shelf.defaults(spot.file):
            entry["teams"] = list(self.shelf.defaults(spot.file).values())
        _adding("teams", item)(entry)

    def _registration(self, new: NewRegistration) -> str:
        files = [self.into] if self.into else list(self.shelf.documents)
        spot = self.shelf.for_api(new, files)
        if spot:
            return self._within(spot, self._of_api(new))
        if new.api in self._apis:
            file, entry = self._apis[new.api]
            self._of_api(new)(entry)
            return file
        holder = self.shelf.people if new.owner.type == "developer" else self.shelf.teams
        owner = holder.get(new.owner_key)
        if owner and self._may(owner):
            return self._within(owner, _of_owner(new, self._said(registered=True)))
        if new.owner.type == "developer" and new.owner_key in self._people:
            file, entry = self._people[new.owner_key]
            _before_terms(entry, _of_owner(new, {}))
            return file
        file = self.into or self.shelf.for_new_api()
        if file:
            entry = {**_api_item(new.api), "applications": []}
            self._apis[new.api] = file, entry
            self._of_api(new)(entry)
            self.changes[file].new["apis"].append(entry)
        return file

    def _may(self, spot: Spot) -> bool:
        return not self.into or spot.file == self.into

    def _within(self, spot: Spot, add: Callable[[dict[str, Any]], object]) -> str:
        self.changes[spot.file].within.append((spot, add))
        return spot.file

    def _of_api(self, new: NewRegistration) -> Callable[[dict[str, Any]], object]:
        """An application under the API's own entry."""
        name = Foreign(new.owner.name)
        owner: Item = name if new.owner.type == "developer" else {"team": new.owner.name}
        return _adding(
            "applications", {"owner": owner, "name": Foreign(new.application), **self._said(registered=True)}
        )

    def _said(self, *, registered: bool) -> dict[str, Any]:
        """What the terms come to; a registration's status is its own, a person's is said first of all."""
        said = {"status": "rejected"} if registered and self.terms.rejected else {}
        more = {"expires": self.terms.expires, "reason": self.terms.reason}
        return said | {key: value for key, value in more.items() if value}


def _adding(key: str, item: Item) -> Callable[[dict[str, Any]], object]:
    return lambda entry: insert(entry.setdefault(key, []), [item], name_of)


def _of_owner(new: NewRegistration, said: dict[str, Any]) -> Callable[[dict[str, Any]], object]:
    """An API under the application, in its owner's entry."""
    named = _api_item(new.api)
    item: Item = named["name"] if not said and set(named) == {"name"} else {**named, **said}

    def add(entry: dict[str, Any]) -> None:
        applications = entry.setdefault("applications", [])
        for application in applications:
            if application["name"] == new.application:
                insert(application["apis"], [item], name_of)
                return
        insert(applications, [{"name": Foreign(new.application), "apis": [item]}], name_of)

    return add


def _before_terms(entry: dict[str, Any], add: Callable[[dict[str, Any]], object]) -> None:
    """Add to a new entry, and keep at its end what it says of everything in it."""
    last: dict[str, Any] = {key: entry.pop(key) for key in ("expires", "reason") if key in entry}
    add(entry)
    entry |= last


def _api_item(api: ApiName) -> dict[str, Any]:
    if api.package:
        return {"package": api.name}
    return {"name": api.name} if api.any_version else {"name": api.name, "version": api.version}


def _shortest(item: Item) -> Item:
    return item["email"] if isinstance(item, dict) and set(item) == {"email"} else item


def name_of(item: Any) -> str:
    """By what an item of any list is sorted."""
    if isinstance(item, str):
        return email_key(item)
    owner = item.get("owner", "")
    name = item.get("email") or item.get("name") or item.get("package")
    return " ".join((email_key(owner if isinstance(owner, str) else owner["team"]), email_key(name))).strip()


_ORDER = (NewPerson, NewMembership, NewRegistration)
"""People first, since the rest goes into their new entries; in the order in which entries say it."""


def changes_for(
    shelf: Shelf, listings: Iterable[Listing], terms: Terms, into: str = ""
) -> tuple[dict[str, FileChange], list[str]]:
    """The changes by file, and for each listing the file that it goes into ("" where none can be told)."""
    additions = Additions(shelf, terms, into)
    order = sorted(enumerate(listings), key=lambda each: _ORDER.index(type(each[1])))
    files = {index: additions.add(listing) for index, listing in order}
    return additions.finished(), [files[index] for index in range(len(files))]
