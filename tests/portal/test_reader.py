"""What a reader asks for, and what it makes of the answers."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import InputError, NonsenseError, NotFoundError, UnauthorizedError
from reconciler.model.observed import Api, Application, Portal
from reconciler.portal.reader import region_of
from tests.portal.stage import (
    PORTAL,
    Asked,
    Clock,
    Says,
    Stage,
    a_developer,
    a_registration,
    a_team,
    an_application,
    page,
    paged,
    problem,
    reader,
    uuid,
)

BASE = f"/portals/{PORTAL}"


def portals(*names: str) -> Any:
    """Serves portals, filtered by name as asked."""
    every = [{"id": uuid(9, n), "name": name} for n, name in enumerate(names)]

    def script(asked: Asked) -> Says:
        wanted = asked.query.get("filter[name][eq]")
        return Says(200, page([one for one in every if wanted in (None, one["name"])]))

    return script


def test_a_portal_is_found_by_name_with_one_request(stage: Stage, clock: Clock) -> None:
    stage.script = portals("acme", "other")
    assert reader(stage, clock).find_portal(name="acme") == Portal(uuid(9, 0), "acme", stage.url, None)
    (asked,) = stage.asked
    assert asked.query["filter[name][eq]"] == "acme"


def test_a_portal_is_found_by_id_with_one_request(stage: Stage, clock: Clock) -> None:
    stage.plays(Says(200, {"id": PORTAL, "name": "acme"}))
    assert reader(stage, clock).find_portal(id=PORTAL) == Portal(PORTAL, "acme", stage.url, None)
    assert stage.seen == [f"GET {BASE}"]


def test_a_portal_whose_id_and_name_disagree_is_a_mistake(stage: Stage, clock: Clock) -> None:
    stage.plays(Says(200, {"id": PORTAL, "name": "acme"}))
    with pytest.raises(InputError, match="has the name 'acme', not 'other'"):
        reader(stage, clock).find_portal(id=PORTAL, name="other")


def test_an_id_that_is_none_is_a_mistake_before_anything_is_asked(stage: Stage, clock: Clock) -> None:
    with pytest.raises(InputError, match="not the id"):
        reader(stage, clock).find_portal(id="../apis")
    assert stage.asked == []


def test_a_portal_that_is_not_there_is_told_with_those_that_are(stage: Stage, clock: Clock) -> None:
    stage.script = portals("acme", "other")
    with pytest.raises(NotFoundError, match="no portal of the name 'acne'") as caught:
        reader(stage, clock).find_portal(name="acne")
    assert caught.value.hint == "it sees: acme, other"


def test_two_portals_of_one_name_must_be_named_by_id(stage: Stage, clock: Clock) -> None:
    stage.script = portals("acme", "acme")
    with pytest.raises(InputError, match=f"{uuid(9, 0)}, {uuid(9, 1)}"):
        reader(stage, clock).find_portal(name="acme")


def test_a_server_that_does_not_filter_as_asked_finds_no_other_portal(stage: Stage, clock: Clock) -> None:
    stage.plays(Says(200, page([{"id": PORTAL, "name": "ACME"}])))
    with pytest.raises(NotFoundError):
        reader(stage, clock).find_portal(name="acme")


@pytest.mark.parametrize(
    ("server", "region"),
    [
        ("https://eu.api.konghq.com", "eu"),
        ("https://us.api.konghq.com:443", "us"),
        ("https://global.api.konghq.com", None),
        ("https://eu.api.konghq.com.evil.example", None),
        ("http://127.0.0.1:8080", None),
    ],
)
def test_the_region_is_in_the_address_of_konnect(server: str, region: str | None) -> None:
    assert region_of(server) == region


@pytest.mark.parametrize(
    ("settings", "on"),
    [
        ({"idp_mapping_enabled": True, "oidc_team_mapping_enabled": False}, True),
        ({"idp_mapping_enabled": False, "oidc_team_mapping_enabled": True}, False),
        ({"idp_mapping_enabled": None, "oidc_team_mapping_enabled": True}, True),
        ({"oidc_team_mapping_enabled": False}, False),
    ],
)
def test_the_mapping_is_on_as_the_newer_field_says(
    stage: Stage, clock: Clock, settings: dict[str, Any], on: bool
) -> None:
    """Contract 1.5: oidc_team_mapping_enabled is replaced by idp_mapping_enabled."""
    stage.plays(Says(200, settings))
    assert reader(stage, clock).idp_mapping(PORTAL) is on


@pytest.mark.parametrize("settings", [{}, {"idp_mapping_enabled": "yes"}, []])
def test_settings_that_do_not_say_are_nonsense(stage: Stage, clock: Clock, settings: Any) -> None:
    stage.plays(Says(200, settings))
    with pytest.raises(NonsenseError, match="authentication-settings"):
        reader(stage, clock).idp_mapping(PORTAL)


@pytest.mark.parametrize("status", [400, 404])
def test_without_an_identity_provider_no_team_is_mapped(stage: Stage, clock: Clock, status: int) -> None:
    """Contract 1.5: 400 if no IdP is configured."""
    stage.plays(Says(status, problem(status, "No IdP")))
    assert reader(stage, clock).mapped_teams(PORTAL) == frozenset()


def test_mapped_teams_that_may_not_be_read_are_no_empty_list(stage: Stage, clock: Clock) -> None:
    stage.plays(Says(401, problem(401, "Unauthorized")))
    with pytest.raises(UnauthorizedError):
        reader(stage, clock).mapped_teams(PORTAL)


def test_a_cleared_team_is_not_mapped(stage: Stage, clock: Clock) -> None:
    """Contract 1.5: after clearing, the team may be absent or present with empty groups."""
    rows = [{"team_id": uuid(2, 1), "groups": ["a"]}, {"team_id": uuid(2, 2), "groups": []}]
    stage.plays(Says(200, page(rows)))
    assert reader(stage, clock).mapped_teams(PORTAL) == {uuid(2, 1)}


def test_a_developer_is_found_whatever_the_case_of_the_address(stage: Stage, clock: Clock) -> None:
    """Contract 3: the server's own view of case is not documented."""
    stage.plays(Says(200, page([a_developer(1, email="Ada@X.example"), a_developer(2, email="ada@x.example")])))
    one = reader(stage, clock)
    found = [one.developer_by_email(PORTAL, email) for email in ("ada@x.example", "ADA@x.example", "äda@x.example")]
    assert [developer and developer.id for developer in found] == [uuid(1, 2), uuid(1, 1), None]
    assert stage.asked[0].query["filter[email][eq]"] == "ada@x.example"


def test_an_owner_left_out_of_the_list_is_asked_for(stage: Stage, clock: Clock) -> None:
    """Contract 1.3; an application that went away in between is simply not there."""
    bare, gone = an_application(2), an_application(3)
    del bare["owner"], gone["owner"]
    whole = an_application(2, owner={"type": "team", "id": uuid(2, 1)})
    listed = [an_application(1), bare, gone]
    stage.script = paged({f"{BASE}/applications": listed, f"{BASE}/applications/{uuid(3, 2)}": whole})  # type: ignore[dict-item]
    assert reader(stage, clock).applications(PORTAL) == [
        Application(uuid(3, 1), "app 1", "developer", uuid(1, 1)),
        Application(uuid(3, 2), "app 2", "team", uuid(2, 1)),
    ]
    assert len(stage.asked) == 3


def test_an_application_whose_owner_is_nowhere_is_nonsense(stage: Stage, clock: Clock) -> None:
    bare = an_application(2, owner=None)
    stage.script = paged({f"{BASE}/applications": [bare], f"{BASE}/applications/{uuid(3, 2)}": bare})  # type: ignore[dict-item]
    with pytest.raises(NonsenseError, match="owner should be a developer or a team"):
        reader(stage, clock).applications(PORTAL)


def test_registrations_are_filtered_by_the_server(stage: Stage, clock: Clock) -> None:
    """Contract 3: UuidFieldFilter has no short form."""
    stage.plays(Says(200, page([a_registration(1)])))
    one = reader(stage, clock)
    assert len(one.registrations(PORTAL, developer_id=uuid(1, 1), status="approved")) == 1
    assert len(one.registrations_of(PORTAL, uuid(3, 1))) == 1
    first, second = stage.asked
    assert first.query["filter[developer_id][eq]"] == uuid(1, 1)
    assert first.query["filter[status][eq]"] == "approved"
    assert second.path == f"/v3{BASE}/applications/{uuid(3, 1)}/registrations"


def test_a_package_is_asked_for_by_name(stage: Stage, clock: Clock) -> None:
    """Contract 1.6: publications carry no name."""
    stage.plays(Says(200, page([{"api_id": uuid(5, 1), "entity_type": "api_package", "portal_ids": [PORTAL]}])))
    found = reader(stage, clock).package(PORTAL, "starter-kit")
    assert found == [Api(uuid(5, 1), "starter-kit", None, "api_package")]
    (asked,) = stage.asked
    assert asked.query["filter[api_name][eq]"] == "starter-kit"
    assert asked.query["filter[entity_type][eq]"] == "api_package"


def test_an_api_among_the_packages_is_nonsense(stage: Stage, clock: Clock) -> None:
    """A server that ignores the filter must not make an API pass for a package."""
    stage.plays(Says(200, page([{"api_id": uuid(5, 1), "entity_type": "api"}])))
    with pytest.raises(NonsenseError, match="entity_type"):
        reader(stage, clock).package(PORTAL, "starter-kit")


def test_the_teams_of_a_developer_are_ids(stage: Stage, clock: Clock) -> None:
    stage.script = paged({f"{BASE}/developers/{uuid(1, 1)}/teams": [a_team(1), a_team(2)]})
    assert reader(stage, clock).teams_of(PORTAL, uuid(1, 1)) == [uuid(2, 1), uuid(2, 2)]
