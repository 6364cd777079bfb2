"""What is held against the published file is held: each kind of fault is found, each known exception passes."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest

from reconciler.sandbox import Faults, Request, Response, Sandbox, serve
from tests.scenarios.server import in_process
from tests.scenarios.story import PORTAL, TODAY, story_on

from .exceptions import AMENDED, GENERATED, UNLISTED
from .published import Published, published
from .watch import Watch

ID = "0b7a1c5e-2f7a-4bb1-9c39-3f1d1f6f0e11"
HERE = f"/v3/portals/{ID}"
WHEN = "2026-11-23T12:00:00.000Z"
SIGNED = {"authorization": "Bearer t", "content-type": "application/json"}
DEVELOPER = {
    "id": ID,
    "created_at": WHEN,
    "updated_at": WHEN,
    "email": "a@x.example",
    "full_name": "A",
    "status": "pending",
}
TEAM = {"id": ID, "created_at": WHEN, "updated_at": WHEN, "name": "partners", "description": "About"}
NOT_FOUND = {"status": 404, "title": "Not Found", "instance": "kong:trace:1", "detail": "Not Found"}


@pytest.fixture
def file() -> Published:
    found = published()
    assert found
    return found


def asked(method: str, path: str, body: Any = None, **headers: str) -> Request:
    data = b"" if body is None else json.dumps(body).encode()
    return Request(method, HERE + path, {**SIGNED, **headers}, data)


RIGHT_REQUESTS = {
    "a page": asked("GET", "/developers?page[size]=100&page[number]=2&sort=created_at+desc,name"),
    "a page without a number": asked("GET", "/developers?page[size]="),
    "a filter": asked("GET", "/developers?filter[email]=a@x.example"),
    "a filter with an operator": asked("GET", "/developers?filter[email][oeq]=a@x.example,b@x.example"),
    "a filter by a key": Request("GET", "/v3/apis?filter[labels.env][neq]=dev", SIGNED),
    "a write": asked("PATCH", f"/developers/{ID}", {"status": "approved"}),
}

WRONG_REQUESTS = {
    "no such path": (asked("GET", "/people"), "the file has no such operation"),
    "no such method": (asked("PUT", "/developers"), "the file has no such operation"),
    "no token": (
        Request("GET", f"{HERE}/developers"),
        "request: Security not found. Schemes not valid for any requirement: "
        "[['personalAccessToken'], ['systemAccountAccessToken']]",
    ),
    "an id that is none": (
        Request("GET", "/v3/portals/acme", SIGNED),
        "request: parameter portalId: $ 'acme' is not a 'uuid'",
    ),
    "an unknown parameter": (asked("GET", "/developers?size=100"), "query: the file has no parameter 'size'"),
    "sort where there is none": (asked("GET", "/teams?sort=name"), "query: the file has no parameter 'sort'"),
    "an unknown sort": (
        asked("GET", "/developers?sort=full_name"),
        "request: parameter sort: $ 'full_name' does not match "
        "'^(created_at|updated_at|email|name|status)( (asc|desc))?"
        "(, ?(created_at|updated_at|email|name|status)( (asc|desc))?)*$'",
    ),
    "a page size that is none": (
        asked("GET", "/developers?page[size]=all"),
        "request: parameter page[size]: Failed to cast value to integer type: all",
    ),
    "an unknown filter": (
        asked("GET", "/developers?filter[active][eq]=true"),
        "request: parameter filter: $ Additional properties are not allowed ('active' was unexpected)",
    ),
    "an unknown operator": (
        asked("GET", "/developers?filter[email][like]=a"),
        "request: parameter filter: $.email {'like': 'a'} is not valid under any of the given schemas",
    ),
    "an unknown property": (
        asked("PATCH", f"/developers/{ID}", {"status": "approved", "email": "b@x.example"}),
        "request: $ Additional properties are not allowed ('email' was unexpected)",
    ),
    "a value that is none of the enumeration": (
        asked("PATCH", f"/developers/{ID}", {"status": "deleted"}),
        "request: $.status 'deleted' is not one of ['approved', 'pending', 'revoked', 'rejected']",
    ),
    "no body": (asked("POST", "/developers"), "request: Missing required request body"),
}


@pytest.mark.parametrize("request_", RIGHT_REQUESTS.values(), ids=RIGHT_REQUESTS)
def test_a_request_that_the_file_allows_has_no_fault(file: Published, request_: Request) -> None:
    assert file.check_request(request_) == ()


@pytest.mark.parametrize(("request_", "fault"), WRONG_REQUESTS.values(), ids=WRONG_REQUESTS)
def test_a_wrong_request_is_told(file: Published, request_: Request, fault: str) -> None:
    assert file.check_request(request_) == (fault,)


def page(*items: Any) -> dict[str, Any]:
    return {"data": list(items), "meta": {"page": {"number": 1, "size": 10, "total": len(items)}}}


GET_DEVELOPERS, GET_TEAMS = asked("GET", "/developers"), asked("GET", "/teams")
ADD_TEAM = asked("POST", "/teams", {"name": "partners"})
ADD_MEMBER = asked("POST", f"/teams/{ID}/developers", {"id": ID})
PROBLEM = "application/problem+json"

RIGHT_ANSWERS = {
    "a list": (GET_DEVELOPERS, Response.json(200, page(DEVELOPER))),
    "a problem": (GET_DEVELOPERS, Response.json(404, NOT_FOUND, content_type=PROBLEM)),
    "a team without a description (5)": (GET_TEAMS, Response.json(200, page({**TEAM, "description": None}))),
    "who manages a team (5)": (GET_TEAMS, Response.json(200, page({**TEAM, "konnect_managed": True}))),
    "two teams of one name (5)": (ADD_TEAM, Response.json(409, {**NOT_FOUND, "status": 409}, content_type=PROBLEM)),
    "too many requests (7)": (GET_TEAMS, Response.json(429, {"message": "API rate limit exceeded"})),
    "200 for what was created (1.7)": (ADD_TEAM, Response.json(200, TEAM)),
    "nothing for a membership (1.2)": (ADD_MEMBER, Response(201)),
}

WRONG_ANSWERS = {
    "a property left out": (
        GET_DEVELOPERS,
        Response.json(200, page({key: value for key, value in DEVELOPER.items() if key != "status"})),
        "answer 200: $.data[0] 'status' is a required property",
    ),
    "a property too many": (
        GET_DEVELOPERS,
        Response.json(200, page({**DEVELOPER, "teams": []})),
        "answer 200: $.data[0] Additional properties are not allowed ('teams' was unexpected)",
    ),
    "a date that is none": (
        GET_DEVELOPERS,
        Response.json(200, page({**DEVELOPER, "created_at": "yesterday"})),
        "answer 200: $.data[0].created_at 'yesterday' is not a 'date-time'",
    ),
    "who manages a team, not as a flag": (
        GET_TEAMS,
        Response.json(200, page({**TEAM, "konnect_managed": "yes"})),
        "answer 200: $.data[0].konnect_managed 'yes' is not of type 'boolean'",
    ),
    "a problem without its parameters": (
        GET_DEVELOPERS,
        Response.json(400, {**NOT_FOUND, "status": 400}, content_type=PROBLEM),
        "answer 400: $ 'invalid_parameters' is a required property",
    ),
    "a problem as plain JSON": (
        GET_DEVELOPERS,
        Response.json(404, NOT_FOUND),
        "answer 404: Content for the following mimetype not found: application/json. "
        "Valid mimetypes: ['application/problem+json']",
    ),
    "a status that nothing lists": (
        GET_DEVELOPERS,
        Response.json(418, NOT_FOUND, content_type=PROBLEM),
        "answer 418: Unknown response http status: 418",
    ),
}


@pytest.mark.parametrize(("request_", "answer"), RIGHT_ANSWERS.values(), ids=RIGHT_ANSWERS)
def test_an_answer_that_may_be_has_no_fault(file: Published, request_: Request, answer: Response) -> None:
    """As published, or as the contract's section in brackets says."""
    assert file.check_answer(request_, answer) == ()


@pytest.mark.parametrize(("request_", "answer", "fault"), WRONG_ANSWERS.values(), ids=WRONG_ANSWERS)
def test_a_wrong_answer_is_told(file: Published, request_: Request, answer: Response, fault: str) -> None:
    assert file.check_answer(request_, answer) == (fault,)


def test_a_verdict_is_remembered_for_that_exchange_alone(file: Published) -> None:
    right, wrong, _ = WRONG_ANSWERS["a property left out"]
    for _ in range(2):
        assert [bool(file.check_answer(right, answer)) for answer in (wrong, Response.json(200, page()))] == [
            True,
            False,
        ]
        assert file.check_answer(GET_TEAMS, wrong) != file.check_answer(right, wrong)


SEED = {"portals": [{"name": PORTAL, "developers": [{"email": "a@x.example"}]}]}


def test_a_test_fails_that_gets_a_wrong_answer(
    file: Published, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """The command that asked tells: method, path, and what is wrong; the end of the story tells what came later."""
    with pytest.raises(AssertionError) as told, story_on(SEED, tmp_path) as story:  # noqa: PT012  the story tells too
        story.git()
        monkeypatch.setattr(story.server._app, "answer", lambda *_, **__: Response.json(200, {"data": []}))
        story.run("plan", story.folder)
    first, second = str(told.value).splitlines()
    assert first == "not as published (KONNECT_OPENAPI):"
    assert second.startswith("GET /v3/portals?filter")
    assert second.endswith(": answer 200: $ 'meta' is a required property")


def test_an_answer_that_the_test_made_up_is_no_answer_of_the_portal(tmp_path: Any) -> None:
    """A hook may answer nonsense."""
    with story_on(SEED, tmp_path) as story:
        story.git()
        story.on_request(lambda _: Response(418, b"no JSON"))
        assert story.run("plan", story.folder).code == 7


@pytest.mark.parametrize("drop", [True, False])
def test_a_request_that_the_portal_does_not_answer_is_judged_all_the_same(file: Published, drop: bool) -> None:
    """Neither one that a hook answers nor one that a script of faults drops escapes."""
    import requests

    watch = Watch(file)
    with in_process(lambda: TODAY, watch) as (_, server):
        if drop:
            server.faults = Faults.of({"faults": [{"drop": "before"}]})
        else:
            server.before(lambda _: Response(418, b"no JSON"))
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"{server.url}/v3/portals?size=1", headers={"Authorization": "Bearer t"}, timeout=5)
    with pytest.raises(AssertionError, match="query: the file has no parameter 'size'"):
        watch.tell()


def test_there_are_ten_exceptions_at_most_and_each_cites_the_contract() -> None:
    """What the portal does otherwise than published must be known of the real one."""
    rows = (*AMENDED, *UNLISTED, *GENERATED)
    assert len(rows) <= 10
    assert all(re.fullmatch(r"\d+(\.\d+)?(, \d+(\.\d+)?)*", row.section) and row.why for row in rows)


def test_an_operation_that_the_client_was_not_known_to_use_is_told(file: Published) -> None:
    """So that a new one is noticed."""
    watch = Watch(file)
    watch(asked("DELETE", f"/developers/{ID}"), Response(204))
    with pytest.raises(AssertionError, match="delete-developer is no operation that the client is known to use"):
        watch.tell()


def test_what_goes_over_the_wire_to_another_process_is_judged_too(file: Published) -> None:
    """As the client's HTTP library sends and gets it."""
    import requests

    watch, sandbox = Watch(file), Sandbox()
    with serve(sandbox) as server, watch.on_the_wire():
        requests.get(f"{server.url}/v3/portals?size=1", headers={"Authorization": "Bearer t"}, timeout=5)
    sandbox.close()
    with pytest.raises(AssertionError, match="query: the file has no parameter 'size'"):
        watch.tell()
