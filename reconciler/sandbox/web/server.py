"""The portal behind a socket: a threaded HTTP/1.1 server that keeps connections alive."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from reconciler.sandbox.faults import CALM, Faults
from reconciler.sandbox.protocol.messages import Request, Response
from reconciler.sandbox.protocol.problems import Problem
from reconciler.sandbox.web.app import App
from reconciler.sandbox.web.listener import Listener
from reconciler.sandbox.web.log import KEPT, Answered
from reconciler.sandbox.web.page import access

SECONDS_TO_FINISH = 5

Hook = Callable[[Request], Response | None]
Watcher = Callable[[Request, Response], None]
Log = Callable[[Answered], None]
Defect = Callable[[str, Exception], None]


class Server:
    """A running server; leave the `with` block or call `stop` to end it.

    `url` is without /v3. `requests` lists (method, path with query, status) in the order of the answers and
    can be cleared; `errors` lists the last defects of the sandbox and of hooks, each answered with a 500; `faults`
    may be set at any time.
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
        defect: Defect | None = None,
    ) -> None:
        """Bind and listen. ListenError; ValueError for a host that others can reach, unless `allow_remote`.

        `log` is called with every answered request, before the answer is sent; `defect` with what was asked, as
        method and target, and the error that kept it from being answered.
        """
        if not allow_remote and not _is_loopback(host):
            raise ValueError(f"{host} is not a loopback address: others could reach the sandbox")
        self.requests: list[tuple[str, str, int]] = []
        self.errors: list[Exception] = []
        self.faults = faults
        self._app = app
        self._record = record
        self._log = log
        self._defect = defect
        self._last: deque[Answered] = deque(maxlen=KEPT)
        self._hooks: list[Hook] = []
        self._watchers: list[Watcher] = []
        self._listener = Listener(host, port, self._answer)
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
            del self.errors[:-KEPT]
            if self._defect:
                self._defect(f"{method} {target}", error)
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
        fault = CALM
        if self.faults:
            self._app.keep_past(self.faults.longest_stale)
            fault = self.faults.meet(request)
        instead = fault.instead(self._app.trace)
        if instead is not None:
            return instead
        response = self._app.answer(request, fault)
        for watcher in tuple(self._watchers):
            watcher(request, response)
        return fault.of(response)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
