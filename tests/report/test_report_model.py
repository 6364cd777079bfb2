"""The report derives facts once: exit code, summary, groups, sentences."""

from __future__ import annotations

import itertools

import pytest

from reconciler.errors import ExitCode, InputError, JournalError, PortalError, ReconcilerError, StalePlanError
from reconciler.finding import Finding
from reconciler.model.change import Action, Change, Item, LeftOut, Outcome, Plan, Ref, Refusal, Subject
from reconciler.report.model import Command, Failure, Report
from reconciler.report.words import Name, moves, object_words, subject_words, verb
from tests.report.samples import PORTAL, approve, join, leave, listed, person, report, reports, role, status, team

GRANT = approve("ada@partner.example", 4)
REMOVAL = leave("bob@partner.example", "partners", listed(5))
ITEM = Item(person("eve@partner.example"), "a reason")
REFUSAL = Refusal("grants", "too many", 2, "1", "split it")
ERROR = Finding("odd", "error", "odd")
LOST = Failure.of(PortalError("gone"))


def plan(*changes: Change, **lists: object) -> Plan:
    return Plan(PORTAL, changes, **lists)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (report("validate", None), 0),
        (report("validate", None, findings=(Finding("odd", "warning", "odd"),)), 0),
        (report("validate", None, findings=(ERROR,)), 3),
        (report("plan", None, findings=(ERROR,)), 3),
        (report("plan", plan()), 0),
        (report("plan", plan(GRANT)), 0),
        (report("plan", plan(GRANT), detailed_exitcode=True), 2),
        (report("plan", plan(waiting=(ITEM,), blocked=(ITEM,), held=(ITEM,)), detailed_exitcode=True), 0),
        (report("plan", plan(GRANT, refusals=(REFUSAL,)), detailed_exitcode=True), 4),
        (report("plan", None, error=LOST), 7),
        (report("plan", None, error=Failure.of(ReconcilerError("a bug"))), 1),
        (report("plan", None, error=Failure.of(InputError("no such file"))), 3),
        (report("drift", plan()), 0),
        (report("drift", plan(GRANT)), 2),
        (report("drift", plan(GRANT, refusals=(REFUSAL,))), 2),
        (report("drift", plan(refusals=(REFUSAL,))), 0),
        (report("drift", plan(held=(ITEM,))), 2),
        (report("drift", plan(unlisted=(ITEM,))), 2),
        (report("drift", plan(residual=(ITEM,))), 2),
        (report("drift", plan(waiting=(ITEM,), blocked=(ITEM,), requests=(ITEM,))), 0),
        (report("drift", None, error=LOST), 7),
        (report("apply", plan()), 0),
        (report("apply", plan(GRANT, refusals=(REFUSAL,))), 4),
        (report("apply", plan(GRANT)), 0),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "done"),)), 0),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "already"),)), 0),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "failed"),)), 6),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "skipped"),)), 6),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "stale"),)), 6),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "stale"),), error=LOST), 7),
        (report("apply", plan(left_out=(LeftOut(GRANT, "not-selected"),))), 0),
        (report("apply", plan(left_out=(LeftOut(GRANT, "not-reviewed"),))), 6),
        (report("apply", plan(GRANT, left_out=(LeftOut(REMOVAL, "not-reviewed"),))), 0),
        (
            report(
                "apply",
                plan(GRANT, left_out=(LeftOut(REMOVAL, "not-reviewed"),)),
                outcomes=(Outcome(GRANT, "done"),),
            ),
            6,
        ),
        (report("apply", plan(not_needed=(GRANT,))), 0),
        (report("plan", plan(left_out=(LeftOut(GRANT, "not-selected"),)), detailed_exitcode=True), 0),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "unknown"),)), 6),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "not-kept"),)), 6),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "done"),), error=Failure.of(JournalError("full"))), 6),
        (report("apply", plan(GRANT), error=Failure.of(JournalError("full"))), 3),
        (report("apply", plan(GRANT, REMOVAL), outcomes=(Outcome(GRANT, "done"),)), 6),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "done"), Outcome(REMOVAL, "failed", extra=True))), 6),
        (report("apply", plan(GRANT, REMOVAL), error=LOST), 7),
        (report("apply", plan(GRANT, REMOVAL), outcomes=(Outcome(GRANT, "skipped"),), error=LOST), 7),
        (report("apply", plan(GRANT, REMOVAL), outcomes=(Outcome(GRANT, "done"),), error=LOST), 6),
        (report("apply", plan(GRANT), outcomes=(Outcome(GRANT, "done"),), error=LOST), 6),
        (report("apply", None, error=Failure.of(StalePlanError("expired"))), 5),
        (report("apply", plan(GRANT), error=Failure.of(InputError("no terminal and no --yes"))), 3),
        (
            report(
                "apply", plan(GRANT), outcomes=(Outcome(GRANT, "done"),), error=Failure.of(ReconcilerError("bug"))
            ),
            1,
        ),
    ],
)
def test_exit_code(made: Report, code: int) -> None:
    assert made.exit_code == ExitCode(code)


@pytest.mark.parametrize("command", ["plan", "apply", "drift"])
def test_an_error_finding_of_the_plan_makes_it_invalid_too(command: Command) -> None:
    assert report(command, plan(findings=(ERROR,))).exit_code == ExitCode.INVALID


def test_findings_of_manifest_and_plan_are_told_once_each_and_in_file_order() -> None:
    late, early = (Finding("r", "warning", "m", origin=listed(line).origin) for line in (9, 2))
    made = report("plan", plan(findings=(early, late)), findings=(late, ERROR))
    assert made.all_findings == (early, late, ERROR)


def test_the_summary_counts_each() -> None:
    assert reports()["apply-partly"].summary == {
        "changes": 20,
        "grants": 9,
        "removals": 7,
        "neither": 4,
        "held": 0,
        "waiting": 0,
        "blocked": 0,
        "unlisted": 0,
        "requests": 0,
        "residual": 1,
        "refusals": 0,
        "lifted": 0,
        "left_out": 0,
        "not_needed": 0,
        "findings": 0,
        "errors": 0,
        "warnings": 0,
        "done": 18,
        "already": 1,
        "failed": 1,
        "skipped": 1,
        "stale": 0,
        "unknown": 0,
        "not_kept": 0,
        "untried": 0,
        "extra": 1,
    }
    assert report("validate", None, findings=(ERROR,)).summary == {"findings": 1, "errors": 1, "warnings": 0}


def test_groups_are_people_and_teams_with_those_who_lose_access_first_each_in_the_plans_order() -> None:
    neither = Change("update-team", team("beta"), {}, {}, "neither", listed(1))
    later = join("bob@partner.example", "beta", listed(9))
    waiting = Item(person("Ada@Partner.example", known=False), "has not signed up yet")
    made = report("plan", plan(neither, GRANT, REMOVAL, later, waiting=(waiting,), held=(ITEM,)))
    assert [(g.type, g.name, g.effect, [line.change for line in g.lines]) for g in made.groups] == [
        ("developer", "bob@partner.example", "removes", [REMOVAL, later]),
        ("developer", "ada@partner.example", "grants", [GRANT]),
        ("team", "beta", "neither", [neither]),
        ("developer", "eve@partner.example", "neither", []),
    ]
    assert made.groups[1].waiting == (waiting,)
    assert made.groups[3].held == (ITEM,)


def test_a_person_and_a_team_of_one_name_are_two_groups() -> None:
    name = "ada@partner.example"
    made = report("plan", plan(GRANT, Change("update-team", team(name), {}, {}, "neither", listed(1))))
    assert [(group.type, group.name) for group in made.groups] == [("developer", name), ("team", name)]


def test_each_line_knows_what_became_of_its_change() -> None:
    done, extra = Outcome(GRANT, "done"), Outcome(REMOVAL, "done", extra=True)
    made = report("apply", plan(GRANT, approve("cy@partner.example", 7)), outcomes=(done, extra))
    assert [line.outcome for group in made.groups for line in group.lines] == [extra, done, None]


def test_two_things_of_one_name_are_told_apart_by_their_ids() -> None:
    lines = [line for group in reports()["plan-mixed"].groups for line in group.lines]
    told = ["".join(line.words) for line in lines if line.change.action == "revoke-registration"]
    assert told == [
        "Checkout for payments v1, id reg-Checkout-payments-1",
        "Checkout for payments v1, id reg-Checkout-payments-2",
    ]


@pytest.mark.parametrize(
    ("action", "subject", "words"),
    [
        ("approve-developer", person("a@x.example"), "approve the developer"),
        ("revoke-developer", person("a@x.example"), "revoke the developer"),
        ("reject-developer", person("a@x.example"), "reject the developer"),
        ("invite-developer", person("a@x.example"), "invite to sign up, by mail"),
        ("create-team", team("beta"), "create the team"),
        ("update-team", team("beta"), "update the team"),
        ("assign-role", role("beta", "API Consumer", "orders", "eu"), "assign role API Consumer on orders in eu"),
        (
            "remove-role",
            role("beta", "API Consumer", "orders", "*"),
            "remove role API Consumer on orders in every region",
        ),
    ],
)
def test_sentences(action: Action, subject: Subject, words: str) -> None:
    change = Change(action, subject, None, None, "neither", listed(1))
    assert f"{verb(change)} {''.join(object_words(change))}" == words


def test_sentences_of_memberships_go_to_and_from() -> None:
    assert "".join(object_words(join("a@x.example", "beta", listed(1)))) == "to team beta"
    assert "".join(object_words(REMOVAL)) == "from team partners"


def test_what_others_typed_is_marked_within_a_sentence() -> None:
    parts = object_words(join("a@x.example", "beta", listed(1)))
    assert [type(part) for part in parts] == [str, Name]


@pytest.mark.parametrize("known", list(itertools.product([True, False], repeat=4)))
def test_a_subject_of_which_only_part_is_known_is_still_told_in_words(known: tuple[bool, ...]) -> None:
    """What blocks or waits may have no application, API, role or team yet."""
    ref = Ref("name")
    for kind in ("developer", "team", "membership", "role", "registration"):
        subject = Subject(
            kind,
            developer=ref if known[0] else None,
            team=ref if known[1] else None,
            application=ref if known[2] else None,
            role=ref if known[3] else None,
        )
        assert "".join(subject_words(subject))


def test_before_and_after_of_each_field_that_moves() -> None:
    change = Change(
        "update-team",
        team("t"),
        {"name": "t", "description": None, "can_own_applications": True},
        {"name": "t", "description": "d", "can_own_applications": True},
        "neither",
        listed(1),
    )
    assert [(move.field, move.before, move.after) for move in moves(change)] == [("description", None, "d")]
    invited = status("invite-developer", person("a@x.example", known=False), None, "approved", "grants", listed(1))
    assert [(move.field, move.before, move.after) for move in moves(invited)] == [("status", None, "approved")]
