"""Any valid workspace beside any portal state, drawn from so few names that they collide all the time.

A workspace is drawn as plain data, `[(file name, mapping), …]`, as YAML would parse it; it is valid by construction.
Limits are drawn out of reach, so that what a plan says can be looked at without its refusals.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

from reconciler.model.observed import (
    Api,
    Application,
    Developer,
    Membership,
    Observed,
    Portal,
    Registration,
    Role,
    Team,
)
from tests.properties.listed import ANY, Workspace, fits, fits_person, same_person

T = TypeVar("T")

TODAY = dt.date(2026, 11, 15)
LISTS = frozenset({"developers", "teams", "memberships", "roles", "applications", "registrations", "apis"})

PEOPLE: list[list[str]] = [
    ["ada@partner.example", "Ada@Partner.Example", "ADA@partner.example"],
    ["bob@partner.example", "Bob@partner.example"],
    ["cy@other.example", "cY@OTHER.example"],
    ["kim@partner.example", "KIM@partner.example"],
    ["\u212aim@partner.example", "\u212aIM@partner.example"],  # the Kelvin sign, which lower() makes a k
    ["zoë@partner.example", "Zoë@Partner.example"],
    ["zoË@partner.example", "ZoË@partner.example"],  # somebody else: only ASCII letters are folded
    ["eve@sub.partner.example", "eve@sub.Partner.example"],
]
"""Spellings by person."""

TEAMS = ["alpha", "Alpha", "beta", "gamma"]
APPS = ["Checkout", "Bot"]
ROLES = ["API Consumer", "API Viewer"]
REGIONS = ["eu", "*", "us"]
STATUSES = ["approved", "pending", "revoked", "approved", "pending", "approved", "rejected"]
VERSIONS: dict[str, list[Any]] = {
    "payments": [None, "v2"],
    "orders": ["v1", "v2", None],
    "refunds": ["v1", "v9"],
    "phantom": ["v1"],
}

API_UNIVERSE = [
    Api("api-payments", "payments", None),
    Api("api-payments-2", "payments", "v2"),
    Api("api-orders-1", "orders", "v1"),
    Api("api-orders-2", "orders", "v2"),
    Api("api-refunds", "refunds", "v1"),
    Api("package-kit", "kit", None, "api_package"),
    Api("package-payments", "payments", None, "api_package"),  # a package with an API's name is another thing
    Api("package-kit-again", "kit", None, "api_package"),
]
SECOND = [API_UNIVERSE[n] for n in (1, 3, 7)]
"""Published together with the one before, these make a name ambiguous."""
API_NAMES = ["payments", "orders", "refunds", "phantom"]
PACKAGE_NAMES = ["kit", "payments", "phantom"]

SCOPES: dict[str, list[list[str]]] = {
    "developers": [["*"], ["*@partner.example"], ["*@PARTNER.example", "cy@*"], ["a*", "b*", "z*@*.example"]],
    "teams": [["*"], ["a*", "beta", "ghost"], ["*a"], ["Alpha", "g*"]],
    "apis": [["*"], ["pay*", "phantom", "kit"], ["*s"], ["orders", "ki*t"]],
}
POLICIES = {
    "developers": ["report", "ignore", "revoke"],
    "memberships": ["report", "ignore", "exact", "remove"],
    "registrations": ["report", "ignore", "exact", "revoke"],
    "roles": ["remove", "report", "ignore"],
}
DOMAINS = ["*@partner.example", "*@Other.example", "*@sub.partner.example", "*@elsewhere.example"]

CHANGED = ["2026-10-01T12:00:00.000Z", "2026-11-10T23:59:59.999Z", "2026-11-11T00:00:00.000Z"]
REINSTATED = [dt.date(2026, 11, 10), dt.date(2026, 9, 1), dt.date(2026, 11, 14)]
EXPIRES = [TODAY + dt.timedelta(days=days) for days in (30, 0, 1, -1, -400)]

FILES = ["access.yaml", "rules.yml", "partners/teams.yaml"]
TOP = [name for name in FILES if "/" not in name]


@dataclass(frozen=True)
class Case:
    """One workspace and one portal."""

    workspace: Workspace
    observed: Observed


class Dice:
    """Rolls that come out the same for the same seed.

    A case takes hundreds of rolls. Hypothesis draws the seed alone: drawing every roll takes twenty times as long,
    makes many near-twins, and its shrinking does not get far with so many; `smaller.smallest` does.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def one(self, things: Sequence[T]) -> T:
        return self._random.choice(things)

    def chance(self, percent: int) -> bool:
        return self._random.random() * 100 < percent

    def some(self, things: Iterable[T], percent: int) -> list[T]:
        return [thing for thing in things if self.chance(percent)]

    def count(self, *percents: int) -> int:
        """How many: `percents[n]` is the chance of n; the last takes what is left over."""
        rolled = self._random.random() * 100
        for n, percent in enumerate(percents):
            rolled -= percent
            if rolled < 0:
                return n
        return len(percents)


# --------------------------------------------------------------------------------------------------- the portal


def portal_state(dice: Dice) -> Observed:
    """Any portal: addresses twice in different case, teams of one name, applications of nobody, old versions."""
    developers, teams, memberships, applications, registrations, roles = [], [], [], [], [], []
    for spellings in PEOPLE:
        for spelling in spellings[: dice.count(22, 66)]:
            n = len(developers)
            address = dice.one(spellings) if n % 2 and len(spellings) == 1 else spelling
            developers.append(
                Developer(f"d{n}", address, dice.one(STATUSES), "Some Body", CHANGED[0], dice.one(CHANGED))
            )
    for name in TEAMS:
        for _ in range(dice.count(18, 68)):
            teams.append(
                Team(f"t{len(teams)}", name, dice.one([None, "Old", "New"]), dice.chance(50), dice.chance(15))
            )
    for team in teams:
        memberships += [Membership(team.id, person.id) for person in dice.some(developers, 40)]
    owners = [("developer", d.id) for d in developers] + [("team", t.id) for t in teams[:3]]
    for kind, owner in owners:
        names = [APPS[0]] * dice.count(18, 75) + dice.some(APPS[1:], 25)
        applications += [Application(f"a{len(applications) + n}", name, kind, owner) for n, name in enumerate(names)]
    if dice.chance(15):
        applications.append(Application("a-nobody", APPS[0], "developer", "d-unknown"))
    published = [api for api in API_UNIVERSE if (dice.chance(20) if api in SECOND else not dice.chance(12))]
    for application in applications:
        for api in dice.some(API_UNIVERSE, 50):
            registrations.append(
                Registration(
                    f"r{len(registrations)}",
                    application.id,
                    api.id,
                    api.name,
                    api.version,
                    dice.one(STATUSES),
                    api.entity_type,
                    dice.one(CHANGED),
                )
            )
    for team in teams:
        for api_id in dice.some(["api-payments", "api-refunds", "api-unnamed"], 35):
            roles.append(Role(f"x{len(roles)}", team.id, dice.one(ROLES), api_id, dice.one(REGIONS)))
    return Observed(
        portal=Portal("p1", "acme", region="eu"),
        developers=tuple(developers),
        teams=tuple(teams),
        memberships=tuple(memberships),
        roles=tuple(roles),
        applications=tuple(applications),
        registrations=tuple(registrations),
        apis=tuple(published),
        read=LISTS,
    )


# ------------------------------------------------------------------------------------------------ the workspace


class Author:
    """Writes a workspace; remembers what is already listed, since listing it twice is an error."""

    def __init__(self, dice: Dice, portal: Observed) -> None:
        self.dice = dice
        names: dict[str, Any] = {d.id: same_person(d.email) for d in portal.developers}
        names |= {t.id: t.name for t in portal.teams}
        owned = {a.id: ((a.owner_type, names.get(a.owner_id)), a.name) for a in portal.applications}
        self.asked_for = {
            (*owned[r.application_id], r.api_name, r.entity_type == "api_package") for r in portal.registrations
        }
        self.files: dict[str, dict[str, Any]] = {name: {} for name in FILES}
        self.members: set[tuple[str, str]] = set()
        self.registered: set[tuple[Any, ...]] = set()
        self.scope = SCOPES
        self.styles: dict[tuple[str, bool], bool] = {}

    def write(self) -> Workspace:
        self.policy()
        self.people = [p for p in PEOPLE if fits_person(self.scope["developers"], p[0])]
        self.teams = [t for t in [*TEAMS, "ghost"] if any(fits(glob, t) for glob in self.scope["teams"])]
        names = [(name, False) for name in API_NAMES] + [(name, True) for name in PACKAGE_NAMES]
        in_scope = [api for api in names if any(fits(glob, api[0]) for glob in self.scope["apis"])]
        self.apis = [api for api in in_scope if api[0] != "phantom" or self.dice.chance(20)]
        self.styles = {api: self.dice.chance(40) for api in names}
        for data in self.files.values():
            self.defaults(data)
        for person in self.people:
            if self.dice.chance(60):
                self.developer(person)
        for team in self.teams:
            if team != "ghost" and self.dice.chance(50):
                self.team(team)
        for api in self.apis:
            if self.dice.chance(35):
                self.api(api)
        # Rules name APIs in a way of their own: what an entry lists by name a rule may list by name and version.
        self.styles = {api: self.dice.chance(40) for api in names}
        for _ in range(self.dice.count(45, 30, 15)):
            self.rule()
        self.top("portal", {"name": "acme", "region": "eu"})
        return [(name, data) for name, data in self.files.items() if data]

    # ------------------------------------------------------------------------------------------------- helpers

    def top(self, key: str, value: Any) -> None:
        self.files[self.dice.one(TOP)][key] = value

    def anywhere(self, key: str, item: Any) -> None:
        self.files[self.dice.one(FILES)].setdefault(key, []).append(item)

    def noted(self, *, expires: int = 20, reinstated: int = 0) -> dict[str, Any]:
        """What may stand on anything."""
        notes: dict[str, Any] = {}
        if self.dice.chance(expires):
            notes["expires"] = self.dice.one(EXPIRES)
        if self.dice.chance(reinstated):
            notes["reinstated"] = self.dice.one(REINSTATED)
        if self.dice.chance(5):
            notes["reason"] = "PART-1234"
        if self.dice.chance(5):
            notes["annotations"] = {"sponsor": "jo@acme.example"}
        return notes

    def named(self, key: str, value: str, notes: dict[str, Any]) -> Any:
        """A plain name is enough where there is nothing else to say."""
        return {key: value, **notes} if notes or self.dice.chance(20) else value

    def words(
        self, percent: int, likely: Sequence[tuple[str, bool]] = ()
    ) -> Iterable[tuple[tuple[Any, ...], dict[str, Any]]]:
        """Some APIs and packages, each by what tells it from others and as written."""
        others = [api for api in self.apis if api not in likely]
        for name, package in self.dice.some(likely, 65) + self.dice.some(others, percent):
            if package:
                yield (name, True), {"package": name}
            elif self.styles[name, False]:
                for version in self.dice.some(VERSIONS[name], 50):
                    yield (name, False, version), {"name": name, "version": version}
            else:
                yield (name, False, ANY), {"name": name}

    # ---------------------------------------------------------------------------------------------- everything

    def policy(self) -> None:
        dice = self.dice
        unlisted = {kind: dice.one(choices) for kind, choices in POLICIES.items() if dice.chance(70)}
        said = bool({"revoke", "remove"} & set(unlisted.values())) or dice.chance(40)
        written = {kind: dice.one(choices if dice.chance(45) else [["*"]]) for kind, choices in SCOPES.items()}
        written = written if said else {}
        self.scope = {**{kind: ["*"] for kind in SCOPES}, **written}
        policy: dict[str, Any] = {
            "limits": {
                "removals": {"percent": 100, "floor": 10000, "max": 10000},
                "grants": {"count": 100000},
                "invites": {"count": 10000},
                "may_empty": ["*"],
            }
        }
        if written:
            policy["scope"] = written
        if unlisted:
            policy["unlisted"] = unlisted
        if dice.chance(30):
            policy["reinstate"] = dice.one(["always", "held"])
        if dice.chance(10):
            policy["protected"] = {"developers": ["ada@*"], "teams": ["b*"]}
        if dice.chance(10):
            policy["warn_before_expiry"] = 40
        self.top("policy", policy)

    def defaults(self, data: dict[str, Any]) -> None:
        """A file's defaults; those of a file without developers say nothing."""
        defaults: dict[str, Any] = {}
        if self.dice.chance(15) and self.teams:
            defaults["teams"] = [self.named("name", self.dice.one(self.teams), self.noted(expires=30))]
        if self.dice.chance(15):
            defaults["expires"] = self.dice.one(EXPIRES)
        if self.dice.chance(5):
            defaults["annotations"] = {"sponsor": "jo@acme.example"}
        if defaults:
            data["defaults"] = defaults

    def developer(self, person: list[str]) -> None:
        dice, address = self.dice, self.dice.one(person)
        key = same_person(address)
        file = dice.one(FILES)
        defaults = self.files[file].get("defaults", {})
        entry: dict[str, Any] = {}
        if dice.chance(25):
            entry["status"] = dice.one(["revoked", "rejected"])
            entry |= self.noted(expires=5, reinstated=5)
        else:
            if dice.chance(10):
                entry["status"] = "approved"
            entry |= self.noted(expires=25, reinstated=30)
            if dice.chance(35):
                entry |= {"invite": True, "full_name": "Some Body"}
            teams = [
                self.membership(key, "name", team, team)
                for team in dice.some(self.teams, 35)
                if (key, team) not in self.members
            ]
            if teams or dice.chance(15):
                entry["teams"] = teams
            else:
                teams = [team if isinstance(team, str) else team["name"] for team in defaults.get("teams", [])]
                self.members |= {(key, team) for team in teams}
            apps = [self.application(("developer", key), name) for name in dice.some(APPS, 70)]
            if apps:
                entry["applications"] = apps
        item = self.named("email", address, entry)
        self.files[file].setdefault("developers", []).append(item)

    def membership(self, person: str, key: str, value: str, team: str) -> Any:
        self.members.add((person, team))
        return self.named(key, value, self.noted(expires=30, reinstated=3))

    def application(self, owner: tuple[str, str], name: str) -> dict[str, Any]:
        dice = self.dice
        apis = []
        likely = [api for api in self.apis if (owner, name, *api) in self.asked_for]
        for words, item in self.words(25, likely):
            if (owner, name, words) in self.registered:
                continue
            self.registered.add((owner, name, words))
            if dice.chance(20):
                item["status"] = dice.one(["revoked", "rejected", "approved"])
            if dice.chance(10):
                item["register"] = dice.chance(50)
            item |= self.noted(expires=20, reinstated=20)
            apis.append(item["name"] if list(item) == ["name"] and dice.chance(70) else item)
        application = {"name": name, "apis": apis, **self.noted(expires=10, reinstated=10)}
        if dice.chance(40):
            application["register"] = True
        return application

    def team(self, name: str) -> None:
        dice = self.dice
        entry: dict[str, Any] = {"name": name}
        if dice.chance(30):
            entry["description"] = dice.one(["New", "Old"])
        if dice.chance(30):
            entry["can_own_applications"] = dice.chance(50)
        if dice.chance(50):
            entry["roles"] = self.roles()
        people = [p for p in dice.some(self.people, 40) if (same_person(p[0]), name) not in self.members]
        if people or dice.chance(15):
            entry["members"] = [self.membership(same_person(p[0]), "email", dice.one(p), name) for p in people]
        apps = [self.application(("team", name), app) for app in dice.some(APPS, 30)]
        if apps:
            entry["applications"] = apps
        self.anywhere("teams", entry)

    def roles(self) -> list[dict[str, Any]]:
        roles = []
        names = [name for name, package in self.apis if not package]
        for role in ROLES:
            for api in [self.role_api(name) for name in self.dice.some(names, 25)]:
                region = self.dice.one([None, *REGIONS])
                roles.append({"role": role, "api": api, **({"region": region} if region else {})})
        return roles

    def role_api(self, name: str) -> Any:
        if not self.styles[name, False]:
            return name
        return {"name": name, "version": self.dice.one(VERSIONS[name])}

    def api(self, api: tuple[str, bool]) -> None:
        dice = self.dice
        everyone, self.apis = self.apis, [api]
        for words, named in self.words(100):
            apps = []
            owners = [("developer", same_person(p[0]), dice.one(p)) for p in dice.some(self.people, 30)]
            owners += [("team", team, {"team": team}) for team in dice.some(self.teams, 20)]
            for kind, name, owner in owners:
                app = dice.one(APPS)
                if ((kind, name), app, words) not in self.registered:
                    self.registered.add(((kind, name), app, words))
                    item = {"owner": owner, "name": app, **self.noted(expires=20, reinstated=20)}
                    if dice.chance(15):
                        item["status"] = dice.one(["revoked", "rejected", "approved"])
                    if dice.chance(30):
                        item["register"] = True
                    apps.append(item)
            if apps:
                self.anywhere("apis", {**named, "applications": apps})
        self.apis = everyone

    def rule(self) -> None:
        dice = self.dice
        rules = self.files[dice.one(TOP)].setdefault("rules", [])
        count = sum(len(data.get("rules", [])) for data in self.files.values())
        rule: dict[str, Any] = {"name": f"rule {count}", "match": {"email": dice.one(DOMAINS)}, "max": 10000}
        if dice.chance(75):
            rule["approve"] = dice.chance(85)
        teams = dice.some(self.teams, 30)
        if teams:
            rule["teams"] = teams
        apis = [item["name"] if list(item) == ["name"] else item for _, item in self.words(35)]
        if apis:
            rule["apis"] = apis
        rules.append({**rule, **self.noted(expires=15)})


def case_of(seed: int) -> Case:
    """The workspace and portal of a seed; they know some of the same names."""
    dice = Dice(seed)
    observed = portal_state(dice)
    return Case(Author(dice, observed).write(), observed)


def cases() -> st.SearchStrategy[Case]:
    """Any workspace beside any portal."""
    return st.integers(0, 2**64 - 1).map(case_of)
