"""Complete or failed, never silently partial: whatever the portal answers in place of what the contract promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Request, Response
from tests.scenarios.conftest import Start
from tests.scenarios.story import PORTAL, Ran, Story
from tests.scenarios.test_command_line import TOKEN, impatient, problem, valid

pytestmark = pytest.mark.in_process

__all__ = ["impatient"]

SEED = """
    apis: [{name: payments}, {name: kit, package: true}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: approved}
          - {email: bob@partner.example, status: approved}
        teams:
          - name: partners
            members: [ada@partner.example, bob@partner.example]
            roles: [{role: API Viewer, api: payments, region: eu}, {role: API Consumer, api: payments, region: eu}]
          - {name: beta}
        applications:
          - name: Checkout
            owner: ada@partner.example
            registrations: [{api: payments, status: approved}, {package: kit, status: approved}]
          - {name: Shop, owner: bob@partner.example}
"""
GIT = """
    developers:
      - email: ada@partner.example
        teams: [partners]
        applications: [{name: Checkout, apis: [payments, {package: kit}]}]
      - {email: bob@partner.example, teams: [partners]}
    teams:
      - name: partners
        roles: [{role: API Viewer, api: payments}, {role: API Consumer, api: payments}]
"""
LISTS = {
    "portals": "/v3/portals",
    "developers": "/developers",
    "teams": "/teams",
    "members": "/teams/*/developers",
    "roles": "/assigned-roles",
    "applications": "/applications",
    "registrations": "/application-registrations",
    "apis": "/v3/apis",
    "packages": "/api-publications",
}
"""Every list that a plan for this workspace reads, by how its path ends."""

Answer = Callable[[dict[str, Any]], Response]
"""From what the portal would say to what is said instead."""


def raw(content: bytes, status: int = 200, **headers: str) -> Answer:
    return lambda _: Response(status, content, {"Content-Type": "application/json", **headers})


def edited(edit: Callable[[dict[str, Any]], object]) -> Answer:
    """The good answer with something wrong in it."""

    def answer(good: dict[str, Any]) -> Response:
        edit(good)
        return Response.json(200, good)

    return answer


def more(good: dict[str, Any], by: int) -> None:
    good["meta"]["page"]["total"] += by


def twice(good: dict[str, Any]) -> None:
    good["data"].append(good["data"][0])
    more(good, 1)


def first(good: dict[str, Any], value: object) -> None:
    good["data"][0] = value


def page(good: dict[str, Any], name: str, value: object) -> None:
    good["meta"]["page"][name] = value


HTML = raw(b"<!doctype html><title>Sign in</title>", **{"Content-Type": "text/html"})
TRUNCATED: Answer = lambda good: Response(200, json.dumps(good).encode()[:-20], {"Content-Type": "application/json"})  # noqa: E731
FAULTS: dict[str, Answer] = {
    "one is left out": edited(lambda good: more(good, 1)),
    "one too many": edited(lambda good: more(good, -1)),
    "all are left out": edited(lambda good: good.update(data=[])),
    "one is there twice": edited(twice),
    "a total of thousands": edited(lambda good: more(good, 5000)),
    "a total without end": edited(lambda good: more(good, 10**15)),
    "no total": edited(lambda good: good["meta"]["page"].pop("total")),
    "a total that is no number": edited(lambda good: page(good, "total", "2")),
    "another page": edited(lambda good: page(good, "number", 2)),
    "pages of nothing": edited(lambda good: page(good, "size", 0)),
    "no meta": edited(lambda good: good.pop("meta")),
    "no data": edited(lambda good: good.pop("data")),
    "data null": edited(lambda good: good.update(data=None)),
    "data an object": edited(lambda good: good.update(data={})),
    "an item null": edited(lambda good: first(good, None)),
    "an item without id": edited(lambda good: first(good, {})),
    "an id that is a path": edited(lambda good: first(good, {"id": "../../secrets", "api_id": "../x"})),
    "null": raw(b"null"),
    "a list": raw(b"[]"),
    "nothing": raw(b""),
    "no content": raw(b"", 204),
    "HTML": HTML,
    "cut short": TRUNCATED,
    "nested without end": raw(b"[" * 200_000),
    "nested in data": raw(b'{"data": ' + b'{"a":' * 100_000),
    "Latin-1": raw('{"data": ["é"]}'.encode("latin-1")),
    "zeros": raw(b"\x00" * 100),
    "not packed as said": raw(b"{}", **{"Content-Encoding": "gzip"}),
    "a redirect": raw(b"", 302, Location="https://elsewhere.example/v3"),
    "not modified": raw(b"", 304),
    "refused": lambda _: problem(400),
    "unauthorised": lambda _: problem(401),
    "forbidden": lambda _: problem(403),
    "gone": lambda _: problem(404),
    "failing": lambda _: problem(500),
    "teapot": lambda _: problem(418),
}


@pytest.fixture
def story(portal: Start) -> Story:
    """The portal is as git says: any other answer than "in sync" is due to what it says wrongly."""
    story = portal(SEED)
    story.git(GIT)
    return story


def about(request: Request, ending: str) -> bool:
    """Whether that list is asked for."""
    start, star, end = ending.partition("*")
    if star:
        return start in request.path and request.path.endswith(end) and not request.path.endswith(start + end)
    whole = ending.startswith("/v3/")
    members = ending == "/developers" and "/teams/" in request.path
    return request.path == ending if whole else request.path.endswith(ending) and not members


def answers(story: Story, name: str, instead: Answer) -> list[str]:
    """Have that list answered so; the paths that were."""
    asked: list[str] = []

    def hook(request: Request) -> Response | None:
        if request.method != "GET" or not about(request, LISTS[name]):
            return None
        good = json.loads(story.sandbox.answer(request).body)
        if not good["data"]:
            return None
        asked.append(request.path)
        return instead(good)

    story.on_request(hook)
    return asked


def check(story: Story, ran: Ran, asked: list[str]) -> None:
    """7, with what was asked; never "in sync", never an empty plan, never a write."""
    assert ran.code == 7, ran
    document = valid(ran.json)
    assert (document["kind"], document["exit_code"], document["portal"]) == ("report", 7, None)
    assert document["changes"] == []
    assert document["looked_at"] == {}
    message = document["error"]["message"]
    assert any(f"GET {path}" in message for path in asked)
    said = ran.out + ran.err
    assert "in sync" not in said.lower()
    assert TOKEN not in said
    assert "Traceback" not in said
    assert message.isprintable()
    assert len(message) < 500
    assert story.writes() == []


@pytest.mark.in_process
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", LISTS)
def test_drift_never_says_in_sync_without_having_read_everything(story: Story, name: str, fault: str) -> None:
    asked = answers(story, name, FAULTS[fault])
    check(story, story.run("drift", story.folder, "--format", "json"), asked)


@pytest.mark.in_process
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]], ids=" ".join)
@pytest.mark.parametrize("fault", ["one is left out", "one is there twice", "HTML", "cut short", "failing"])
@pytest.mark.parametrize("name", LISTS)
def test_plan_and_apply_do_nothing_about_what_they_cannot_see(
    story: Story, command: list[str], name: str, fault: str
) -> None:
    asked = answers(story, name, FAULTS[fault])
    check(story, story.run(*command, story.folder, "--format", "json"), asked)


FIELDS: list[tuple[str, str, object]] = [
    ("developers", "status", "suspended"),
    ("developers", "status", "Approved"),
    ("developers", "status", None),
    ("developers", "email", None),
    ("developers", "email", 7),
    ("developers", "updated_at", "yesterday"),
    ("developers", "updated_at", "2026-01-01T00:00:00"),
    ("developers", "id", "x" * 200),
    ("teams", "name", None),
    ("teams", "can_own_applications", "yes"),
    ("teams", "konnect_managed", "no"),
    ("roles", "role_name", None),
    ("roles", "entity_id", "a/b"),
    ("roles", "entity_region", None),
    ("applications", "owner", {"type": "robot", "id": "1"}),
    ("applications", "owner", {"type": "team"}),
    ("applications", "owner", "ada"),
    ("registrations", "status", "paused"),
    ("registrations", "api", None),
    ("registrations", "api", {"id": "1", "name": "x", "version": None, "entity_type": "api_bundle"}),
    ("registrations", "application", {}),
    ("registrations", "updated_at", None),
    ("apis", "portals", None),
    ("apis", "portals", [{}]),
    ("apis", "version", 2),
    ("packages", "entity_type", "api"),
]


@pytest.mark.in_process
@pytest.mark.parametrize(("name", "field", "value"), FIELDS)
def test_a_value_that_the_contract_does_not_know_is_no_value_that_it_does(
    story: Story, name: str, field: str, value: object
) -> None:
    """An unknown status is neither approved nor not; the message names the field and what stood in it."""
    asked = answers(story, name, edited(lambda good: good["data"][0].update({field: value})))
    ran = story.run("drift", story.folder, "--format", "json")
    check(story, ran, asked)
    assert field in ran.json["error"]["message"]


SETTINGS: list[Answer] = [raw(b"{}"), raw(b"[]"), raw(b'{"idp_mapping_enabled": "no"}'), HTML, lambda _: problem(403)]


@pytest.mark.in_process
@pytest.mark.parametrize("answer", SETTINGS)
def test_who_manages_the_teams_must_be_told_too(story: Story, answer: Answer) -> None:
    """Contract 5: without the settings, memberships of a synchronised team would be fought over."""
    name = "authentication-settings"
    story.on_request(lambda request: answer({}) if request.path.endswith(name) else None)
    ran = story.run("drift", story.folder, "--format", "json")
    assert ran.code == 7
    assert name in ran.json["error"]["message"]


@pytest.mark.in_process
def test_a_later_page_that_cannot_be_had_fails_the_whole_list(portal: Start) -> None:
    """The first hundred are not everybody."""
    people = [{"email": f"p{n}@partner.example"} for n in range(250)]
    story = portal({"portals": [{"name": "acme-partners", "developers": people}]})
    story.git()

    def third(request: Request) -> Response | None:
        return problem(403) if "/developers?" in request.target and "number%5D=3" in request.target else None

    story.on_request(third)
    ran = story.run("drift", story.folder, "--format", "json")
    assert ran.code == 7
    assert "/developers" in ran.json["error"]["message"]


@pytest.mark.in_process
def test_a_member_is_not_missed_because_one_went_while_another_came(portal: Start) -> None:
    """The number stays the same, and no page looks odd: members cannot be sorted, so their pages overlap."""
    people = [f"p{n:03}@partner.example" for n in range(150)]
    seed = {
        "name": "acme-partners",
        "developers": [{"email": email, "status": "approved"} for email in people],
        "teams": [{"name": "partners", "members": people[:120]}],
    }
    story = portal({"portals": [seed]})
    story.git("teams: [{name: partners, members: []}]")

    def admin(request: Request) -> Response | None:
        if "/teams/" in request.target and "number%5D=2" in request.target and people[0] in story.members("partners"):
            story.sandbox.remove_member("acme-partners", "partners", people[0])
            story.sandbox.add_member("acme-partners", "partners", people[140])
        return None

    story.on_request(admin)
    _, report = story.drift()
    found = {item["subject"]["developer"]["name"] for item in report["unlisted"] if item["subject"]["team"]}
    assert found == {*people[1:120], people[140]}


def test_members_in_another_order_on_every_page_are_never_in_sync(portal: Start) -> None:
    """Contract 11.10: where members cannot be sorted, some would come twice and some never; the state is unknown."""
    people = [f"p{number:03}@x.example" for number in range(150)]
    story = portal(
        {
            "switches": {"stable_order": False},
            "portals": [
                {
                    "name": PORTAL,
                    "developers": [{"email": email, "status": "approved"} for email in people],
                    "teams": [{"name": "everybody", "members": people}],
                }
            ],
        }
    )
    story.git("developers:\n" + "".join(f"  - {{email: {email}, teams: [everybody]}}\n" for email in people))
    assert story.drift()[0] == 7
    story.sandbox.keep_switches(stable_order=True)
    assert story.drift()[0] == 0


@pytest.mark.in_process
def test_a_body_without_end_is_not_read_to_its_end(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty megabytes, unpacked, and no more."""
    monkeypatch.setattr("reconciler.portal.wire.LARGEST", 1 << 20)
    asked = answers(story, "developers", raw(b'{"data": [' + b" " * (2 << 20)))
    ran = story.run("drift", story.folder, "--format", "json")
    check(story, ran, asked)
    assert "more than 1 MB" in ran.json["error"]["message"]


HOSTILE = "\x1b]0;owned\x07\x1b[2J\u202e\u200b::error::x\n<script>"


@pytest.mark.in_process
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "answer",
    [
        raw(HOSTILE.encode(), 500),
        raw(HOSTILE.encode()),
        lambda _: Response.json(403, {"status": 403, "title": HOSTILE, "detail": HOSTILE, "instance": HOSTILE}),
        lambda _: Response.json(502, {"message": f"{HOSTILE} {TOKEN}"}),
        lambda _: Response.json(400, {"detail": f"{HOSTILE} {TOKEN}", "invalid_parameters": [{"field": HOSTILE}]}),
        raw(b"", 302, Location="https://x%1b]0;owned"),
        edited(lambda good: first(good, {"id": HOSTILE})),
        edited(lambda good: first(good, {"id": "1", "email": HOSTILE, "status": HOSTILE})),
    ],
    ids=range(8),
)
def test_what_was_answered_is_told_inert_and_without_the_token(story: Story, answer: Answer) -> None:
    """In text and in JSON; a portal that sends the token back does not get it printed."""
    answers(story, "developers", answer)
    for format_ in ("text", "json"):
        ran = story.run("drift", story.folder, "--format", format_)
        assert ran.code == 7
        said = ran.out + ran.err
        assert TOKEN not in said
        assert all(character.isprintable() or character == "\n" for character in said)
        assert "\n::error" not in said


def test_a_portal_that_is_seen_in_full_is_in_sync(story: Story, tmp_path: Path) -> None:
    """What every test above leaves out: without a fault the answer is 0."""
    ran = story.run("drift", story.folder)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "In sync: the portal is as git says")
