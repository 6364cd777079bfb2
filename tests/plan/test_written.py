"""policy.reinstate: committed, line by line; the stories with a real git are in tests/scenarios/test_written.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pytest

from reconciler.finding import Finding
from reconciler.model.change import Plan
from reconciler.model.observed import Observed
from reconciler.model.origin import Origin
from reconciler.model.provenance import Commit, Provenance
from reconciler.plan.make import make_plan
from reconciler.plan.written import Trace, Written, planned_as_written
from tests.plan.test_whole_plans import TODAY, desired, observed

FILES = """
portal: {name: acme, region: eu}
policy: {reinstate: %s, limits: {removals: {floor: 9}}}
developers:
  - {email: ada@x.example, applications: [{name: App, apis: [payments]}]}
  - {email: bob@x.example%s}
  - {email: cy@x.example}
"""
STOPPED = "2026-11-10T12:00:00.000Z"
PEOPLE = ["approve-developer ada@x.example", "approve-developer bob@x.example"]
PLACES = {Origin("access.yaml", 5, 5), Origin("access.yaml", 5, 62), Origin("access.yaml", 6, 5)}
"""Where what is held is listed."""
ALL = sorted([*PEOPLE, "approve-registration ada@x.example"])


def there() -> Observed:
    """Two people and a registration that somebody stopped on the portal on 10 November."""
    return observed(
        {
            "developers": [
                ["d1", "ada@x.example", "revoked"],
                ["d2", "bob@x.example", "rejected"],
                ["d3", "cy@x.example", "approved"],
            ],
            "applications": [["a1", "App", "developer", "d1"]],
            "registrations": [["g1", "a1", "payments", "revoked"]],
            "apis": [["payments", "payments", None]],
        }
    )


def committed(authored: str, written: str | None = None) -> Provenance:
    """By a commit with these two times."""
    at = authored if written is None else written
    return Provenance("committed", Commit("0123456789abcdef", "Eve <eve@x.example>", "", authored, at, "Give back"))


class History:
    """Every line was written as `provenance` says; remembers which files and lines were asked for."""

    def __init__(self, provenance: Provenance) -> None:
        self.provenance, self.asked, self.traced = provenance, list[str](), set[Origin | None]()

    def __call__(self, files: Iterable[str]) -> Trace:
        self.asked += files
        return self.trace

    def trace(self, origin: Origin | None) -> Provenance:
        self.traced.add(origin)
        return self.provenance


def planned(
    provenance: Provenance,
    *,
    reinstate: str = "committed",
    today: dt.date = TODAY,
    bob: str = "",
    portal: Observed | None = None,
) -> tuple[Plan, History]:
    meant, found = desired({"access.yaml": FILES % (reinstate, bob)})
    assert meant is not None, found
    history = History(provenance)
    seen = portal or there()
    made = planned_as_written(meant, Written(history, today), lambda said, more: make_plan(said, seen, findings=more))
    return made, history


def given(made: Plan) -> list[str]:
    return sorted(f"{each.action} {each.subject.developer.name}" for each in made.changes if each.subject.developer)


def rules(made: Plan) -> list[str]:
    return [finding.rule for finding in made.findings]


@pytest.mark.parametrize(
    ("authored", "written", "back"),
    [
        ("2026-11-11T00:00:00Z", "2026-11-11T00:00:00Z", True),
        ("2026-11-10T23:59:59Z", "2026-11-10T23:59:59Z", False),
        ("2026-11-12T00:00:00Z", "2026-11-10T00:00:00Z", False),
        ("2026-11-10T00:00:00Z", "2026-11-12T00:00:00Z", False),
        ("2026-11-15T23:00:00Z", "2026-11-15T23:00:00Z", True),
        ("2026-11-16T00:00:00Z", "2026-11-16T00:00:00Z", False),
        ("2026-11-15T00:00:00Z", "2026-11-16T00:00:00Z", True),
        ("", "2026-11-12T00:00:00Z", False),
        ("2026-11-12T00:00:00Z", "", False),
    ],
)
def test_a_stop_is_undone_by_a_line_that_was_written_on_a_later_day(authored: str, written: str, back: bool) -> None:
    """By the earlier one of the commit's two times; one that is still to come, or that git does not tell, is none."""
    made, history = planned(committed(authored, written))
    assert given(made) == (ALL if back else [])
    assert history.asked == ["access.yaml"]
    assert history.traced == PLACES


def test_each_line_that_gives_back_is_told_with_its_commit() -> None:
    made, _ = planned(committed("2026-11-11T08:00:00Z"))
    hint = "policy.reinstate is committed; set the line to `status: revoked` if the stop is to stay"
    told = "stopped on the portal on 2026-11-10, and given back: commit 0123456789ab wrote this line later"
    assert sorted(made.findings, key=str) == sorted(
        (Finding("reinstated-by-commit", "warning", told, hint, place) for place in PLACES),
        key=str,
    )


def test_a_line_that_does_not_give_back_is_not_told_of() -> None:
    assert rules(planned(committed("2026-11-10T08:00:00Z"))[0]) == []
    silent = replace(there(), developers=tuple(replace(each, updated_at="") for each in there().developers))
    made, _ = planned(committed("2026-11-12T08:00:00Z"), portal=silent)
    assert rules(made) == ["reinstated-by-commit"]  # the registration, whose day is known


def test_the_day_that_a_line_says_itself_counts_where_it_is_later() -> None:
    """A day before the commit, the commit counts; a day after it, that."""
    late = committed("2026-11-11T08:00:00Z")
    assert "approve-developer bob@x.example" in given(planned(late, bob=", reinstated: 2026-11-01")[0])
    early = committed("2026-11-01T08:00:00Z")
    assert given(planned(early, bob=", reinstated: 2026-11-12")[0]) == ["approve-developer bob@x.example"]


def test_where_nobody_knows_when_a_line_was_written_that_is_said_once() -> None:
    why = "the clone has no history"
    made, _ = planned(Provenance("unknown", why=why))
    assert given(made) == []
    message = f"policy.reinstate is committed, and nobody knows when held entries were written: {why}"
    assert made.findings == (
        Finding("reinstate-unknown", "warning", message, "what is held stays held until that is known"),
    )
    assert rules(planned(Provenance("uncommitted"))[0]) == []


@pytest.mark.parametrize("reinstate", ["held", "always"])
def test_git_is_not_asked_where_the_policy_does_not_ask(reinstate: str) -> None:
    _, history = planned(committed("2026-11-12T08:00:00Z"), reinstate=reinstate)
    assert history.asked == []
