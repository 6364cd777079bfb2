"""The portal behind a socket: a threaded HTTP/1.1 server that keeps connections alive."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Self

from reconciler.sandbox.faults import CALM, Faults
from reconciler.sandbox.protocol.messages import Request, Response
from reconciler.sandbox.protocol.problems import Problem, bad_request, invalid, method_not_allowed
from reconciler.sandbox.web.app import App
from reconciler.sandbox.web.log import KEPT, Answered
from reconciler.sandbox.web.page import access

LARGEST_BODY = 1 << 20
SECONDS_TO_FINISH = 5

Hook = Callable[[Request], Response | None]
Watcher = Callable[[Request, Response], None]
Log = Callable[[Answered], None]


class Server:
    """A running server; leave the `with` block or call `stop` to end it.

    `url` is without /v3. `requests` lists (method, path with query, status) in the order of the answers and
    can be cleared; `errors` lists defects of the sandbox and of hooks, each answered with a 500; `faults` may be
    set at any time.
    """

    def __init__(
        self,
        app: App,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        allow_remote: bool = False,
        record: bool = True,
        log: Log | None = None,
        faults: Faults | None = None,
    ) -> None:
        """Bind and listen. ValueError for a host that others can reach, unless `allow_remote`.

        `log` is called with every answered request, before the answer is sent.
        """
        if not allow_remote and not _is_loopback(host):
            raise ValueError(f"{host} is not a loopback address: others could reach the sandbox")
        self.requests: list[tuple[str, str, int]] = []
        self.errors: list[Exception] = []
        self.faults = faults
        self._app = app
        self._record = record
        self._log = log
        self._last: deque[Answered] = deque(maxlen=KEPT)
        self._hooks: list[Hook] = []
        self._watchers: list[Watcher] = []
        self._listener = _Listener(host, port, self._answer)
        bound = self._listener.server_address[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{bound}"
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> Server:
        """Begin to answer."""
        self._thread.start()
        return self

    def before(self, hook: Hook) -> Callable[[], None]:
        """Call `hook` with every request before it is handled; call what is returned to take it off again.

        A hook holds no lock, so it may play other people. It may return a Response to answer instead.
        """
        self._hooks.append(hook)
        return lambda: self._hooks.remove(hook)

    def after(self, watcher: Watcher) -> Callable[[], None]:
        """Show `watcher` every request that the portal itself answers, with its answer; call the result to end that.

        What a hook or a fault answers instead is not the portal's; what a fault does to an answer comes after.
        """
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def stop(self) -> None:
        """Finish the answers under way, then close every connection."""
        if self._thread.is_alive():
            self._listener.shutdown()
        self._listener.server_close()
        self._listener.drain(SECONDS_TO_FINISH)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _answer(self, request: Request | Problem, method: str, target: str) -> Response:
        begun = time.perf_counter()
        try:
            response = self._app.refuse(request) if isinstance(request, Problem) else self._handle(request)
        except Exception as error:  # noqa: BLE001 - no traceback ever reaches a client
            self.errors.append(error)
            response = self._app.refuse()
        if self._record:
            self.requests.append((method, target, response.status))
        self._note(Answered(time.time(), method, target, response.status, (time.perf_counter() - begun) * 1000))
        return response

    def _note(self, answered: Answered) -> None:
        if answered.target.partition("?")[0] not in access.OWN:  # whoever looks at the list does not fill it
            self._last.append(answered)
        if self._log:
            self._log(answered)

    def _handle(self, request: Request) -> Response:
        if access.asked_for(request):  # by a person, not by a client: no hook, no watcher
            return self._app.page(tuple(self._last))
        for hook in tuple(self._hooks):
            answered = hook(request)
            if answered is not None:
                return answered
        fault = self.faults.meet(request) if self.faults else CALM
        instead = fault.instead(self._app.trace)
        if instead is not None:
            return instead
        response = self._app.answer(request, shift=fault.shift)
        for watcher in tuple(self._watchers):
            watcher(request, response)
        return fault.of(response)


Answer = Callable[[Request | Problem, str, str], Response]


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, answer: Answer) -> None:
        self.answer = answer
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer would look up the host's name, which can take seconds on some networks.
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._changed:
            self._open.discard(request)
            self._changed.notify_all()
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""

    def drain(self, seconds: float) -> None:
        """End reading on every connection: what is being answered is answered, then the thread ends."""
        with self._changed:
            for connection in self._open:
                with contextlib.suppress(OSError):  # closed by the client meanwhile
                    connection.shutdown(socket.SHUT_RD)
            self._changed.wait_for(lambda: not self._open, seconds)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without this, delayed acknowledgements stall every answer for 40 ms.
    disable_nagle_algorithm = True
    server: _Listener

    def __getattr__(self, name: str) -> Any:
        # The base class looks for do_GET, do_POST, …: every method goes the same way, unknown ones too.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self) -> None:
        try:
            body = self._body()
        except Problem as problem:
            self.close_connection = True  # what follows on the connection was not read
            self._send(self.server.answer(problem, self.command, self.path))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, self.client_address[0])
        self._send(self.server.answer(request, self.command, self.path))

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            raise bad_request(invalid("body", "invalid", '"body" must come with its Content-Length'))
        if len(length) > 9 or int(length) > LARGEST_BODY:
            raise Problem(413, "Content Too Large", f"The body must not exceed {LARGEST_BODY} bytes")
        return self.rfile.read(int(length))

    def _send(self, response: Response) -> None:
        if response.delivery in ("none", "never"):
            if response.delivery == "never":
                self.connection.recv(1)  # until the client gives up or `drain` ends reading
            self._break()
            return
        lines = [f"HTTP/1.1 {response.status} {_phrase(response.status)}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if response.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(response.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = "\r\n".join((*lines, "", "")).encode("latin-1")
        if response.delivery == "half":
            self.wfile.write(head + response.body[: len(response.body) // 2])
            self._break()
            return
        # One write, so that a small answer is one packet.
        self.wfile.write(head if self.command == "HEAD" else head + response.body)

    def _break(self) -> None:
        """Reset the connection: the client sees that it broke, not that it ended."""
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client was faster
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def send_error(self, code: int, message: str | None = None, _explain: str | None = None) -> None:
        """What the base class cannot parse gets a problem document too, not its HTML page."""
        self.close_connection = True
        self.command = self.command or ""
        title = _phrase(code)
        problem = method_not_allowed() if code == 501 else Problem(code, title, message or title)
        self._send(self.server.answer(problem, self.command, getattr(self, "path", "")))

    def log_message(self, *_: Any) -> None:
        """Silent: who wants the requests reads `Server.requests`."""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
