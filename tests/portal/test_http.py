"""What is sent again and what is not, counted where it arrives."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from reconciler.errors import (
    ConflictError,
    ForbiddenError,
    InputError,
    NonsenseError,
    NotFoundError,
    PortalError,
    RefusedError,
    UnauthorizedError,
    UnknownOutcomeError,
    UnreachableError,
)
from reconciler.portal import wire
from reconciler.portal.http import Session
from tests.portal.stage import Clock, Drops, Says, Stage, problem, session

EDGE_429 = Says(429, {"message": "API rate limit exceeded"}, {"Retry-After": "77", "RateLimit-Reset": "48"})
"""Plain JSON, as recorded at Konnect's edge (contract 7)."""
BAD_GATEWAY = Says(502, b"<html><h1>502 Bad Gateway</h1></html>", {"Content-Type": "text/html"})


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_2xx_is_success(stage: Stage, clock: Clock, status: int) -> None:
    """Contract 1.7: real servers answer 200 where 201 is documented."""
    stage.plays(Says(status))
    reply = session(stage, clock).request("POST", "/portals", body={"name": "x"})
    assert (reply.status, reply.body) == (status, None)


def test_the_token_and_the_json_arrive_below_v3(stage: Stage, clock: Clock) -> None:
    stage.plays(Says(201, {"id": "x"}))
    session(stage, clock).request("POST", "/portals", body={"name": "x"}, params={"page[size]": "1"})
    (asked,) = stage.asked
    assert (asked.method, asked.path, asked.query, asked.body) == (
        "POST",
        "/v3/portals",
        {"page[size]": "1"},
        {"name": "x"},
    )
    assert asked.headers["authorization"] == "Bearer kpat_verysecrettokenvalue"


@pytest.mark.parametrize("method", ["GET", "PATCH", "POST", "DELETE"])
def test_a_429_is_repeated_for_any_method(stage: Stage, clock: Clock, method: str) -> None:
    stage.plays(EDGE_429, Says(429, problem(429, "Too Many Requests")), Says(200, {}))
    one = session(stage, clock)
    one.request(method, "/portals")
    assert len(stage.asked) == 3
    assert clock.slept == pytest.approx([77, 2], abs=0.5)
    assert (one.counters.requests[method], one.counters.retries, one.counters.limited) == (3, 2, 2)


@pytest.mark.parametrize("method", ["GET", "PATCH", "POST", "DELETE"])
def test_a_503_with_retry_after_is_repeated_for_any_method(stage: Stage, clock: Clock, method: str) -> None:
    stage.plays(Says(503, b"busy", {"Retry-After": "5"}), Says(200, {}))
    session(stage, clock).request(method, "/portals")
    assert len(stage.asked) == 2
    assert clock.slept == [5]


@pytest.mark.parametrize("trouble", [Drops(), BAD_GATEWAY, Says(503), Says(500), Says(504), Says(200, {}, cut=1)])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_what_may_have_been_done_is_repeated_where_that_is_safe(
    stage: Stage, clock: Clock, method: str, trouble: Says | Drops
) -> None:
    stage.plays(trouble, trouble, Says(200, {"fine": True}))
    assert session(stage, clock).request(method, "/portals").body == {"fine": True}
    assert len(stage.asked) == 3
    assert clock.slept == [0.5, 1.0]


@pytest.mark.parametrize(
    "trouble", [Drops(), BAD_GATEWAY, Says(503), Says(500), Says(504), Says(201, {}, cut=1), Says(200, b"<html>")]
)
def test_a_post_that_may_have_been_done_is_never_repeated_here(
    stage: Stage, clock: Clock, trouble: Says | Drops
) -> None:
    stage.plays(trouble)
    with pytest.raises(UnknownOutcomeError, match="POST /v3/portals may or may not have taken effect"):
        session(stage, clock).request("POST", "/portals", body={})
    assert len(stage.asked) == 1


def test_a_server_that_keeps_failing_is_given_up(stage: Stage, clock: Clock) -> None:
    stage.plays(BAD_GATEWAY)
    with pytest.raises(UnreachableError) as caught:
        session(stage, clock).get("/portals")
    assert caught.value.message == (
        "GET /v3/portals failed to the last try: answered 502: <html><h1>502 Bad Gateway</h1></html>"
    )
    assert caught.value.status == 502
    assert len(stage.asked) == 4


def test_a_patch_that_keeps_failing_may_have_been_done(stage: Stage, clock: Clock) -> None:
    """A write without a clear answer is neither done nor failed."""
    stage.plays(Drops())
    with pytest.raises(UnknownOutcomeError):
        session(stage, clock).request("PATCH", "/portals", body={})
    assert len(stage.asked) == 4


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_connection_is_tried_again_for_any_method(clock: Clock, method: str) -> None:
    one = Session(
        f"http://127.0.0.1:{free_port()}", "t", read_only=False, clock=clock, sleep=clock.sleep, rng=lambda: 0.0
    )
    with pytest.raises(UnreachableError, match="connection refused"):
        one.request(method, "/portals")
    assert clock.slept == [0.5, 1.0, 2.0]


def test_a_proxy_that_is_not_there_is_named_as_the_trouble(stage: Stage, clock: Clock) -> None:
    proxies = {"http": f"http://user:hunter2@127.0.0.1:{free_port()}"}
    with pytest.raises(UnreachableError, match="proxy") as caught:
        session(stage, clock, proxies=proxies).request("POST", "/portals")
    assert "hunter2" not in repr(caught.value.__cause__)
    assert stage.asked == []


def test_a_server_that_never_answers_is_a_timeout(clock: Clock) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        server = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        one = Session(server, "t", read_only=False, timeout=(1, 0.05), clock=clock, sleep=clock.sleep)
        with pytest.raises(UnknownOutcomeError, match="no answer in time"):
            one.request("POST", "/portals")


def test_a_file_of_certificates_that_is_not_there_is_no_network_trouble(clock: Clock) -> None:
    one = Session(
        "https://127.0.0.1:1", "t", read_only=True, verify="/nowhere/ca.pem", clock=clock, sleep=clock.sleep
    )
    with pytest.raises(UnreachableError, match="certificate file"):
        one.get("/portals")
    assert clock.slept == []


def test_the_environment_is_not_read(stage: Stage, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies and CA bundle are passed in; the environment would override them."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    stage.plays(Says(200, {}))
    session(stage, clock).get("/portals")
    assert len(stage.asked) == 1


def test_one_request_has_a_budget_of_time(stage: Stage, clock: Clock) -> None:
    stage.plays(EDGE_429)
    with pytest.raises(UnreachableError, match="429: API rate limit exceeded") as caught:
        session(stage, clock, budget=200).get("/portals")
    assert (len(stage.asked), sum(clock.slept)) == (3, 154)
    assert "workers" in caught.value.hint


def test_one_429_stops_everybody(stage: Stage, clock: Clock) -> None:
    """The pause is the gate's, not the request's."""
    stage.plays(EDGE_429, Says(200, {}))
    one = session(stage, clock, budget=60)
    with pytest.raises(UnreachableError):
        one.get("/portals")
    with pytest.raises(UnreachableError, match="turn"):
        one.get("/apis")
    assert stage.seen == ["GET /portals"]


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://evil.example/steal?x=1", "evil.example"),
        ("/v3/elsewhere", "another path of this server"),
        ("https://evil\x85.example", r"evil\x85.example"),
        ("http://[", "another path of this server"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_redirect_is_followed(stage: Stage, clock: Clock, method: str, location: str, target: str) -> None:
    """README, "The trust it needs": the token goes to no other host."""
    stage.plays(Says(307, None, {"Location": location}))
    with pytest.raises(NonsenseError) as caught:
        session(stage, clock).request(method, "/portals")
    assert (
        caught.value.message
        == f"{method} /v3/portals was answered 307, pointing to {target}: no redirect is followed"
    )
    assert len(stage.asked) == 1


@pytest.mark.parametrize(
    ("status", "error", "hint"),
    [
        (400, RefusedError, ""),
        (401, UnauthorizedError, "kpat_"),
        (403, ForbiddenError, "Portal Viewer"),
        (404, NotFoundError, "region"),
        (409, ConflictError, "plan again"),
        (422, RefusedError, ""),
    ],
)
def test_each_refusal_is_an_error_of_its_own(
    stage: Stage, clock: Clock, status: int, error: type[PortalError], hint: str
) -> None:
    """Contract 1.7; the hint for a 403 names the role (contract 6)."""
    stage.plays(Says(status, problem(status, "Said why")))
    with pytest.raises(error) as caught:
        session(stage, clock).get("/portals")
    assert caught.value.message == f"GET /v3/portals was answered {status}: Said why"
    assert hint in caught.value.hint
    assert (caught.value.status, caught.value.trace) == (status, "kong:trace:123456")
    assert len(stage.asked) == 1


def test_a_forbidden_write_names_the_role_that_it_needs(stage: Stage, clock: Clock) -> None:
    stage.plays(Says(403, problem(403, "Forbidden")))
    with pytest.raises(ForbiddenError) as caught:
        session(stage, clock).request("PATCH", "/portals", body={})
    assert "Portal Admin" in caught.value.hint


def test_invalid_parameters_are_told(stage: Stage, clock: Clock) -> None:
    invalid = [
        {"field": "email", "rule": "required", "reason": '"email" is required', "source": "body"},
        {"field": "sort", "rule": "enum", "reason": "must be one of [name]", "source": "query", "choices": ["name"]},
    ]
    stage.plays(Says(400, problem(400, "Invalid Parameters", invalid_parameters=invalid)))
    with pytest.raises(RefusedError) as caught:
        session(stage, clock).request("POST", "/portals", body={})
    assert caught.value.message == (
        'POST /v3/portals was answered 400: Invalid Parameters ("email" is required; sort: must be one of [name])'
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"message": "no such route"}, "no such route"),
        (b"<html>Blocked</html>", "<html>Blocked</html>"),
        (b"", ""),
        (["odd"], '["odd"]'),
        ({"detail": "a\x1b[2Jb\r\nc\u202ed"}, r"a\x1b[2Jb\r\nc\u202ed"),
        (b"\xff\xfe" + b"x" * 500, "��" + "x" * 77 + "…"),
    ],
)
def test_a_refusal_of_any_form_is_told_in_a_few_harmless_words(
    stage: Stage, clock: Clock, body: Any, said: str
) -> None:
    stage.plays(Says(400, body))
    with pytest.raises(RefusedError) as caught:
        session(stage, clock).get("/portals")
    assert caught.value.message == "GET /v3/portals was answered 400" + (f": {said}" if said else "")


@pytest.mark.parametrize("body", [b"<html>Welcome to the guest network</html>", b'{"data": [', b"[" * 100_000])
def test_a_success_that_is_not_json_is_nonsense(stage: Stage, clock: Clock, body: bytes) -> None:
    stage.plays(Says(200, body))
    with pytest.raises(NonsenseError, match="not JSON") as caught:
        session(stage, clock).get("/portals")
    assert len(caught.value.message) < 200
    assert len(stage.asked) == 1


def test_an_endless_answer_is_not_read(stage: Stage, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LARGEST", 1 << 20)
    stage.plays(Says(200, b" " * (3 << 20)))
    with pytest.raises(NonsenseError, match="more than 1 MB"):
        session(stage, clock).get("/portals")
    assert len(stage.asked) == 1


def test_cookies_are_not_kept(stage: Stage, clock: Clock) -> None:
    stage.plays(Says(200, {}, {"Set-Cookie": "a=b"}))
    one = session(stage, clock)
    one.get("/portals")
    one.get("/portals")
    assert all("cookie" not in asked.headers for asked in stage.asked)


@pytest.mark.parametrize(
    "server",
    [
        "",
        "eu.api.konghq.com",
        "ftp://x",
        "https://",
        "https://user:pw@x",
        "https://x?a=b",
        "https://x#a",
        "http://x:99999",
    ],
)
def test_a_server_that_is_no_plain_address_is_refused_without_being_quoted(server: str) -> None:
    with pytest.raises(InputError) as caught:
        Session(server, "t", read_only=True)
    assert "pw" not in caught.value.message


@pytest.mark.parametrize(
    "server", ["https://eu.api.konghq.com", "https://eu.api.konghq.com/", "https://eu.api.konghq.com/v3/"]
)
def test_a_slash_or_v3_at_the_end_does_not_matter(server: str) -> None:
    assert Session(server, "t", read_only=True).server == "https://eu.api.konghq.com"


@pytest.mark.parametrize(
    "path", ["/portals/../apis", "/portals/a b", "/portals//", "/portals/x?force=true", "portals", ""]
)
def test_an_id_cannot_lead_to_another_path(stage: Stage, clock: Clock, path: str) -> None:
    """DELETE /teams/T/developers/.. would be DELETE /teams/T."""
    with pytest.raises(InputError):
        session(stage, clock).request("DELETE", path)
    assert stage.asked == []


def test_a_closed_session_waits_for_nothing(stage: Stage) -> None:
    stage.plays(EDGE_429)
    one = Session(stage.url, "t", read_only=True)
    one.close()
    with pytest.raises(UnreachableError, match="stopped"):
        one.get("/portals")
