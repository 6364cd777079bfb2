"""Drift, snapshots and what is let go, for any valid workspace and any portal."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.change import Plan, Subject
from reconciler.model.desired import Desired
from reconciler.model.drift import Drift
from reconciler.model.observed import Observed, PortalSettings
from reconciler.model.snapshot import Snapshot, SnapshotSource
from reconciler.plan.drift.classify import Scene, classify
from reconciler.plan.drift.evidence import Event, Evidence
from reconciler.plan.drift.match import Lookup
from reconciler.plan.drift.presence import presence
from reconciler.plan.drift.table import CAUSE_UNKNOWN, TABLE
from reconciler.plan.let_go import let_go
from reconciler.plan.make import make_plan
from reconciler.snapshot.document import to_document
from reconciler.snapshot.read import snapshot_of
from tests.properties.generate import TODAY, Case, cases
from tests.properties.profiles import chosen
from tests.properties.simulate import applied
from tests.properties.walk import desired_for

NOW = f"{TODAY.isoformat()}T12:00:00Z"
LISTS = ("changes", "residual", "held", "unlisted", "blocked", "waiting", "requests")
SETTINGS = st.builds(
    PortalSettings,
    auto_approve_developers=st.sampled_from([None, False, True]),
    auto_approve_applications=st.sampled_from([None, False, True]),
    providers=st.sampled_from([None, (), ("oidc",)]),
    self_approving=st.sampled_from([None, (), ("api-payments", "package-kit")]),
)


def snapshot(observed: Observed, taken_at: str = "2026-11-01T00:00:00Z") -> Snapshot:
    return Snapshot(observed, PortalSettings(), (), SnapshotSource(taken_at, "sha256:"))


def scene(case: Case, evidence: Evidence | None = None, settings: PortalSettings | None = None) -> Scene:
    desired = desired_for(case)
    plan = make_plan(desired, case.observed)
    return Scene(plan, desired, case.observed, NOW, settings or PortalSettings(), evidence or Evidence())


def subjects(plan: Plan) -> Counter[Subject]:
    return Counter(thing.subject for kind in LISTS for thing in getattr(plan, kind))


def without_evidence(drift: Drift) -> Drift:
    items = tuple(replace(item, type="extra", because="", severity="note", action="") for item in drift.items)
    return Drift(tuple(sorted(items, key=repr)))


@chosen(100)
@given(case=cases(), then=cases(), settings=SETTINGS)
def test_every_change_and_item_has_exactly_one_class(case: Case, then: Case, settings: PortalSettings) -> None:
    """Whatever is known besides, nothing of the plan is lost, and nothing is told twice; the classes add up."""
    here = scene(case, Evidence((), snapshot(then.observed)), settings)
    drift = classify(here)
    assert Counter(item.subject for item in drift.items) == subjects(here.plan)
    assert sum(len(drift.of(name)) for name in TABLE) == len(drift.items)
    assert [item.severity for item in drift.items] == [TABLE[item.type].severity for item in drift.items]
    assert without_evidence(drift) == without_evidence(classify(scene(case)))


@chosen(100)
@given(case=cases())
def test_without_evidence_no_cause_is_told(case: Case) -> None:
    """What cannot be known is called so; nothing has vanished, nothing is let go, and nobody is auto-approved."""
    drift = classify(scene(case))
    assert drift.of("vanished", "let-go", "auto-approved") == ()
    assert {item.because for item in drift.items} <= {"", CAUSE_UNKNOWN}
    assert all((item.because == CAUSE_UNKNOWN) == TABLE[item.type].asks for item in drift.items)


@chosen(100)
@given(case=cases())
def test_drift_differs_where_the_plan_does(case: Case) -> None:
    """Without evidence the exit code is what it always was: changes, held, unlisted and residual differ."""
    here = scene(case)
    plan, differing = here.plan, [name for name, row in TABLE.items() if row.differs]
    assert bool(classify(here).of(*differing)) == bool(plan.changes or plan.held or plan.unlisted or plan.residual)


@chosen(100)
@given(case=cases())
def test_what_a_snapshot_of_now_has_cannot_have_vanished(case: Case) -> None:
    """Not even where two accounts have one address, or two teams one name, and only one of them has it."""
    assert classify(scene(case, Evidence(None, snapshot(case.observed)))).of("vanished") == ()


@chosen(100)
@given(case=cases(), then=cases())
def test_a_journal_of_everything_that_was_there_tells_what_a_snapshot_tells(case: Case, then: Case) -> None:
    """Both say: it was there. What is missing now has vanished by the one as by the other."""
    there = [subject for subject in presence(then.observed) if subject.kind != "team"]
    events = [Event("2026-11-01T00:00:00Z", "run", subject, True, True) for subject in there]
    by_journal, by_snapshot = Evidence(events), Evidence(None, snapshot(then.observed))
    ours, theirs = (classify(scene(case, evidence)) for evidence in (by_journal, by_snapshot))
    assert {item.subject for item in ours.of("vanished")} == {item.subject for item in theirs.of("vanished")}


@chosen(100)
@given(case=cases())
def test_a_plan_from_a_snapshot_is_the_plan_from_the_portal(case: Case) -> None:
    """Written down and read back, the portal is the same; only the lists' order is the snapshot's own."""
    document = to_document(case.observed, PortalSettings(rbac=True), ("kit",), taken_at=NOW, tool_version="1")
    read = snapshot_of(json.loads(json.dumps(document)), "a file")
    desired = desired_for(case)
    assert make_plan(desired, read.observed) == make_plan(desired, case.observed)
    assert to_document(read.observed, read.settings, read.packages, taken_at=NOW, tool_version="1") == document


# -------------------------------------------------------------------------------------------------------- let go


@chosen(100)
@given(case=cases())
def test_nothing_is_let_go_between_a_commit_and_itself(case: Case) -> None:
    desired = desired_for(case)
    assert let_go(desired, desired, make_plan(desired, case.observed), case.observed) == ()


@chosen(100)
@given(base=cases(), case=cases())
def test_what_is_said_to_become_of_what_is_let_go_does_become_of_it(base: Case, case: Case) -> None:
    """Taken: there before and not after. Absent: not there. Stays: whatever was there is there after the plan."""
    now = desired_for(case)
    plan = make_plan(now, case.observed)
    before, after = (_there(observed) for observed in (case.observed, applied(plan, case.observed)))
    for one in let_go(desired_for(base), now, plan, case.observed):
        had, has = before.any(one.subject), after.any(one.subject)
        if one.fate == "taken":
            assert had
            assert len(has) < len(had)
        elif one.fate == "absent":
            assert not had
        else:
            assert len(has) >= len(had)


def _there(observed: Observed) -> Lookup[Subject]:
    return Lookup((subject, subject) for subject in presence(observed))


@chosen(100)
@given(case=cases())
def test_an_empty_workspace_has_let_go_of_everything(case: Case) -> None:
    """Every line of the base is named once."""
    base = desired_for(case)
    nothing = Desired(base.portal, base.policy)
    gone = let_go(base, nothing, make_plan(nothing, case.observed), case.observed)
    lines = len(base.developers) + len(base.teams) + len(base.memberships) + len(base.registrations)
    assert len(gone) == lines + sum(len(team.roles or ()) for team in base.teams.values())
