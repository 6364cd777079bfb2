"""The portal behind a socket: authentication, bodies, hooks, errors, threads, stopping (contract 1.7)."""

import contextlib
import http.client
import json
import socket
import threading
from typing import Any

import pytest

from reconciler.sandbox import Request, Response, Sandbox, Server, serve

from .conftest import Acme, Client


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer ", "Basic abc", "kpat_x"])
def test_without_a_bearer_token_nothing_is_told(client: Client, token: str | None) -> None:
    """Contract 1.7."""
    answer = client.send("GET", "/portals", token=token)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.value == {
        "status": 401,
        "title": "Unauthorized",
        "instance": "kong:trace:1000000000000000001",
        "detail": "Unauthorized",
    }


@pytest.mark.parametrize("path", ["/v3/unknown", "/v3/portals/", "/v3x", "/v3/portals/x/y/z"])
def test_an_unknown_path_is_not_found(client: Client, path: str) -> None:
    client.send("GET", "/portals")
    answer = client.get(path) if path.startswith("/v3/") else client.get("/../" + path)
    assert (answer.status, answer.value["detail"]) == (404, "Not Found")


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "BREW"])
def test_an_unknown_method_is_not_allowed(client: Client, method: str) -> None:
    answer = client.send(method, "/portals")
    assert (answer.status, answer.value["title"]) == (405, "Method Not Allowed")


def test_head_is_answered_without_a_body(client: Client) -> None:
    answer = client.send("HEAD", "/portals")
    assert (answer.status, answer.raw) == (405, b"")
    assert client.get("/portals").status == 200


@pytest.mark.parametrize("body", [b"{", b"nonsense", b'{"email": NaN}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_is_refused(acme: Acme, body: bytes) -> None:
    answer = acme.client.send("POST", f"{acme.path}/developers", body)
    assert answer.invalid == [
        {"field": "body", "rule": "invalid", "reason": '"body" must be valid JSON', "source": "body"}
    ]


def test_a_body_that_is_no_object_is_refused(acme: Acme) -> None:
    answer = acme.client.send("POST", f"{acme.path}/developers", [])
    assert answer.invalid == [
        {"field": "body", "rule": "is_object", "reason": '"body" must be of type object', "source": "body"}
    ]


def exchange(server: Server, text: bytes) -> tuple[int, Any]:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(text)
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.getheader("Connection") == "close"
        return response.status, json.loads(response.read())


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"POST /v3/portals HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST /v3/portals HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /v3/portals HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /v3/portals HTTP/2.0\r\n\r\n", 400),
        (b"GET /v3/portals HTTP/1.1\r\nno header\r\n\r\n", 400),
        (b"GET /v3/portals HTTP/1.1\r\nAuthorization : Bearer t\r\n\r\n", 400),
        (b"GET /v3/portals HTTP/1.1\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (b"GET /v3/portals HTTP/1.1\r\n" + b"X: x\r\n" * 200 + b"\r\n", 431),
        (b"POST /v3/portals HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
    ],
)
def test_what_is_no_proper_request_gets_a_problem_too(server: Server, text: bytes, status: int) -> None:
    found, problem = exchange(server, text)
    assert (found, problem["status"]) == (status, status)
    assert set(problem) >= {"status", "title", "instance", "detail"}


@pytest.mark.parametrize(
    ("head", "lasting"),
    [
        (b"GET /v3/portals HTTP/1.1\r\n", True),
        (b"GET /v3/portals HTTP/1.1\r\nConnection: close\r\n", False),
        (b"GET /v3/portals HTTP/1.0\r\n", False),
        (b"GET /v3/portals HTTP/1.0\r\nConnection: Keep-Alive\r\n", True),
    ],
)
def test_a_connection_lasts_as_the_client_says(server: Server, head: bytes, lasting: bool) -> None:
    """Two requests are sent at once, the second behind an empty line, which may stand there (RFC 9112, 2.2)."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head + b"\r\n\r\n" + head + b"Connection: close\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):  # what was not read when the server closed
            while connection.recv(4096):
                pass
    assert [status for _, _, status in server.requests] == [401] * (2 if lasting else 1)


def test_a_client_that_asks_may_send_its_body(server: Server) -> None:
    """`Expect: 100-continue`, as curl sends it with a long one."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"POST /v3/portals HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert connection.recv(100).startswith(b"HTTP/1.1 401 Unauthorized\r\n")


def test_half_a_body_does_nothing(server: Server) -> None:
    """Whoever went away in the middle of a request did not ask for anything."""
    host, port = server.url.removeprefix("http://").split(":")
    head = b"POST /v3/portals HTTP/1.1\r\nAuthorization: Bearer t\r\nContent-Length: 99\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head + b'{"name": "x"}')
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert server.requests == []


def test_one_connection_serves_many_requests(server: Server, acme: Acme) -> None:
    """Every request is recorded in order, as it was sent; the record can be cleared."""
    server.requests.clear()
    acme.client.get("/portals", **{"page[size]": "5"})
    acme.client.send("POST", "/portals", {})
    acme.client.get("/nowhere")
    assert server.requests == [
        ("GET", "/v3/portals?page%5Bsize%5D=5", 200),
        ("POST", "/v3/portals", 400),
        ("GET", "/v3/nowhere", 404),
    ]


def test_a_hook_may_play_other_people(server: Server, sandbox: Sandbox, acme: Acme) -> None:
    def approve(request: Request) -> None:
        if request.path.endswith("/developers"):
            sandbox.set_status("acme", "bob@x.example", "approved")

    remove = server.before(approve)
    data = acme.client.get(f"{acme.path}/developers").value["data"]
    assert data[1]["status"] == "approved"
    sandbox.set_status("acme", "bob@x.example", "revoked")
    remove()
    assert acme.client.get(f"{acme.path}/developers").value["data"][1]["status"] == "revoked"


def test_a_hook_may_answer_instead(server: Server) -> None:
    """Contract 7: a 429 is plain JSON, which no published schema covers."""
    client = Client(server.url, None)
    refusal = Response.json(429, {"message": "API rate limit exceeded"}, {"Retry-After": "1"})
    server.before(lambda request: refusal if request.query else None)
    answer = client.get("/portals", sort="name")
    assert (answer.status, answer.raw, answer.headers["retry-after"]) == (
        429,
        b'{"message":"API rate limit exceeded"}',
        "1",
    )
    assert client.get("/portals").status == 200
    client.close()


def test_a_defect_is_a_500_for_the_client_and_an_exception_for_the_test(sandbox: Sandbox) -> None:
    with serve(sandbox) as server:
        client = Client(server.url, None)

        def broken(request: Request) -> None:
            raise RuntimeError("secret")

        server.before(broken)
        answer = client.get("/portals")
        client.close()
        assert (answer.status, answer.value["detail"]) == (500, "An unexpected error occurred")
        assert [str(error) for error in server.errors] == ["secret"]


def test_many_clients_write_at_once_and_nothing_is_lost(server: Server, sandbox: Sandbox, acme: Acme) -> None:
    def invite(worker: int) -> None:
        client = Client(server.url, None)
        for number in range(20):
            body = {"email": f"w{worker}n{number}@z.example", "full_name": "W"}
            assert client.send("POST", f"{acme.path}/developers", body).status == 201
            # All workers fight for this one; one of them gets it.
            client.send("POST", f"{acme.path}/developers", {"email": f"all{number}@z.example", "full_name": "A"})
        client.close()

    workers = [threading.Thread(target=invite, args=(worker,)) for worker in range(12)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert acme.client.get(f"{acme.path}/developers").value["meta"]["page"]["total"] == 3 + 12 * 20 + 20
    assert len(sandbox.dump()["acme"]["developers"]) == 3 + 12 * 20 + 20


def test_stopping_finishes_the_answer_under_way(sandbox: Sandbox) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(request: Request) -> None:
        begun.set()
        go_on.wait(5)

    server = serve(sandbox)
    server.before(hold)
    client = Client(server.url, None)
    found: list[int] = []
    asking = threading.Thread(target=lambda: found.append(client.get("/portals").status))
    asking.start()
    assert begun.wait(5)
    stopping = threading.Thread(target=server.stop)
    stopping.start()
    go_on.set()
    stopping.join(5)
    asking.join(5)
    assert found == [200]
    client.close()
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=1)


def test_a_connection_kept_alive_ends_with_the_server(sandbox: Sandbox) -> None:
    with serve(sandbox) as server:
        client = Client(server.url, None)
        client.get("/portals")
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        client.get("/portals")
    client.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", "::"])
def test_others_cannot_reach_the_sandbox_unless_allowed(sandbox: Sandbox, host: str) -> None:
    with pytest.raises(ValueError, match="is not a loopback address"):
        serve(sandbox, host)
    serve(sandbox, "0.0.0.0", allow_remote=True).stop()
