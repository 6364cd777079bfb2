"""What the moves of a story take: each argument knows its keys and reads them, strictly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.records.portals import FLAGS
from reconciler.sandbox.records.roles import CONSUMER, REGIONS, VIEWER
from reconciler.sandbox.seeds.place import Place


@dataclass(frozen=True, slots=True)
class Argument:
    """`read` gives, from the mapping of a step, what the move's function takes; SeedError for what it cannot be."""

    keys: tuple[str, ...]
    read: Callable[[Place], dict[str, Any]]
    required: tuple[str, ...] = ()


def text(key: str, *, name: str = "", required: bool = True, choices: Sequence[str] = ()) -> Argument:
    """A text, or nothing; `name` is what the function calls it."""

    def read(place: Place) -> dict[str, Any]:
        value = place.text(key, choices=choices)
        return {} if value is None else {name or key: value}

    return Argument((key,), read, (key,) if required else ())


def flag(key: str, *, name: str = "", required: bool = False) -> Argument:
    """True, false, or nothing."""

    def read(place: Place) -> dict[str, Any]:
        value = place.flag(key, None)
        return {} if value is None else {name or key: value}

    return Argument((key,), read, (key,) if required else ())


def _api(place: Place) -> dict[str, Any]:
    named = [key for key in ("api", "package") if place.value.get(key) is not None]
    if len(named) != 1:
        raise place.error("give either 'api' or 'package'")
    [kind] = named
    return {"api": place.text(kind), "version": place.text("version"), "package": kind == "package"}


def _owner(place: Place) -> dict[str, Any]:
    inner = place.at("owner")
    if isinstance(inner.value, dict):
        return {"owner": f"team:{inner.keys('team', required=('team',)).text('team')}"}
    return {"owner": place.text("owner")}


def _groups(place: Place) -> dict[str, Any]:
    return {"groups": [Place({"group": each.value}, each.where).text("group") for each in place.each("groups")]}


EMAIL = text("email")
NAME = text("name")
TEAM = text("team")
APPLICATION = text("application")
ROLE = text("role", choices=(VIEWER, CONSUMER))
REGION = text("region", required=False, choices=REGIONS)
API = Argument(("api", "package", "version"), _api)
OWNER = Argument(("owner",), _owner, ("owner",))
GROUPS = Argument(("groups",), _groups)
SETTINGS = tuple(flag(each) for each in FLAGS)
