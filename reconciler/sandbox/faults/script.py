"""A script of faults, read strictly: which requests, which of them, and what happens (docs/sandbox.md)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.sandbox.faults.fault import Fault
from reconciler.sandbox.seeds.place import Place, SeedError

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
STATUSES = (403, 429, 500, 502, 503, 504)
WHICH = ("method", "path", "query")
WHEN = ("nth", "every", "first", "after", "probability")
WHAT = ("latency", "jitter", "status", "retry_after", "drop", "truncate", "garbage", "hang", "shift", "stale")


class FaultError(SeedError):
    """A script that cannot be used; the message names the place, what is wrong and what is known there."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a script. Of the requests that fit, the `number`-th meets the fault if `counts` says so."""

    fault: Fault
    method: str | None = None
    path: re.Pattern[str] | None = None
    query: str = ""
    nth: frozenset[int] = frozenset()
    every: int = 0
    first: int = 0
    after: int = 0
    probability: float | None = None

    def fits(self, method: str, path: str, query: str) -> bool:
        """Whether the rule is about such a request; `path` begins below /v3."""
        return (
            self.method in (None, method)
            and (self.path is None or self.path.fullmatch(path) is not None)
            and self.query in query
        )

    def counts(self, number: int) -> bool:
        """Whether the rule is about the request of that number among those that fit, counted from 1."""
        if self.nth:
            return number in self.nth
        if number <= self.after or (self.first and number > self.after + self.first):
            return False
        return not self.every or (number - self.after) % self.every == 0


@dataclass(frozen=True, slots=True)
class Script:
    """The rules in order, and what their chances are drawn from."""

    rules: tuple[Rule, ...] = ()
    seed: int = 0


def read_file(path: Path) -> Script:
    """The script in a YAML file, or in a JSON file if its name ends so."""
    try:
        content = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return read(json.loads(content))
        import yaml  # here, so that a sandbox without files starts without it

        return read(yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))  # noqa: S506 - safe
    except FaultError:
        raise
    except Exception as error:  # OSError, or yaml.YAMLError, which cannot be named without importing yaml
        raise FaultError(f"{path}: {error}") from error


def read(document: Any) -> Script:
    """A script from plain values. Raises FaultError."""
    try:
        top = Place({} if document is None else document, "script").keys("seed", "faults")
        rules = tuple(_rule(place) for place in top.each("faults"))
        return Script(rules, _number(top, "seed", 0, least=0))
    except FaultError:
        raise
    except SeedError as error:
        raise FaultError(str(error)) from error


def _rule(place: Place) -> Rule:
    place.keys(*WHICH, *WHEN, *WHAT)
    if not any(key in place.value for key in WHAT):
        raise place.error(f"nothing happens: say one of {', '.join(WHAT)}")
    path = place.text("path")
    return Rule(
        fault=_fault(place),
        method=place.text("method", choices=METHODS),
        path=None if path is None else _glob(path),
        query=place.text("query", ""),
        nth=_nth(place),
        every=_number(place, "every", 0, least=1),
        first=_number(place, "first", 0, least=1),
        after=_number(place, "after", 0, least=1),
        probability=_share(place),
    )


def _fault(place: Place) -> Fault:
    status = place.value.get("status")
    if status is not None and status not in STATUSES:
        raise place.at("status").error(f"{status!r} is none of {', '.join(map(str, STATUSES))}")
    drop = place.text("drop", choices=("before", "after"))
    return Fault(
        latency=_seconds(place, "latency"),
        jitter=_seconds(place, "jitter"),
        status=status,
        retry_after=_number(place, "retry_after", None, least=0),
        drop=drop,
        **{flag: bool(place.flag(flag, False)) for flag in ("truncate", "garbage", "hang")},
        shift=_number(place, "shift", 0, least=-1000),
        stale=_seconds(place, "stale"),
    )


def _glob(path: str) -> re.Pattern[str]:
    """`*` is one part of a path, `**` any number of them."""
    parts = {"**": ".*", "*": "[^/]+"}
    return re.compile("".join(parts.get(part, re.escape(part)) for part in re.split(r"(\*\*|\*)", path)))


def _nth(place: Place) -> frozenset[int]:
    value = place.value.get("nth")
    numbers = value if isinstance(value, list) else [] if value is None else [value]
    if not all(type(number) is int and number > 0 for number in numbers):
        raise place.at("nth").error("expected a number from 1 on, or a list of them")
    return frozenset(numbers)


def _number(place: Place, key: str, default: Any, least: int) -> Any:
    value = place.value.get(key)
    if value is None:
        return default
    if type(value) is not int or value < least:
        raise place.at(key).error(f"expected a whole number from {least} on, found {value!r}")
    return value


def _seconds(place: Place, key: str) -> float:
    value = place.value.get(key, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 3600:
        raise place.at(key).error(f"expected seconds, found {value!r}")
    return float(value)


def _share(place: Place) -> float | None:
    value = place.value.get("probability")
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1):
        raise place.at("probability").error(f"expected a share from 0 to 1, found {value!r}")
    return value
