"""Which call makes which change, and what follows from taking somebody's access away: without a portal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, get_args

import pytest

from reconciler.apply.run import Applied, apply_plan
from reconciler.errors import ForbiddenError, JournalError, PortalError, UnknownOutcomeError, UnreachableError
from reconciler.model.change import Action, ApiRef, Cause, Change, Effect, Facts, Outcome, Plan, Ref, Subject
from reconciler.model.observed import Application, Portal, Registration
from reconciler.portal.creation import Written

ADA, CREW, APP = Ref("ada@x.example", "d1"), Ref("crew", "t1"), Ref("App", "a1")
API = ApiRef("payments", None, "p1")
ENTRY = Cause("entry", "listed")


class Recording:
    """A portal that takes every call and remembers it, or raises what it is told to for that call."""

    def __init__(self, **failing: Exception) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.failing = failing
        self.approved: list[Registration] = []
        self.owned: list[Application] = []
        self.hurried = 0
        self.result: Literal["done", "already"] = "done"

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            self.calls.append((name, *arguments, *named.values()))
            if name in self.failing:
                raise self.failing[name]
            if name in ("registrations", "applications"):
                return self.approved if name == "registrations" else self.owned
            made = {"create_team": "t9", "create_developer": "d9"}.get(name)
            return Written(self.result, 201 if made else 200, f"trace-{name}", made)

        return call

    def hurry(self) -> None:
        self.hurried += 1


def change(
    action: Action,
    kind: Any,
    after: Facts | None,
    effect: Effect = "grants",
    before: Facts | None = None,
    **subject: Any,
) -> Change:
    return Change(action, Subject(kind, **subject), before, after, effect, ENTRY)


def run(portal: Recording, *changes: Change, decided: dict[int, Outcome] | None = None) -> Applied:
    """The changes, each waiting for and needing the one before."""
    order = tuple(tuple(range(index)) for index in range(len(changes)))
    plan = Plan(Portal("P", "acme"), changes, order, order)
    return apply_plan(plan, portal, workers=1, decided=decided)  # type: ignore[arg-type]


REGISTRATION: dict[str, Any] = {"developer": ADA, "application": APP, "api": API, "registration_id": "r1"}
MEMBER: dict[str, Any] = {"developer": ADA, "team": CREW}
ROLE: dict[str, Any] = {"team": CREW, "api": API, "role": Ref("API Viewer"), "region": "eu"}
APPROVED: Facts = {"status": "approved"}
CALLS: list[tuple[Change, tuple[Any, ...]]] = [
    (
        change("approve-developer", "developer", APPROVED, developer=ADA),
        ("set_developer_status", "P", "d1", "approved"),
    ),
    (
        change("revoke-developer", "developer", {"status": "revoked"}, "neither", developer=ADA),
        (
            "set_developer_status",
            "P",
            "d1",
            "revoked",
        ),
    ),
    (
        change("reject-developer", "developer", {"status": "rejected"}, "neither", developer=ADA),
        (
            "set_developer_status",
            "P",
            "d1",
            "rejected",
        ),
    ),
    (
        change("invite-developer", "developer", {**APPROVED, "full_name": "Ada"}, developer=Ref("ada@x.example")),
        (
            "create_developer",
            "P",
            "ada@x.example",
            "Ada",
            "approved",
            True,
        ),
    ),
    (change("add-member", "membership", {"member": True}, **MEMBER), ("add_member", "P", "t1", "d1")),
    (
        change("remove-member", "membership", None, "removes", {"member": True}, **MEMBER),
        (
            "remove_member",
            "P",
            "t1",
            "d1",
        ),
    ),
    (
        change("approve-registration", "registration", APPROVED, **REGISTRATION),
        (
            "set_registration_status",
            "P",
            "a1",
            "r1",
            "approved",
        ),
    ),
    (
        change("revoke-registration", "registration", {"status": "revoked"}, "removes", **REGISTRATION),
        (
            "set_registration_status",
            "P",
            "a1",
            "r1",
            "revoked",
        ),
    ),
    (
        change("reject-registration", "registration", {"status": "rejected"}, "neither", **REGISTRATION),
        (
            "set_registration_status",
            "P",
            "a1",
            "r1",
            "rejected",
        ),
    ),
    (
        change("create-registration", "registration", APPROVED, **{**REGISTRATION, "registration_id": None}),
        (
            "create_registration",
            "P",
            "a1",
            "p1",
        ),
    ),
    (
        change("create-team", "team", {"name": "crew"}, "neither", team=Ref("crew")),
        (
            "create_team",
            "P",
            "crew",
            None,
            None,
        ),
    ),
    (
        change("update-team", "team", {"description": "x", "can_own_applications": None}, "neither", team=CREW),
        (
            "update_team",
            "P",
            "t1",
            {"description": "x"},
        ),
    ),
    (change("assign-role", "role", {"assigned": True}, **ROLE), ("assign_role", "P", "t1", "API Viewer", "p1", "eu")),
    (
        change(
            "remove-role", "role", None, "removes", {"assigned": True}, **{**ROLE, "role": Ref("API Viewer", "o1")}
        ),
        (
            "remove_role",
            "P",
            "t1",
            "o1",
        ),
    ),
]


def key(made: Change) -> str:
    return made.action


def test_every_action_is_tried_below() -> None:
    assert sorted(made.action for made, _ in CALLS) == sorted(get_args(Action))


@pytest.mark.parametrize(("made", "call"), CALLS, ids=[made.action for made, _ in CALLS])
def test_a_change_is_one_call_and_its_answer_is_told(made: Change, call: tuple[Any, ...]) -> None:
    """With the portal's status and trace."""
    portal = Recording()
    applied = run(portal, made)
    status = 201 if call[0] in ("create_team", "create_developer") else 200
    assert portal.calls == [call]
    assert applied == Applied((Outcome(made, "done", "", status, f"trace-{call[0]}"),))


def test_a_new_team_is_made_with_what_git_says_of_it() -> None:
    portal = Recording()
    after: Facts = {"name": "crew", "description": "All", "can_own_applications": False}
    run(portal, change("create-team", "team", after, "neither", team=Ref("crew")))
    assert portal.calls == [("create_team", "P", "crew", "All", False)]


def test_what_this_run_made_is_known_by_its_new_id() -> None:
    """A member of a new team, invited; the role of the new team."""
    portal = Recording()
    team, person = Ref("crew"), Ref("ada@x.example")
    run(
        portal,
        change("create-team", "team", {"name": "crew"}, "neither", team=team),
        change("assign-role", "role", {"assigned": True}, **{**ROLE, "team": team}),
        change("invite-developer", "developer", {**APPROVED, "full_name": "Ada"}, developer=person),
        change("add-member", "membership", {"member": True}, developer=person, team=team),
    )
    assert portal.calls[1] == ("assign_role", "P", "t9", "API Viewer", "p1", "eu")
    assert portal.calls[3] == ("add_member", "P", "t9", "d9")


# What a person asked for while their access was being taken away.

REVOKE = change("revoke-developer", "developer", {"status": "revoked"}, "removes", APPROVED, developer=ADA)
END = change("revoke-registration", "registration", {"status": "revoked"}, "removes", APPROVED, **REGISTRATION)
LATE = Registration("r2", "a2", "p2", "orders", "v1", "approved", "api_package")
EXTRA = Change(
    "revoke-registration",
    Subject(
        "registration",
        developer=ADA,
        application=Ref("Late", "a2"),
        api=ApiRef("orders", "v1", "p2", "api_package"),
        registration_id="r2",
    ),
    {"status": "approved"},
    {"status": "revoked"},
    "removes",
    Cause("policy", "approved while the person's access was being taken away"),
)
LOOKS = [("registrations", "P", "d1", "approved"), ("applications", "P", "d1")]


@pytest.mark.parametrize("action", ["revoke-developer", "reject-developer"])
def test_what_is_approved_meanwhile_is_ended_too(action: Action) -> None:
    """It stands after the change that led to it, and says that no plan had foreseen it."""
    portal = Recording()
    portal.approved, portal.owned = [LATE], [Application("a2", "Late", "developer", "d1")]
    fell = replace(REVOKE, action=action)
    applied = run(portal, fell)
    assert portal.calls[1:] == [*LOOKS, ("set_registration_status", "P", "a2", "r2", "revoked")]
    assert applied.outcomes == (
        Outcome(fell, "done", "", 200, "trace-set_developer_status"),
        Outcome(EXTRA, "done", "", 200, "trace-set_registration_status", True),
    )


def test_it_is_looked_for_too_where_somebody_else_took_the_access_away() -> None:
    """The portal says that the person was out already."""
    portal = Recording()
    portal.result = "already"
    assert [outcome.result for outcome in run(portal, REVOKE).outcomes] == ["already"]
    assert portal.calls[1:] == LOOKS[:1]


@pytest.mark.parametrize(
    "owner",
    [
        Application("a2", "Late", "developer", "d2"),
        Application("a2", "Late", "team", "d1"),
        Application("a3", "Late", "developer", "d1"),
    ],
)
def test_other_peoples_registrations_are_left_whatever_the_filter_lets_through(owner: Application) -> None:
    """The application must say itself that it is this person's."""
    portal = Recording()
    portal.approved, portal.owned = [LATE], [owner]
    assert [outcome.result for outcome in run(portal, REVOKE).outcomes] == ["done"]
    assert portal.calls[1:] == LOOKS


@pytest.mark.parametrize("action", ["revoke-registration", "reject-registration"])
def test_what_this_run_ended_itself_is_not_ended_again(action: Action) -> None:
    """The portal's lists may lag behind."""
    portal = Recording()
    portal.approved = [replace(LATE, id="r1", application_id="a1")]
    portal.owned = [Application("a1", "App", "developer", "d1")]
    ended = run(portal, replace(END, action=action), REVOKE)
    assert [outcome.result for outcome in ended.outcomes] == ["done", "done"]
    assert portal.calls[2:] == LOOKS[:1]


@pytest.mark.parametrize(
    "made",
    [
        change("approve-developer", "developer", APPROVED, developer=ADA),
        replace(REVOKE, effect="neither"),
        END,
        change("remove-member", "membership", None, "removes", {"member": True}, **MEMBER),
    ],
    ids=key,
)
def test_nobody_is_looked_for_after_other_changes(made: Change) -> None:
    portal = Recording()
    run(portal, made)
    assert len(portal.calls) == 1


def test_a_look_that_fails_is_told() -> None:
    """The person is out; what they may have asked for is not known."""
    portal = Recording(
        registrations=ForbiddenError("GET was answered 403", "ask for the role", status=403, trace="t")
    )
    applied = run(portal, REVOKE)
    assert applied.outcomes[1] == Outcome(
        REVOKE, "failed", "GET was answered 403; ask for the role", 403, "t", extra=True
    )


def test_what_was_decided_before_is_not_tried() -> None:
    """Of a saved plan: what is so already counts as made, what is stale does not."""
    portal = Recording()
    portal.approved, portal.owned = [LATE], [Application("a2", "Late", "developer", "d1")]
    already, stale = Outcome(REVOKE, "already"), Outcome(END, "stale", "not tried: it is gone")
    applied = run(portal, REVOKE, decided={0: already})
    assert [outcome.result for outcome in applied.outcomes] == ["already", "done"]
    assert portal.calls == [*LOOKS, ("set_registration_status", "P", "a2", "r2", "revoked")]
    skipped = run(portal, END, REVOKE, decided={0: stale})
    assert [outcome.result for outcome in skipped.outcomes] == ["stale", "skipped"]
    assert skipped.outcomes[1].detail == "not tried, because this did not succeed: revoke registration"
    ended = run(Recording(), END, REVOKE, decided={0: Outcome(END, "already")})
    assert [outcome.result for outcome in ended.outcomes] == ["already", "done"]


def test_each_way_to_fail_is_told_in_its_own_words() -> None:
    """A refusal with its hint, an answer that was lost, a defect of ours; and what ends the run."""
    told: dict[Exception, tuple[Any, ...]] = {
        ForbiddenError("no", "ask", status=403, trace="x"): ("failed", "no; ask", 403, "x", None),
        PortalError("no"): ("failed", "no", None, "", None),
        UnknownOutcomeError("lost", "look", status=502): ("unknown", "lost; look", 502, "", None),
        UnreachableError("away"): ("failed", "away", None, "", UnreachableError),
        ValueError("x"): ("failed", "internal error: ValueError; please report it", None, "", None),
    }
    for error, (result, detail, status, trace, ends) in told.items():
        applied = run(Recording(set_registration_status=error), END)
        assert applied.outcomes == (Outcome(END, result, detail, status, trace),)
        assert type(applied.error) is (ends or type(None))


# What is written down of it.


class Lines:
    """A record that fails from its `fails`-th line on."""

    def __init__(self, fails: int = 1000) -> None:
        self.lines: list[tuple[Any, ...]] = []
        self.fails = fails

    def attempted(self, made: Change, position: int | None) -> None:
        self.put("attempted", made, position)

    def answered(self, outcome: Outcome, position: int | None) -> None:
        self.put(outcome.result, outcome.change, position)

    def put(self, *line: Any) -> None:
        if len(self.lines) == self.fails:
            raise JournalError("the disk is full")
        self.lines.append(line)


def recorded(record: Lines, decided: Outcome | None = None) -> Applied:
    """END, then REVOKE, which needs it, and what came meanwhile."""
    portal = Recording()
    portal.approved, portal.owned = [LATE], [Application("a2", "Late", "developer", "d1")]
    plan = Plan(Portal("P", "acme"), (END, REVOKE), ((), (0,)), ((), (0,)))
    how: Any = {"workers": 1, "record": record, "decided": {0: decided} if decided else None}
    return apply_plan(plan, portal, **how)  # type: ignore[arg-type]


def test_every_line_tells_the_change_and_its_position_in_the_plan() -> None:
    """What no plan had foreseen has none; what is not tried has no attempt."""
    record = Lines()
    recorded(record)
    pairs = [(END, 0), (REVOKE, 1), (EXTRA, None)]
    assert record.lines == [(kind, *pair) for pair in pairs for kind in ("attempted", "done")]
    stale = Lines()
    recorded(stale, Outcome(END, "stale", "gone"))
    assert stale.lines == [("stale", END, 0), ("skipped", REVOKE, 1)]


@pytest.mark.parametrize(
    ("fails", "results"),
    [
        (0, [("skipped", "not tried: the disk is full"), ("skipped", "not tried: the journal cannot be written")]),
        (1, [("done", ""), ("skipped", "not tried: the journal cannot be written")]),
        (2, [("done", ""), ("skipped", "not tried: the disk is full")]),
        (3, [("done", ""), ("done", ""), ("skipped", "not tried: the disk is full")]),
        (4, [("done", ""), ("done", ""), ("skipped", "not tried: the disk is full")]),
        (5, [("done", ""), ("done", ""), ("done", "")]),
    ],
)
def test_what_cannot_be_written_down_is_not_sent_and_ends_the_run(fails: int, results: list[tuple[str, str]]) -> None:
    applied = recorded(Lines(fails))
    assert [(outcome.result, outcome.detail) for outcome in applied.outcomes] == results
    assert [outcome.change for outcome in applied.outcomes] == [END, REVOKE, EXTRA][: len(results)]
    assert type(applied.error) is JournalError


def test_a_failed_removal_ends_nothing_else_of_the_person() -> None:
    """Whether somebody is out must be known before what they asked for is looked at."""
    portal = Recording(set_developer_status=PortalError("no"))
    assert [outcome.result for outcome in run(portal, REVOKE).outcomes] == ["failed"]
    assert len(portal.calls) == 1


def test_nothing_more_is_done_for_what_was_so_already_once_the_portal_is_lost() -> None:
    portal = Recording(set_registration_status=UnreachableError("away"))
    plan = Plan(Portal("P", "acme"), (END, REVOKE), ((), (0,)), ((), ()))
    how: Any = {"workers": 1, "decided": {1: Outcome(REVOKE, "already")}}
    applied = apply_plan(plan, portal, **how)  # type: ignore[arg-type]
    assert [outcome.result for outcome in applied.outcomes] == ["failed", "already"]
    assert len(portal.calls) == 1
