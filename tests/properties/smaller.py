"""What is left of a failing case when everything that does not matter to the failure is taken out.

Cases are drawn from a seed, which Hypothesis cannot shrink; a case is small, structured data, which this can.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from reconciler.model.observed import Observed
from tests.properties.generate import Case

KINDS = ("registrations", "applications", "memberships", "roles", "developers", "teams", "apis")


def smallest(case: Case, test: Callable[[Case], Any]) -> Case:
    """The case without every part that the test fails without, in the same line."""
    failure = _failure(case, test)
    found = True
    while found:
        found = False
        for one_less in _one_less(case):
            if _failure(one_less, test) == failure:
                case, found = one_less, True
                break
    return case


def _failure(case: Case, test: Callable[[Case], Any]) -> tuple[str, Any] | None:
    """What fails, and in which line of the tests."""
    try:
        test(case)
    except Exception as problem:  # noqa: BLE001  (any failure is one)
        frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if "properties" in frame.filename]
        return type(problem).__name__, (frames[-1].filename, frames[-1].lineno) if frames else None
    return None


def _one_less(case: Case) -> Iterator[Case]:
    """The case without one thing of the portal, or without one item or key of a file."""
    for kind in KINDS:
        things = getattr(case.observed, kind)
        for n, thing in enumerate(things):
            less = replace(case.observed, **{kind: things[:n] + things[n + 1 :]})
            yield replace(case, observed=_without_what_hung_on(less, kind, thing.id if hasattr(thing, "id") else ""))
    for n, (name, data) in enumerate(case.workspace):
        for less in _less(data):
            file = [(name, less)] if less else []
            yield replace(case, workspace=[*case.workspace[:n], *file, *case.workspace[n + 1 :]])


def _without_what_hung_on(observed: Observed, kind: str, gone: str) -> Observed:
    """A portal has no membership of nobody and no registration of no application."""
    if kind == "applications":
        return replace(observed, registrations=tuple(r for r in observed.registrations if r.application_id != gone))
    if kind in ("developers", "teams"):
        memberships = tuple(m for m in observed.memberships if gone not in (m.developer_id, m.team_id))
        return replace(observed, memberships=memberships, roles=tuple(r for r in observed.roles if r.team_id != gone))
    return observed


def _less(data: Any) -> Iterator[Any]:
    """The data without one of its items or keys, outer ones first."""
    if isinstance(data, dict):
        for key in data:
            yield {other: value for other, value in data.items() if other != key}
        for key, value in data.items():
            for less in _less(value):
                yield {**data, key: less}
    if isinstance(data, list):
        for n in range(len(data)):
            yield data[:n] + data[n + 1 :]
        for n, value in enumerate(data):
            for less in _less(value):
                yield [*data[:n], less, *data[n + 1 :]]
