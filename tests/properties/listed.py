"""What a workspace lists, flat: the three sides, the defaults and the dates taken into account.

A workspace is plain data, `[(file name, mapping), …]`, as YAML parses it. Quotations are the specification's.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from reconciler.model.observed import Api, Registration

Workspace = list[tuple[str, dict[str, Any]]]
ANY = object()
"""The version of an API that git names without a version."""


# ---------------------------------------------------------------------------------------------- identity and scope


@lru_cache(maxsize=1024)
def same_person(address: str) -> str:
    """A person is an address: "ASCII letters are compared without regard to case, everything else code point…"."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in address)


def fits(glob: str, text: str) -> bool:
    """Globs: "* is the only wildcard"."""
    head, *rest = glob.split("*")
    if not rest:
        return glob == text
    if not text.startswith(head):
        return False
    at = len(head)
    *middle, tail = rest
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(tail) and text.endswith(tail)


def fits_person(globs: list[str], address: str) -> bool:
    """ "An address with non-ASCII characters is matched by its own entry alone, never by a … glob other than *"."""
    if any(ord(c) > 127 for c in address):
        return "*" in globs
    return any(fits(same_person(glob), same_person(address)) for glob in globs)


# -------------------------------------------------------------------------------------------------- what git lists


@dataclass(frozen=True)
class ApiWords:
    """How git names an API ("or name and version; version: null names the one without") or a package."""

    name: str
    version: Any = ANY
    package: bool = False

    def could_mean(self, thing: Api | Registration) -> bool:
        """Whether these words fit that API's, or that registration's API's, name and version."""
        name = thing.name if isinstance(thing, Api) else thing.api_name
        version = thing.version if isinstance(thing, Api) else thing.api_version
        if name != self.name or (thing.entity_type == "api_package") != self.package:
            return False
        return self.package or self.version is ANY or self.version == version


@dataclass(frozen=True)
class Entry:
    """An entry under `developers`, with its file's defaults."""

    address: str
    status: str = "approved"
    expired: bool = False
    reinstated: dt.date | None = None
    invite: bool = False
    full_name: str = ""

    @property
    def takes_away(self) -> bool:
        """ "Nothing is taken away unless git says so: a revoked or rejected entry, an expires in the past"."""
        return self.status != "approved" or self.expired


@dataclass(frozen=True)
class MemberLine:
    """(person, team) as one of the three sides says it."""

    person: str
    team: str
    expired: bool = False


@dataclass(frozen=True)
class RegistrationLine:
    """(owner, application, API) as one of the three sides says it; the owner is ("developer" | "team", name)."""

    owner: tuple[str, str]
    application: str
    api: ApiWords
    status: str = "approved"
    expired: bool = False
    reinstated: tuple[dt.date, ...] = ()
    register: bool = False

    @property
    def gives(self) -> bool:
        """Whether the line lists access, rather than taking it away."""
        return self.status == "approved" and not self.expired


@dataclass(frozen=True)
class TeamEntry:
    """An entry under `teams`; None: "not managed"."""

    name: str
    description: str | None = None
    can_own_applications: bool | None = None
    roles: tuple[tuple[str, ApiWords, str | None], ...] | None = None
    gives_members: bool = False


@dataclass(frozen=True)
class RuleLine:
    """A standing approval that is in force today."""

    domain: str
    approve: bool
    teams: tuple[str, ...]
    apis: tuple[ApiWords, ...]


@dataclass
class Git:
    """Everything the workspace lists, flat, today's date taken into account."""

    scope: dict[str, list[str]]
    unlisted: dict[str, str]
    always: bool
    entries: dict[str, Entry] = field(default_factory=dict)
    members: dict[tuple[str, str], MemberLine] = field(default_factory=dict)
    registrations: list[RegistrationLine] = field(default_factory=list)
    teams: dict[str, TeamEntry] = field(default_factory=dict)
    rules: list[RuleLine] = field(default_factory=list)


def _mapping(item: Any, key: str) -> dict[str, Any]:
    return item if isinstance(item, dict) else {key: item}


def _words(item: Any) -> ApiWords:
    item = _mapping(item, "name")
    if "package" in item:
        return ApiWords(item["package"], None, package=True)
    return ApiWords(item["name"], item.get("version", ANY))


class _Reader:
    """Goes through a workspace item by item."""

    def __init__(self, git: Git, today: dt.date) -> None:
        self.git = git
        self.today = today

    def over(self, *things: dict[str, Any]) -> bool:
        """ "expires: last day of access, UTC": over when today is later; the earliest counts."""
        return any(self.today > thing["expires"] for thing in things if thing.get("expires"))

    def file(self, data: dict[str, Any]) -> None:
        """ "Its files are merged"; "the three sides … add up"; "defaults: for the developers of this file only"."""
        for item in data.get("developers", []):
            self.developer(_mapping(item, "email"), data.get("defaults", {}))
        for item in data.get("teams", []):
            self.team(_mapping(item, "name"))
        for item in data.get("apis", []):
            self.api(item)
        for item in data.get("rules", []):
            self.rule(item)

    def developer(self, item: dict[str, Any], defaults: dict[str, Any]) -> None:
        """The person's side; what the entry itself says goes before the file's defaults."""
        entry = Entry(
            address=item["email"],
            status=item.get("status", "approved"),
            expired=self.over({"expires": item.get("expires", defaults.get("expires"))}),
            reinstated=item.get("reinstated"),
            invite=item.get("invite", False),
            full_name=item.get("full_name", ""),
        )
        person = same_person(entry.address)
        assert person not in self.git.entries, "the workspace has the same person twice"
        self.git.entries[person] = entry
        if not entry.takes_away:  # "an expired entry lists nothing any more"
            for team in item.get("teams", defaults.get("teams", [])):
                team = _mapping(team, "name")
                self.member(entry.address, team["name"], team)
            self.applications(("developer", person), item.get("applications", []))

    def team(self, item: dict[str, Any]) -> None:
        """The team's side."""
        roles = item.get("roles")
        self.git.teams[item["name"]] = TeamEntry(
            name=item["name"],
            description=item.get("description"),
            can_own_applications=item.get("can_own_applications"),
            roles=None if roles is None else tuple((r["role"], _words(r["api"]), r.get("region")) for r in roles),
            gives_members="members" in item,
        )
        for one in item.get("members", []):
            one = _mapping(one, "email")
            self.member(one["email"], item["name"], one)
        self.applications(("team", item["name"]), item.get("applications", []))

    def api(self, item: dict[str, Any]) -> None:
        """The API's side."""
        for app in item.get("applications", []):
            team = app["owner"].get("team") if isinstance(app["owner"], dict) else None
            owner = ("team", team) if team is not None else ("developer", same_person(app["owner"]))
            self.registration(owner, app, item, app)

    def rule(self, item: dict[str, Any]) -> None:
        """A standing approval; one whose last day is over is as if it were not written."""
        if self.over(item):
            return
        self.git.rules.append(
            RuleLine(
                domain=same_person(item["match"]["email"].removeprefix("*@")),
                approve=item.get("approve", False),
                teams=tuple(_mapping(team, "name")["name"] for team in item.get("teams", [])),
                apis=tuple(_words(api) for api in item.get("apis", [])),
            )
        )

    def member(self, address: str, team: str, item: dict[str, Any]) -> None:
        """One (person, team)."""
        person = same_person(address)
        assert (person, team) not in self.git.members, "the workspace says the same (person, team) twice"
        self.git.members[person, team] = MemberLine(person, team, self.over(item))

    def applications(self, owner: tuple[str, str], apps: list[dict[str, Any]]) -> None:
        """Every API of every application of one owner."""
        for app in apps:
            for item in app.get("apis", []):
                self.registration(owner, app, item, _mapping(item, "name"))

    def registration(self, owner: tuple[str, str], app: dict[str, Any], words: Any, item: dict[str, Any]) -> None:
        """One (owner, application, API)."""
        self.git.registrations.append(
            RegistrationLine(
                owner=owner,
                application=app["name"],
                api=_words(words),
                status=item.get("status", "approved"),
                expired=self.over(app, item),
                reinstated=tuple(thing["reinstated"] for thing in (app, item) if thing.get("reinstated")),
                register=item.get("register", app.get("register", False)),
            )
        )


def read(workspace: Workspace, today: dt.date) -> Git:
    """Everything that the workspace lists on that day."""
    policy = next((data["policy"] for _, data in workspace if "policy" in data), {})
    kinds = ("developers", "memberships", "registrations", "roles")
    git = Git(
        scope={"developers": ["*"], "teams": ["*"], "apis": ["*"], **policy.get("scope", {})},
        unlisted={**dict.fromkeys(kinds, "report"), **policy.get("unlisted", {})},
        always=policy.get("reinstate", "held") == "always",
    )
    reader = _Reader(git, today)
    for _, data in workspace:
        reader.file(data)
    # "What another file's team or API side lists for a revoked, rejected or expired person is ignored": the
    # listings of somebody whose own entry takes their access away are as if they were not written.
    gone = {person for person, entry in git.entries.items() if entry.takes_away}
    git.members = {pair: line for pair, line in git.members.items() if line.person not in gone}
    git.registrations = [r for r in git.registrations if not (r.owner[0] == "developer" and r.owner[1] in gone)]
    return git
