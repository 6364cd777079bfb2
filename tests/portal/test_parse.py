"""The portal's JSON becomes our nouns, or an error that names the field (contract sections 1.1 to 1.6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.errors import NonsenseError
from reconciler.model.observed import Api, Application, Developer, Registration, Role, Team
from reconciler.portal import parse
from reconciler.portal.parse import Fields
from tests.portal.stage import PORTAL, TIME, a_developer, a_registration, a_team, an_api, an_application, uuid

A_ROLE = {
    "id": uuid(6, 1),
    "role_name": "API Viewer",
    "entity_id": uuid(5, 1),
    "entity_type_name": "Services",
    "entity_region": "eu",
}
Parse = Callable[[Fields], Any]


def a_role(f: Fields) -> Role:
    return parse.role(f, uuid(2, 1))


def api_here(f: Fields) -> Api | None:
    return parse.api_of(f, PORTAL)


def test_each_noun_is_read_whole() -> None:
    assert parse.developer(Fields(a_developer(1), "x")) == Developer(
        uuid(1, 1), "dev1@partner.example", "approved", "Dev 1", TIME, TIME
    )
    assert parse.team(Fields(a_team(1), "x")) == parse.ListedTeam(Team(uuid(2, 1), "team 1"), None)
    assert a_role(Fields(A_ROLE, "x")) == Role(uuid(6, 1), uuid(2, 1), "API Viewer", uuid(5, 1), "eu")
    assert parse.application(Fields(an_application(1), "x")) == Application(
        uuid(3, 1), "app 1", "developer", uuid(1, 1)
    )
    assert parse.registration(Fields(a_registration(1), "x")) == Registration(
        uuid(4, 1), uuid(3, 0), uuid(5, 1), "api 1", None, "approved", "api", TIME
    )
    assert api_here(Fields(an_api(1), "x")) == Api(uuid(5, 1), "api 1")
    assert api_here(Fields(an_api(1, portals=[]), "x")) is None


def test_a_team_says_what_the_portal_says() -> None:
    """Contract 1.2, 5: description may be null, the other fields may be absent."""
    raw = a_team(1, description="d", can_own_applications=True, konnect_managed=False)
    assert parse.team(Fields(raw, "x")) == parse.ListedTeam(Team(uuid(2, 1), "team 1", "d", True), False)


def test_an_application_without_an_owner_is_only_its_id() -> None:
    """Contract 1.3: `owner` may be absent in lists."""
    raw = an_application(1)
    del raw["owner"]
    assert parse.application(Fields(raw, "x")) == uuid(3, 1)


def test_what_the_contract_does_not_know_is_left_alone() -> None:
    """New fields must not stop anybody."""
    assert parse.developer(Fields(a_developer(1, brand_new={"a": 1}), "x")).id == uuid(1, 1)


@pytest.mark.parametrize(
    ("read", "raw", "field"),
    [
        (parse.developer, a_developer(1, status="suspended"), "status"),
        (parse.developer, a_developer(1, status=None), "status"),
        (parse.developer, a_developer(1, status=["approved"]), "status"),
        (parse.developer, a_developer(1, id=None), "id"),
        (parse.developer, a_developer(1, id=7), "id"),
        (parse.developer, a_developer(1, id=".."), "id"),
        (parse.developer, a_developer(1, id="a/b"), "id"),
        (parse.developer, a_developer(1, email=None), "email"),
        (parse.developer, a_developer(1, full_name=1), "full_name"),
        (parse.developer, a_developer(1, updated_at="yesterday"), "updated_at"),
        (parse.developer, a_developer(1, updated_at="2026-03-01T10:00:00"), "updated_at"),
        (parse.developer, a_developer(1, updated_at="0001-01-01T00:00:00+10:00"), "updated_at"),
        (parse.team, a_team(1, name=None), "name"),
        (parse.team, a_team(1, description=1), "description"),
        (parse.team, a_team(1, can_own_applications="no"), "can_own_applications"),
        (parse.team, a_team(1, konnect_managed=0), "konnect_managed"),
        (a_role, A_ROLE | {"entity_id": None}, "entity_id"),
        (a_role, A_ROLE | {"entity_region": None}, "entity_region"),
        (parse.application, an_application(1, owner="me"), "owner"),
        (parse.application, an_application(1, owner={"type": "robot", "id": "x"}), "type"),
        (parse.application, an_application(1, owner={"type": "team"}), "id"),
        (parse.registration, a_registration(1, status="active"), "status"),
        (parse.registration, a_registration(1, application=None), "application"),
        (parse.registration, a_registration(1, api={"id": "x", "name": "y", "version": None}), "entity_type"),
        (parse.registration, a_registration(1, updated_at=None), "updated_at"),
        (api_here, an_api(1, portals=None), "portals"),
        (api_here, an_api(1, portals=[{}]), "id"),
        (api_here, an_api(1, version=1), "version"),
    ],
)
def test_what_is_not_as_promised_is_an_error_naming_place_and_field(
    read: Parse, raw: dict[str, Any], field: str
) -> None:
    with pytest.raises(NonsenseError) as caught:
        read(Fields(raw, "GET /v3/list page 2, item 7"))
    assert field in caught.value.message
    assert caught.value.message.startswith("GET /v3/list page 2, item 7: ")
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2022-12-22T20:13:07.305Z", "2022-12-22T20:13:07.305Z"),
        ("1992-02-07T17:46:57.52Z", "1992-02-07T17:46:57.520Z"),
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z"),
        ("2026-03-01T00:30:00.1234567+02:00", "2026-02-28T22:30:00.123Z"),
    ],
)
def test_times_are_in_utc_with_milliseconds(written: str, read: str) -> None:
    """Contract 1: ISO-8601 with Z; its examples have two or three digits of a second."""
    assert Fields({"t": written}, "x").time("t") == read


def test_half_a_surrogate_pair_can_be_printed() -> None:
    assert Fields({"t": "a\ud800é"}, "x").text("t") == "a\\ud800é"


def test_an_error_shows_little_of_a_value_and_nothing_that_acts() -> None:
    with pytest.raises(NonsenseError) as caught:
        Fields({"status": "\x1b[2J" + "x" * 1000}, "GET /v3/x").status()
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 200
