"""The state as a whole: only what is needed, in the fewest requests, the same every time."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from reconciler.errors import ForbiddenError
from reconciler.model.observed import Api, Membership, Need, Portal
from reconciler.portal.observe import observe
from tests.portal.stage import (
    PORTAL,
    Asked,
    Clock,
    Says,
    Stage,
    a_developer,
    a_registration,
    a_team,
    an_api,
    an_application,
    paged,
    problem,
    reader,
    uuid,
)

BASE = f"/portals/{PORTAL}"
HERE = Portal(PORTAL, "acme")
MAPPINGS = f"{BASE}/identity-provider/team-group-mappings"
SETTINGS = f"{BASE}/authentication-settings"


def a_portal(
    developers: int = 3,
    teams: int = 2,
    applications: int = 2,
    registrations: int = 4,
    apis: int = 2,
    members: int = 2,
) -> dict[str, Any]:
    lists: dict[str, Any] = {
        f"{BASE}/developers": [a_developer(n) for n in range(developers)],
        f"{BASE}/teams": [a_team(n) for n in range(teams)],
        f"{BASE}/applications": [an_application(n) for n in range(applications)],
        f"{BASE}/application-registrations": [a_registration(n) for n in range(registrations)],
        f"{BASE}/api-publications": [],
        "/apis": [an_api(n) for n in range(apis)],
        SETTINGS: {"idp_mapping_enabled": False},
        BASE: {"id": PORTAL, "name": "acme"},
    }
    for n in range(teams):
        lists[f"{BASE}/teams/{uuid(2, n)}/developers"] = [{"id": uuid(1, m)} for m in range(members)]
        lists[f"{BASE}/teams/{uuid(2, n)}/assigned-roles"] = [
            {"id": uuid(6, n), "role_name": "API Viewer", "entity_id": uuid(5, 1), "entity_region": "eu"}
        ]
    return lists


def kinds(stage: Stage) -> Counter[str]:
    return Counter(path.rpartition("/")[2] for path in stage.seen)


def test_a_thousand_developers_take_sixty_four_requests_and_no_more(stage: Stage, clock: Clock) -> None:
    """The least possible: 10 + 1 + 20 + 10 + 20 + 1 pages, the portal, its settings."""
    stage.script = paged(a_portal(1000, 20, 1000, 2000, 30, 100))
    with reader(stage, clock) as one:
        found = observe(one, one.find_portal(id=PORTAL), Need())
        assert one.counters.total == len(stage.asked) == 64
    assert kinds(stage) == {
        PORTAL: 1,
        "authentication-settings": 1,
        "developers": 10 + 20,
        "teams": 1,
        "applications": 10,
        "application-registrations": 20,
        "apis": 1,
    }
    counts = [len(found.developers), len(found.teams), len(found.memberships), len(found.roles)]
    counts += [len(found.applications), len(found.registrations), len(found.apis)]
    assert counts == [1000, 20, 2000, 0, 1000, 2000, 30]
    assert found.read == {"developers", "teams", "memberships", "applications", "registrations", "apis"}


def test_what_nobody_needs_is_not_read(stage: Stage, clock: Clock) -> None:
    stage.script = paged(a_portal())
    need = Need(memberships=False, registrations=False, apis=False)
    found = observe(reader(stage, clock), HERE, need)
    assert sorted(stage.seen) == [f"GET {BASE}/developers", f"GET {BASE}/teams"]
    assert found.read == {"developers", "teams"}
    found = observe(reader(stage, clock), HERE, replace(need, team_list=False))
    assert stage.seen[2:] == [f"GET {BASE}/developers"]
    assert (found.read, found.teams) == ({"developers"}, ())


def test_only_the_teams_that_fit_have_their_members_read(stage: Stage, clock: Clock) -> None:
    lists = a_portal(teams=0, members=0)
    teams = {"partners-eu": 1, "partners-us": 2, "staff": 3}
    lists[f"{BASE}/teams"] = [a_team(n, name=name) for name, n in teams.items()]
    for n in teams.values():
        lists[f"{BASE}/teams/{uuid(2, n)}/developers"] = [{"id": uuid(1, n)}]
    stage.script = paged(lists)
    found = observe(reader(stage, clock), HERE, Need(teams=("partners-*",)))
    assert found.memberships == (Membership(uuid(2, 1), uuid(1, 1)), Membership(uuid(2, 2), uuid(1, 2)))
    assert len(found.teams) == 3


def test_only_the_teams_named_have_their_roles_read(stage: Stage, clock: Clock) -> None:
    stage.script = paged(a_portal(teams=3))
    found = observe(reader(stage, clock), HERE, Need(memberships=False, roles_of=("team 1", "no such team")))
    assert [(role.team_id, role.id) for role in found.roles] == [(uuid(2, 1), uuid(6, 1))]
    assert kinds(stage)["assigned-roles"] == 1
    assert "roles" in found.read


def test_packages_are_asked_for_one_by_one_and_come_after_the_apis(stage: Stage, clock: Clock) -> None:
    """Contract 1.6: packages are in no list of APIs."""
    plain = paged(a_portal(apis=1))

    def script(asked: Asked) -> Any:
        if asked.path.endswith("/api-publications"):
            rows = [{"api_id": asked.query["filter[api_name][eq]"], "entity_type": "api_package"}]
            return Says(200, {"data": rows, "meta": {"page": {"number": 1, "size": 100, "total": 1}}})
        return plain(asked)

    stage.script = script
    found = observe(reader(stage, clock), HERE, Need(packages=("kit", "box", "kit")))
    assert found.apis[1:] == (Api("kit", "kit", None, "api_package"), Api("box", "box", None, "api_package"))
    assert kinds(stage)["api-publications"] == 2


def test_apis_of_other_portals_are_left_out(stage: Stage, clock: Clock) -> None:
    lists = a_portal()
    lists["/apis"] = [an_api(1), an_api(2, portals=[{"id": uuid(9, 9), "name": "x", "display_name": "x"}])]
    stage.script = paged(lists)
    assert [api.id for api in observe(reader(stage, clock), HERE, Need()).apis] == [uuid(5, 1)]


MANAGED, SYNCED, SILENT = a_team(0, konnect_managed=True), a_team(1, konnect_managed=False), a_team(2)


@pytest.mark.parametrize(
    ("mapping", "teams", "mapped", "synchronised", "asked"),
    [
        (False, [MANAGED, SYNCED, SILENT], None, [False, False, False], False),
        (True, [MANAGED, SYNCED], None, [False, True], False),
        (True, [MANAGED, SYNCED, SILENT], [(0, ["g"]), (2, ["g"])], [False, True, True], True),
        (True, [SILENT], [(2, [])], [False], True),
        (True, [SILENT], [(1, ["g"])], [False], True),
        (True, [SILENT], None, [False], True),
    ],
)
def test_a_team_is_synchronised_as_the_manifest_page_says(
    stage: Stage,
    clock: Clock,
    mapping: bool,
    teams: list[dict[str, Any]],
    mapped: list[tuple[int, list[str]]] | None,
    synchronised: list[bool],
    asked: bool,
) -> None:
    """Contract 5: konnect_managed false; or absent and the team has mapped groups. No IdP at all is 400."""
    lists = a_portal(teams=3) | {f"{BASE}/teams": teams, SETTINGS: {"idp_mapping_enabled": mapping}}
    if mapped is not None:
        lists[MAPPINGS] = [{"team_id": uuid(2, n), "groups": groups} for n, groups in mapped]
    stage.script = paged(lists)
    found = observe(reader(stage, clock), HERE, Need())
    assert [team.synchronised for team in found.teams] == synchronised
    assert (f"GET {MAPPINGS}" in stage.seen) is asked


def test_the_result_does_not_depend_on_who_answers_first(stage: Stage, clock: Clock) -> None:
    lists = a_portal(350, 12, 220, 330, 5, 3)
    plain, dice = paged(lists, cap=50), random.Random(7)

    def script(asked: Asked) -> Any:
        time.sleep(dice.random() / 500)
        return plain(asked)

    stage.script = plain
    first = observe(reader(stage, clock, workers=1), HERE, Need(roles_of=("team 3", "team 1")))
    stage.script = script
    for _ in range(3):
        assert observe(reader(stage, clock, workers=8), HERE, Need(roles_of=("team 3", "team 1"))) == first
    assert [developer.id for developer in first.developers] == [uuid(1, n) for n in range(350)]


def test_what_may_not_be_read_is_an_error_and_never_an_empty_portal(stage: Stage, clock: Clock) -> None:
    """Contract 6: Portal Viewer may not see teams."""
    plain = paged(a_portal())

    def script(asked: Asked) -> Any:
        return Says(403, problem(403, "Forbidden")) if asked.path.endswith("/teams") else plain(asked)

    stage.script = script
    with pytest.raises(ForbiddenError, match="teams was answered 403"):
        observe(reader(stage, clock), HERE, Need())


def test_progress_is_told_and_ends_complete(stage: Stage, clock: Clock) -> None:
    told: list[tuple[str, int, int]] = []
    bare = an_application(1)
    del bare["owner"]
    lists = a_portal(350, 12, 0, 0) | {f"{BASE}/applications": [bare]}
    lists[f"{BASE}/applications/{bare['id']}"] = an_application(1)
    stage.script = paged(lists)
    observe(reader(stage, clock), HERE, Need(), progress=lambda kind, done, total: told.append((kind, done, total)))
    last = {kind: (done, total) for kind, done, total in told}
    assert last == {
        "developers": (4, 4),
        "teams": (1, 1),
        "settings": (1, 1),
        "memberships": (12, 12),
        "applications": (2, 2),
        "registrations": (1, 1),
        "apis": (1, 1),
    }
    assert all(done <= total for _, done, total in told)
    for kind in last:
        seen = [done for one, done, _ in told if one == kind]
        assert seen == sorted(seen)
