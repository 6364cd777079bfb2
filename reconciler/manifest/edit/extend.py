"""A later last day for a person: which lines say when their access ends, and which of them to change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import InputError
from reconciler.manifest.edit.working import as_mapping
from reconciler.manifest.tree import Document, Map
from reconciler.model.names import email_key

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """A mapping that says when something of the person ends, or an entry for which the file's defaults say it."""

    file: str
    path: Path
    expires: str
    line: int
    inherited: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is the end of all the person's access: their entry's."""
        return self.path[0] == "developers" and len(self.path) == 2


@dataclass(slots=True)
class Extension:
    """The change to one file: each mapping gets the new day, and, if they are to be given back, `reinstated`."""

    until: str
    reinstated: str | None
    endings: list[Ending] = field(default_factory=list)

    def __call__(self, root: dict[str, Any]) -> None:
        """Make the change to the root mapping of the file."""
        for ending in self.endings:
            said = {"expires": self.until}
            if self.reinstated and ending.path[0] != "teams" and "teams" not in ending.path:
                said["reinstated"] = self.reinstated  # which does nothing for a membership
            _at(root, ending.path).update(said)


def extensions(
    documents: Sequence[Document], email: str, until: str, *, due: str, reinstated: str | None = None
) -> dict[str, Extension]:
    """The changes by file that let the person's access end on `until`; all days are ISO.

    What ends by the day `due` is extended; if nothing does, the person's own entry. Raises InputError where there is
    nothing to extend, or it ends later than that already.
    """
    endings = [ending for document in documents for ending in _endings(document, email_key(email))]
    chosen = [each for each in endings if each.expires <= due] or [each for each in endings if each.whole]
    if not chosen:
        later = ", ".join(f"{each.expires} ({each.file}:{each.line})" for each in endings)
        found = (
            f"what of {email} ends, ends later: {later}" if endings else f"nothing says when access of {email} ends"
        )
        raise InputError(
            found, "change the line by hand" if endings else "`expires` may stand on a person, a team, an API"
        )
    for each in chosen:
        if each.expires >= until:
            hint = "an earlier end is no extension: change the line by hand"
            raise InputError(f"{each.file}:{each.line} ends on {each.expires}, not before {until}", hint)
    changes: dict[str, Extension] = defaultdict(lambda: Extension(until, reinstated))
    for each in chosen:
        changes[each.file].endings.append(each)
    return changes


def _at(root: dict[str, Any], path: Path) -> dict[str, Any]:
    """The mapping there; a plain address becomes one."""
    here: Any = root
    for step in path[:-1]:
        here = here[step]
    return as_mapping(here, path[-1], "email") if isinstance(path[-1], int) else here[path[-1]]


def _endings(document: Document, key: str) -> Iterator[Ending]:
    root = document.root
    defaults = root.get("defaults") or {}
    for index, entry in enumerate(root.get("developers", ())):
        if email_key(entry if isinstance(entry, str) else entry["email"]) != key:
            continue
        here: Path = ("developers", index)
        own = isinstance(entry, dict) and "expires" in entry
        if isinstance(entry, Map) and entry.get("status", "approved") != "approved":
            where = document.origin(entry.at)
            raise InputError(
                f"{where}: the person is {entry['status']}", "approve them again before access can end later"
            )
        if not own and "expires" in defaults:
            at = root["developers"].places[index]
            yield Ending(document.file, here, defaults["expires"], document.origin(at).line, inherited=True)
        if isinstance(entry, dict):
            yield from _within(document, entry, here, lambda _: True)
    for index, team in enumerate(root.get("teams", ())):
        yield from _within(document, team.get("members", ()), ("teams", index, "members"), _is(key, "email"))
    for index, api in enumerate(root.get("apis", ())):
        yield from _within(document, api["applications"], ("apis", index, "applications"), _is(key, "owner"))


def _is(key: str, name: str) -> Callable[[Any], bool]:
    return lambda item: isinstance(item.get(name), str) and email_key(item[name]) == key


def _within(document: Document, value: Any, path: Path, wanted: Callable[[Any], bool]) -> Iterator[Ending]:
    """Every mapping in there that says when it ends; of a list, what is in the items that are wanted."""
    if isinstance(value, Map):
        if isinstance(value.get("expires"), str):
            line = document.origin(value.key_place("expires")).line
            yield Ending(document.file, path, value["expires"], line)
        for name, each in value.items():
            if isinstance(each, list):
                yield from _within(document, each, (*path, name), lambda _: True)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            if isinstance(item, Map) and wanted(item):
                yield from _within(document, item, (*path, index), lambda _: True)
