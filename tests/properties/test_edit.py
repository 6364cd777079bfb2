"""For any manifest in any style: an edit adds what was asked, and no other line changes by a byte."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import EditError
from reconciler.manifest.edit.change import edited
from reconciler.manifest.edit.emit import Foreign
from reconciler.manifest.edit.working import as_mapping, insert, plain
from reconciler.manifest.parse import parse
from tests.properties.profiles import chosen
from tests.properties.styles import Style

Edit = Callable[[Any], int]
"""Changes the data, and says how many lines that are there it may change."""

NAMES = ["ada@a.example", "bob@b.example", "Cy@a.example", "zoë@a.example", "no", "Checkout", "x y", "it's", 'q"q']
STRANGE = [
    "x: y",
    "- x",
    "# x",
    "a\nb",
    "{a: b}",
    "*x",
    "&x",
    "!x",
    "é\u202e",
    "\u200b",
    "'",
    '"',
    "null",
    "",
    " ",
    "\x85",
]


def manifest(roll: random.Random) -> dict[str, Any]:
    """A file with some of the lists, in an order of their own."""
    parts = {"portal": {"name": "acme", "region": "eu"}, "developers": people(roll), "teams": teams(roll)}
    chosen_ = [key for key in parts if roll.random() < 0.8] or ["portal"]
    roll.shuffle(chosen_)
    return {key: parts[key] for key in chosen_}


def people(roll: random.Random) -> list[Any]:
    return [person(roll, name) for name in roll.sample(NAMES, roll.randrange(5))]


def person(roll: random.Random, email: str) -> Any:
    if roll.random() < 0.3:
        return email
    entry: dict[str, Any] = {"email": email}
    if roll.random() < 0.5:
        entry["expires"] = "2027-01-31"
    if roll.random() < 0.6:
        entry["teams"] = [{"name": n} if roll.random() < 0.3 else n for n in roll.sample(NAMES, roll.randrange(3))]
    if roll.random() < 0.6:
        entry["applications"] = [{"name": n, "apis": ["pay"]} for n in roll.sample(NAMES, roll.randrange(3))]
    return entry


def teams(roll: random.Random) -> list[Any]:
    return [{"name": n, "members": people(roll)} for n in roll.sample(NAMES, roll.randrange(3))]


def additions(roll: random.Random) -> Edit:
    """Some of everything that is added to manifests."""
    steps = [roll.choice(STEPS) for _ in range(roll.randrange(1, 4))]
    seed = roll.random()

    def change(data: Any) -> int:
        dice = random.Random(seed)
        return sum(step(dice, data) for step in steps)

    return change


def add_person(roll: random.Random, data: Any) -> int:
    new = [Foreign(roll.choice(STRANGE)), {"email": Foreign("new@a.example"), "teams": ["t", "no"]}]
    added = roll.sample(new, roll.randrange(1, 3))
    insert(data.setdefault("developers", []), added, email)
    return len(added)  # in brackets over several lines each may stand on another one


def email(item: Any) -> str:
    return (item if isinstance(item, str) else item["email"]).lower()


def set_expires(roll: random.Random, data: Any) -> int:
    return within(roll, data, lambda entry: entry.update(expires="2028-02-28"))


def add_team(roll: random.Random, data: Any) -> int:
    return within(roll, data, lambda entry: entry.setdefault("teams", []).append(roll.choice(["t", {"name": "t"}])))


def add_application(roll: random.Random, data: Any) -> int:
    new = {"name": Foreign(roll.choice(STRANGE)), "apis": ["pay", {"name": "o", "version": None}]}
    return within(roll, data, lambda entry: entry.setdefault("applications", []).insert(0, new))


def add_api(roll: random.Random, data: Any) -> int:
    def change(entry: Any) -> None:
        for application in entry.get("applications", ()):
            application["apis"].append("more")
            as_mapping(application["apis"], 0, "name")["status"] = "revoked"

    return within(roll, data, change)


def within(roll: random.Random, data: Any, change: Callable[[Any], object]) -> int:
    entries = data.get("developers")
    if not entries:
        return 0
    change(as_mapping(entries, roll.randrange(len(entries)), "email"))
    return 4


STEPS = (add_person, set_expires, add_team, add_application, add_api)


def case(seed: int) -> tuple[str, Edit, random.Random]:
    roll = random.Random(seed)
    return Style.any(roll).text(manifest(roll)), additions(roll), roll


@chosen()
@given(st.integers(0, 2**32))
def test_what_is_read_after_an_addition_is_the_old_data_and_the_addition(seed: int) -> None:
    """Whatever the style, an addition can be made, and strangers' text is nothing but data."""
    text, change, _ = case(seed)
    read, findings = parse(text, "f.yaml")
    assert read is not None, (text, findings)
    wanted = plain(read.root)
    budget = change(wanted)
    made = edited(text, "f.yaml", change).after
    now, _ = parse(made, "f.yaml")
    assert now is not None
    assert plain(now.root) == wanted
    old, new = text.splitlines(keepends=True), made.splitlines(keepends=True)
    if old and not old[-1].endswith("\n"):
        new = [line + "\n" if line == old[-1] else line for line in new]
        old[-1] += "\n"
    assert len(old) - common(old, new) <= budget, (text, made)
    assert ("\r\n" in text) == ("\r\n" in made)
    assert made.count("\r\n") in (0, made.count("\n"))


def common(old: list[str], new: list[str]) -> int:
    """How many of the old lines are in the new ones, in their order."""
    best = [0] * (len(new) + 1)
    for line in old:
        row = [0]
        for at, other in enumerate(new):
            row.append(best[at] + 1 if line == other else max(best[at + 1], row[at]))
        best = row
    return best[-1]


@chosen()
@given(st.integers(0, 2**32))
def test_a_removal_is_made_or_refused(seed: int) -> None:
    """What is taken out is gone and nothing else; a style in which that is not safe is left as it is."""
    text, _, roll = case(seed)
    read, _ = parse(text, "f.yaml")
    assert read is not None
    key, at = roll.choice(["teams", "applications", "expires", ""]), roll.random()

    def change(data: Any) -> None:
        entries = data.get("developers") or [None]
        index = int(at * len(entries))
        if key and isinstance(entries[index], dict):
            entries[index].pop(key, None)
            entries[index]["status"] = "revoked"
        elif not key and len(entries) > 1:
            del entries[index]

    wanted = plain(read.root)
    change(wanted)
    try:
        made = edited(text, "f.yaml", change).after
    except EditError:
        return
    now, _ = parse(made, "f.yaml")
    assert now is not None
    assert plain(now.root) == wanted
    old, new = text.splitlines(), made.splitlines()
    assert common(new, old) >= len(new) - 2  # a line that lost an item, and one for the status
