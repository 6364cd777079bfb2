"""A portal with a bit of everything, and a client that speaks plain HTTP to it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from reconciler.sandbox import Request, Response, Sandbox, Server, serve
from tests.contract.published import Published, published

SEED: dict[str, Any] = {
    "apis": [
        {"name": "payments", "version": "v1"},
        {"name": "payments", "version": "v2"},
        {"name": "orders"},
        {"name": "starter-kit", "package": True},
    ],
    "portals": [
        {
            "name": "acme",
            "publications": [
                {"api": "payments", "version": "v1"},
                {"api": "payments", "version": "v2", "auto_approve_registrations": True},
                {"package": "starter-kit"},
            ],
            "developers": [
                {"email": "ada@x.example", "full_name": "Ada", "status": "approved"},
                {"email": "bob@x.example", "full_name": "Bob"},
                {"email": "cy@y.example", "full_name": "Cy, the third", "status": "revoked"},
            ],
            "teams": [
                {
                    "name": "partners",
                    "description": "All partners",
                    "members": ["ada@x.example", "bob@x.example"],
                    "roles": [{"role": "API Consumer", "api": "payments", "version": "v1", "region": "eu"}],
                },
                {"name": "owners", "can_own_applications": True, "konnect_managed": True},
            ],
            "applications": [
                {
                    "name": "Checkout",
                    "owner": "ada@x.example",
                    "registrations": [{"api": "payments", "version": "v1", "status": "approved"}],
                },
                {"name": "Shared", "owner": {"team": "owners"}, "registrations": [{"package": "starter-kit"}]},
            ],
        },
        {"name": "other", "display_name": "Another", "auto_approve_developers": True},
    ],
}


class Clock:
    """Noon of a day in summer; every look at it is a second later than the last."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Answer:
    """What came back, the JSON already read."""

    status: int
    value: Any
    headers: dict[str, str]
    raw: bytes = field(repr=False)

    @property
    def invalid(self) -> Any:
        """The invalid parameters of a 400, whose frame is checked here once for all."""
        assert {**self.value, "instance": "", "invalid_parameters": []} == {
            "status": 400,
            "title": "Invalid Request",
            "instance": "",
            "detail": "Invalid Parameters",
            "invalid_parameters": [],
        }
        return self.value["invalid_parameters"]


class Client:
    """Requests over one kept-alive connection; every answer is held against the published file if given."""

    def __init__(self, url: str, file: Published | None) -> None:
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        self._file = file

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = "Bearer t",
        **query: str,
    ) -> Answer:
        """One request; `path` is below /v3 unless it begins with it."""
        target = (path if path.startswith("/v3") else "/v3" + path) + ("?" + urlencode(query) if query else "")
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **({"Authorization": token} if token else {})}
        self._connection.request(method, target, data, sent)
        response = self._connection.getresponse()
        raw = response.read()
        headers = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, json.loads(raw) if raw else None, headers, raw)
        self._check(
            Request(method, target, {name.lower(): value for name, value in sent.items()}, data or b""), answer
        )
        return answer

    def _check(self, request: Request, answer: Answer) -> None:
        """The answer is one of those that the file lists, and nothing is accepted that the file does not allow."""
        if self._file and self._file.operation(request) and answer.status != 501:
            given = Response(answer.status, answer.raw, {"Content-Type": answer.headers.get("content-type", "")})
            faults = self._file.check_answer(request, given)
            if answer.status < 300:
                faults += self._file.check_request(request)
            assert faults == (), f"{request.method} {request.target}"

    def get(self, path: str, **query: str) -> Answer:
        """GET with a query."""
        return self.send("GET", path, **query)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Acme:
    """Paths of the portal `acme`, by the names of the things in it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.portal = self._id("/portals", name="acme")
        self.path = f"/portals/{self.portal}"

    def _id(self, path: str, **filters: str) -> str:
        [found] = self.client.get(path, **{f"filter[{name}]": value for name, value in filters.items()}).value["data"]
        return str(found["id"])

    def developer(self, email: str) -> str:
        """…/developers/{id}."""
        return f"{self.path}/developers/{self._id(self.path + '/developers', email=email)}"

    def team(self, name: str) -> str:
        """…/teams/{id}."""
        return f"{self.path}/teams/{self._id(self.path + '/teams', name=name)}"

    def application(self, name: str) -> str:
        """…/applications/{id}."""
        return f"{self.path}/applications/{self._id(self.path + '/applications', name=name)}"

    def api(self, name: str, version: str) -> str:
        """The id of an API."""
        return self._id("/apis", name=name, version=version)

    def package(self) -> str:
        """The id of the package."""
        [found] = self.client.get(f"{self.path}/api-publications", **{"filter[entity_type]": "api_package"}).value[
            "data"
        ]
        return str(found["api_id"])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(clock=Clock())
    sandbox.load(SEED)
    yield sandbox
    sandbox.close()


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[Server]:
    with serve(sandbox) as server:
        yield server
    assert not server.errors


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    client = Client(server.url, published())
    yield client
    client.close()


@pytest.fixture
def acme(client: Client) -> Acme:
    return Acme(client)


def last(path: str) -> str:
    """The id at the end of a path."""
    return path.rpartition("/")[2]


def encoded(text: str) -> str:
    """A text percent-encoded for a path."""
    return quote(text, safe="")
