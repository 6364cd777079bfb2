"""Which file of a workspace holds which domain, person, team and API: where something new belongs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.manifest.dump.layout import slug
from reconciler.manifest.edit.working import plain
from reconciler.manifest.entries import api_name
from reconciler.manifest.tree import Document
from reconciler.model.desired import ApiName
from reconciler.model.listing import NewRegistration
from reconciler.model.names import domain_of, email_key


@dataclass(frozen=True, slots=True)
class Spot:
    """An entry: the file it is in, the key of its list, and its index there."""

    file: str
    section: str
    index: int


class Shelf:
    """The valid documents of a workspace by what they list."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = {document.file: document for document in documents}
        self.people: dict[str, Spot] = {}
        self.teams: dict[str, Spot] = {}
        self.apis: list[tuple[ApiName, Spot]] = []
        self.members: set[tuple[str, str]] = set()
        """Who is in which team by the team's entry: the address as compared, and the team's name."""
        self._domains: dict[str, Counter[str]] = defaultdict(Counter)
        for file, document in self.documents.items():
            for index, item in _items(document, "developers"):
                key = _address(item)
                self.people.setdefault(key, Spot(file, "developers", index))
                self._domains[domain_of(key)][file] += 1
            for index, item in _items(document, "teams"):
                self.teams.setdefault(item["name"], Spot(file, "teams", index))
                self.members |= {(_address(member), item["name"]) for member in item.get("members", ())}
            self.apis += ((api_name(item), Spot(file, "apis", index)) for index, item in _items(document, "apis"))

    def for_person(self, email: str) -> str:
        """The file for a new person: the one with most of their domain, else a new one where each domain has its own,
        else the only one with people; "" if none of it can be told.
        """
        own = self._domains.get(domain_of(email))
        if own:
            return max(sorted(own), key=lambda file: own[file])
        return self._new_file(domain_of(email)) or self._only("developers") or self._only(None)

    def _new_file(self, domain: str) -> str:
        """In the folder in which every file that has people has those of one domain: several, or one named so.

        A domain's file may have owners of its own: they do not decide about the people of another.
        """
        domains: dict[str, set[str]] = defaultdict(set)
        for name, files in self._domains.items():
            for file in files:
                domains[file].add(name)
        folders: dict[str, list[bool]] = defaultdict(list)
        named: set[str] = set()
        for file, names in domains.items():
            folder, slash, last = file.rpartition("/")
            folders[folder + slash].append(len(names) == 1)
            if len(self.documents) > 1 and [f"{slug(each)}.yaml" for each in names] == [last]:
                named.add(folder + slash)
        own = [folder for folder, alone in folders.items() if all(alone) and (len(alone) > 1 or folder in named)]
        return f"{own[0]}{slug(domain)}.yaml" if len(own) == 1 else ""

    def for_api(self, wanted: NewRegistration, within: Iterable[str]) -> Spot | None:
        """The API's own entry in one of these files, unless its name would mean another version too."""
        files = set(within)
        for name, spot in self.apis:
            same = name.covers(wanted.api.name, wanted.version, wanted.api.package)
            if same and spot.file in files and (wanted.api.any_version or not name.any_version or name.package):
                return spot
        return None

    def for_new_api(self) -> str:
        """The file for an API that has no entry yet: the one that has such entries, else the only one, else ""."""
        return self._only("apis") or self._only(None)

    def defaults(self, file: str) -> dict[str, Any]:
        """The teams that the file gives to everybody in it who names none: by name the item, which may say more."""
        document = self.documents.get(file)
        defaults = document.root.get("defaults") if document else None
        teams = defaults.get("teams", ()) if isinstance(defaults, dict) else ()
        return {item if isinstance(item, str) else item["name"]: plain(item) for item in teams}

    def _only(self, key: str | None) -> str:
        having = [file for file, document in self.documents.items() if key is None or key in document.root]
        return having[0] if len(having) == 1 else ""


def _items(document: Document, key: str) -> Iterator[tuple[int, Any]]:
    return enumerate(document.root.get(key) or ())


def _address(item: Any) -> str:
    """Of a person's or a member's entry, as compared."""
    return email_key(item if isinstance(item, str) else item["email"])
