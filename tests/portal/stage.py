"""A loopback server that does what a test's script says and remembers what reached it; a clock that never waits."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from reconciler.portal.http import Session
from reconciler.portal.reader import Reader
from reconciler.portal.writer import Writer

TOKEN = "kpat_verysecrettokenvalue"
TIME = "2026-03-01T10:00:00.000Z"
PORTAL = "11111111-1111-4111-8111-111111111111"


@dataclass(frozen=True)
class Asked:
    """A request as it reached the server."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Says:
    """An answer; a `body` of bytes goes out as it is, anything else as JSON. `cut`: as many bytes are left out."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0


class Drops:
    """The connection is reset after the request was read."""


Script = Callable[[Asked], Says | Drops]


class Stage:
    """The server. `script` answers each request; or `plays(…)` lines up answers, the last of which is repeated."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.script: Script = lambda _: Says(404, problem(404, "Not Found"))
        self._lock = Lock()
        stage = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self) -> None:
                stage._answer(self)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def plays(self, *answers: Says | Drops) -> None:
        line = list(answers)

        def script(_: Asked) -> Says | Drops:
            return line.pop(0) if len(line) > 1 else line[0]

        self.script = script

    @property
    def seen(self) -> list[str]:
        """Method and path of everything that arrived, /v3 left out."""
        return [str(one).replace(" /v3", " ") for one in self.asked]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        parts = urlsplit(handler.path)
        asked = Asked(
            handler.command or "",
            parts.path,
            dict(parse_qsl(parts.query)),
            {name.lower(): value for name, value in handler.headers.items()},
            json.loads(raw) if raw else None,
        )
        with self._lock:
            self.asked.append(asked)
            says = self.script(asked)
        if isinstance(says, Drops):
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True
            handler.connection.close()
            return
        body = (
            says.body
            if isinstance(says.body, bytes)
            else b""
            if says.body is None
            else json.dumps(says.body).encode()
        )
        handler.send_response(says.status)
        for name, value in {"Content-Type": "application/json", **says.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) - says.cut])
        if says.cut:
            handler.close_connection = True


class Clock:
    """A clock that moves when someone sleeps, and remembers how long they slept."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._lock = Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.now += seconds


def session(stage: Stage, clock: Clock, *, read_only: bool = False, **more: Any) -> Session:
    return Session(
        stage.url,
        TOKEN,
        read_only=read_only,
        clock=clock,
        sleep=clock.sleep,
        rng=lambda: 0.0,
        **{"workers": 4, **more},
    )


def reader(stage: Stage, clock: Clock, **more: Any) -> Reader:
    return Reader(session(stage, clock, read_only=True, **more))


def writer(stage: Stage, clock: Clock, **more: Any) -> Writer:
    return Writer(session(stage, clock, **more))


def problem(status: int, detail: str, **more: Any) -> dict[str, Any]:
    """An error body as section 1.7 has it."""
    return {"status": status, "title": detail, "instance": "kong:trace:123456", "detail": detail, **more}


def page(items: list[Any], number: int = 1, size: int = 100, total: int | None = None) -> dict[str, Any]:
    total = len(items) if total is None else total
    return {"data": items, "meta": {"page": {"number": number, "size": size, "total": total}}}


def paged(lists: dict[str, list[Any]], cap: int = 100) -> Script:
    """Serves whole lists by path (below /v3) in pages of at most `cap`; anything else is 404."""

    def script(asked: Asked) -> Says:
        path = asked.path.removeprefix("/v3")
        if path not in lists:
            return Says(404, problem(404, "Not Found"))
        if "page[size]" not in asked.query:
            return Says(200, lists[path])
        size, number = min(int(asked.query["page[size]"]), cap), int(asked.query["page[number]"])
        return Says(200, page(lists[path][(number - 1) * size : number * size], number, size, len(lists[path])))

    return script


def uuid(kind: int, n: int) -> str:
    return f"{kind:08x}-0000-4000-8000-{n:012x}"


def a_developer(n: int, **more: Any) -> dict[str, Any]:
    return {
        "id": uuid(1, n),
        "email": f"dev{n}@partner.example",
        "full_name": f"Dev {n}",
        "status": "approved",
        "created_at": TIME,
        "updated_at": TIME,
        **more,
    }


def a_team(n: int, **more: Any) -> dict[str, Any]:
    return {
        "id": uuid(2, n),
        "name": f"team {n}",
        "description": None,
        "created_at": TIME,
        "updated_at": TIME,
        **more,
    }


def an_application(n: int, **more: Any) -> dict[str, Any]:
    return {"id": uuid(3, n), "name": f"app {n}", "owner": {"type": "developer", "id": uuid(1, n)}, **more}


def a_registration(n: int, **more: Any) -> dict[str, Any]:
    return {
        "id": uuid(4, n),
        "created_at": TIME,
        "updated_at": TIME,
        "status": "approved",
        "api": {"id": uuid(5, n % 30), "name": f"api {n % 30}", "version": None, "entity_type": "api"},
        "application": {"id": uuid(3, n // 2), "name": f"app {n // 2}"},
        **more,
    }


def an_api(n: int, **more: Any) -> dict[str, Any]:
    portals = [{"id": PORTAL, "name": "partners", "display_name": "Partners"}]
    return {"id": uuid(5, n), "name": f"api {n}", "version": None, "portals": portals, **more}
