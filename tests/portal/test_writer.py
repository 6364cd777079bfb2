"""Each write says what became of it, and nothing is made twice (contract 1.1 to 1.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.errors import (
    ConflictError,
    NonsenseError,
    NotFoundError,
    RefusedError,
    UnknownOutcomeError,
)
from reconciler.portal.client import Writer, Written
from tests.portal.stage import (
    PORTAL,
    Asked,
    Clock,
    Drops,
    Says,
    Stage,
    a_developer,
    a_registration,
    a_team,
    page,
    problem,
    uuid,
    writer,
)

BASE = f"/portals/{PORTAL}"
DEV, TEAM, APP, REG, API, ROLE = uuid(1, 1), uuid(2, 1), uuid(3, 0), uuid(4, 1), uuid(5, 1), uuid(6, 1)
A_ROLE = {
    "id": ROLE,
    "role_name": "API Viewer",
    "entity_id": API,
    "entity_type_name": "Services",
    "entity_region": "eu",
}


@dataclass
class Creation:
    """One kind of POST: how it is asked for, where it goes, how it shows when it is there."""

    name: str
    call: Callable[[Writer], Written]
    path: str
    shown_at: str
    shown: dict[str, Any]
    body: dict[str, Any]
    id: str | None
    answer: dict[str, Any] | None = field(default=None)


CREATIONS = [
    Creation(
        "member",
        lambda w: w.add_member(PORTAL, TEAM, DEV),
        f"{BASE}/teams/{TEAM}/developers",
        f"{BASE}/developers/{DEV}/teams",
        a_team(1),
        {"id": DEV},
        None,
    ),
    Creation(
        "role",
        lambda w: w.assign_role(PORTAL, TEAM, "API Viewer", API, "eu"),
        f"{BASE}/teams/{TEAM}/assigned-roles",
        f"{BASE}/teams/{TEAM}/assigned-roles",
        A_ROLE,
        {key: value for key, value in A_ROLE.items() if key != "id"},
        ROLE,
        A_ROLE,
    ),
    Creation(
        "registration",
        lambda w: w.create_registration(PORTAL, APP, API, "approved"),
        f"{BASE}/applications/{APP}/registrations",
        f"{BASE}/applications/{APP}/registrations",
        a_registration(1),
        {"api_id": API, "status": "approved"},
        REG,
        a_registration(1),
    ),
    Creation(
        "team",
        lambda w: w.create_team(PORTAL, "team 1", "about", can_own_applications=True),
        f"{BASE}/teams",
        f"{BASE}/teams",
        a_team(1),
        {"name": "team 1", "description": "about", "can_own_applications": True},
        TEAM,
        a_team(1),
    ),
    Creation(
        "developer",
        lambda w: w.create_developer(PORTAL, "dev1@partner.example", "Dev 1", "approved", True),
        f"{BASE}/developers",
        f"{BASE}/developers",
        a_developer(1),
        {"email": "dev1@partner.example", "full_name": "Dev 1", "status": "approved", "send_invitation_email": True},
        DEV,
        a_developer(1),
    ),
]
every = pytest.mark.parametrize("kind", CREATIONS, ids=lambda kind: kind.name)


def a_server(kind: Creation, posts: list[Says | Drops], shows: list[bool]) -> Callable[[Asked], Says | Drops]:
    """Answers POSTs as lined up, and shows the thing on each look as lined up (the last of either is repeated)."""

    def script(asked: Asked) -> Says | Drops:
        if asked.method == "POST":
            assert asked.path == f"/v3{kind.path}"
            return posts.pop(0) if len(posts) > 1 else posts[0]
        assert asked.path == f"/v3{kind.shown_at}"
        there = shows.pop(0) if len(shows) > 1 else shows[0]
        return Says(200, page([kind.shown] if there else []))

    return script


def posts(stage: Stage) -> int:
    return sum(asked.method == "POST" for asked in stage.asked)


@every
def test_what_is_created_is_done_with_one_request(stage: Stage, clock: Clock, kind: Creation) -> None:
    stage.plays(Says(201, kind.answer))
    assert kind.call(writer(stage, clock)) == Written("done", 201, "", kind.id)
    (asked,) = stage.asked
    assert (asked.method, asked.path, asked.body) == ("POST", f"/v3{kind.path}", kind.body)


@every
@pytest.mark.parametrize("lost", [Drops(), Says(502, b"<html>"), Says(201, {}, cut=1)], ids=["reset", "502", "cut"])
def test_what_was_made_although_the_answer_was_lost_is_not_made_twice(
    stage: Stage, clock: Clock, kind: Creation, lost: Says | Drops
) -> None:
    stage.script = a_server(kind, [lost], [True])
    written = kind.call(writer(stage, clock))
    assert (written.result, written.id) == ("done", kind.id)
    assert posts(stage) == 1


@every
def test_what_shows_late_is_not_made_twice(stage: Stage, clock: Clock, kind: Creation) -> None:
    """Contract 4: reads may lag behind writes, so one look is not enough."""
    stage.script = a_server(kind, [Drops()], [False, True])
    assert kind.call(writer(stage, clock)).result == "done"
    assert posts(stage) == 1
    assert clock.slept == [0.5, 2.0]


@every
def test_what_was_lost_on_the_way_is_sent_again(stage: Stage, clock: Clock, kind: Creation) -> None:
    stage.script = a_server(kind, [Drops(), Says(201, kind.answer)], [False])
    assert kind.call(writer(stage, clock)) == Written("done", 201, "", kind.id)
    assert posts(stage) == 2


@every
def test_a_second_try_that_meets_the_first_is_done(stage: Stage, clock: Clock, kind: Creation) -> None:
    """The first took effect after all: its 409 is not somebody else's."""
    stage.script = a_server(kind, [Drops(), Says(409, problem(409, "Conflict"))], [False, False, True])
    written = kind.call(writer(stage, clock))
    assert (written.result, written.status) == ("done", 409)


@every
def test_what_is_never_seen_is_given_up_after_a_few_tries(stage: Stage, clock: Clock, kind: Creation) -> None:
    stage.script = a_server(kind, [Drops()], [False])
    with pytest.raises(UnknownOutcomeError):
        kind.call(writer(stage, clock))
    assert posts(stage) == 3


@every
def test_if_reading_back_fails_the_outcome_stays_unknown(stage: Stage, clock: Clock, kind: Creation) -> None:
    stage.plays(Drops(), Says(403, problem(403, "Forbidden")))
    with pytest.raises(UnknownOutcomeError) as caught:
        kind.call(writer(stage, clock))
    assert "403" in str(caught.value.__cause__)
    assert posts(stage) == 1


@every
def test_a_refusal_is_neither_repeated_nor_read_back(stage: Stage, clock: Clock, kind: Creation) -> None:
    stage.plays(Says(400, problem(400, "Invalid Parameters")))
    with pytest.raises(RefusedError):
        kind.call(writer(stage, clock))
    assert len(stage.asked) == 1


@pytest.mark.parametrize("kind", [one for one in CREATIONS if one.name != "team"], ids=lambda kind: kind.name)
def test_what_is_there_as_wanted_is_already(stage: Stage, clock: Clock, kind: Creation) -> None:
    """Contract 1.2, 1.4: 409 on add_member, assign_role, create_registration, create_developer."""
    stage.script = a_server(kind, [Says(409, problem(409, "Conflict"))], [True])
    assert kind.call(writer(stage, clock)) == Written("already", 409, "kong:trace:123456", kind.id)
    assert posts(stage) == 1


def test_a_team_whose_name_is_taken_is_a_conflict(stage: Stage, clock: Clock) -> None:
    stage.plays(Says(409, problem(409, "Conflict")))
    with pytest.raises(ConflictError):
        writer(stage, clock).create_team(PORTAL, "team 1")
    (asked,) = stage.asked
    assert asked.body == {"name": "team 1"}


def test_a_team_created_without_an_answer_is_looked_up(stage: Stage, clock: Clock) -> None:
    """Any 2xx is success, but what follows needs the id."""
    stage.script = a_server(CREATIONS[3], [Says(204)], [True])
    assert writer(stage, clock).create_team(PORTAL, "team 1", "about", True) == Written("done", 204, "", TEAM)


@pytest.mark.parametrize("status", ["pending", "revoked", "rejected"])
def test_a_registration_that_is_there_but_not_approved_is_a_conflict(stage: Stage, clock: Clock, status: str) -> None:
    """Contract 4: a registration in any status counts as existing. Someone else must decide about it."""
    there = a_registration(1, status=status)
    stage.plays(Says(409, problem(409, "API is already registered to the application")), Says(200, page([there])))
    with pytest.raises(ConflictError, match=f"registration is there already, with the status {status}"):
        writer(stage, clock).create_registration(PORTAL, APP, API, "approved")


def test_a_developer_who_signed_up_meanwhile_in_another_status_is_a_conflict(stage: Stage, clock: Clock) -> None:
    there = a_developer(1, status="pending")
    stage.plays(Says(409, problem(409, "exists")), Says(200, page([there])))
    with pytest.raises(ConflictError, match="with the status pending"):
        writer(stage, clock).create_developer(PORTAL, "dev1@partner.example", "Dev", "approved", False)


def test_a_developer_is_found_in_another_case_where_the_filter_does_not_look(stage: Stage, clock: Clock) -> None:
    """Contract 3: whether the filter regards case is not documented; 409 says that somebody is there."""

    def script(asked: Asked) -> Says:
        if asked.method == "POST":
            return Says(409, problem(409, "Developer with the given email already exists"))
        return Says(200, page([] if "filter[email][eq]" in asked.query else [a_developer(1)]))

    stage.script = script
    written = writer(stage, clock).create_developer(PORTAL, "DEV1@partner.example", "Dev", "approved", False)
    assert (written.result, written.id) == ("already", DEV)


def test_a_conflict_with_something_unseen_stays_one(stage: Stage, clock: Clock) -> None:
    stage.plays(Says(409, problem(409, "Conflict")), Says(200, page([])))
    with pytest.raises(ConflictError):
        writer(stage, clock).create_registration(PORTAL, APP, API, "approved")


UPDATES: list[tuple[Callable[[Writer], Written], str, dict[str, Any]]] = [
    (
        lambda w: w.set_developer_status(PORTAL, DEV, "revoked"),
        f"PATCH {BASE}/developers/{DEV}",
        {"status": "revoked"},
    ),
    (
        lambda w: w.set_registration_status(PORTAL, APP, REG, "revoked"),
        f"PATCH {BASE}/applications/{APP}/registrations/{REG}",
        {"status": "revoked"},
    ),
    (
        lambda w: w.update_team(PORTAL, TEAM, {"description": "new"}),
        f"PATCH {BASE}/teams/{TEAM}",
        {"description": "new"},
    ),
]


@pytest.mark.parametrize(("call", "asked", "body"), UPDATES)
@pytest.mark.parametrize("answer", [True, False])
def test_a_patch_sends_only_what_changes(
    stage: Stage,
    clock: Clock,
    call: Callable[[Writer], Written],
    asked: str,
    body: dict[str, Any],
    answer: bool,
) -> None:
    stage.plays(Says(200, {"id": DEV, **body} if answer else None))
    assert call(writer(stage, clock)) == Written("done", 200, "", DEV if answer else None)
    assert stage.seen == [asked]
    assert stage.asked[0].body == body


@pytest.mark.parametrize(("call", "asked", "body"), UPDATES)
def test_a_patch_whose_answer_was_lost_is_sent_again(
    stage: Stage, clock: Clock, call: Callable[[Writer], Written], asked: str, body: dict[str, Any]
) -> None:
    """It sets a state, so twice is the same as once."""
    stage.plays(Drops(), Says(200, body))
    assert call(writer(stage, clock)).result == "done"
    assert stage.seen == [asked, asked]


@pytest.mark.parametrize(("call", "asked", "body"), UPDATES)
def test_a_patch_that_is_answered_with_another_value_did_not_do_it(
    stage: Stage, clock: Clock, call: Callable[[Writer], Written], asked: str, body: dict[str, Any]
) -> None:
    stage.plays(Says(200, dict.fromkeys(body, "approved")))
    with pytest.raises(NonsenseError, match="not as asked"):
        call(writer(stage, clock))


REMOVALS: list[tuple[Callable[[Writer], Written], str]] = [
    (lambda w: w.remove_member(PORTAL, TEAM, DEV), f"DELETE {BASE}/teams/{TEAM}/developers/{DEV}"),
    (lambda w: w.remove_role(PORTAL, TEAM, ROLE), f"DELETE {BASE}/teams/{TEAM}/assigned-roles/{ROLE}"),
]


@pytest.mark.parametrize(("call", "asked"), REMOVALS)
def test_what_is_removed_is_done_and_what_is_gone_is_already(
    stage: Stage, clock: Clock, call: Callable[[Writer], Written], asked: str
) -> None:
    """Contract 5: 404 on removing a non-member."""
    stage.plays(Says(204), Says(404, problem(404, "Not Found")))
    one = writer(stage, clock)
    assert call(one) == Written("done", 204)
    assert call(one) == Written("already", 404, "kong:trace:123456")
    assert stage.seen == [asked, asked]


def test_a_developer_who_is_gone_cannot_be_set(stage: Stage, clock: Clock) -> None:
    with pytest.raises(NotFoundError):
        writer(stage, clock).set_developer_status(PORTAL, DEV, "approved")
