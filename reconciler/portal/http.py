"""The one place through which every request goes: who may write, how long to try, and what may be repeated.

What is repeated, and when:

connect error, 429, 503 with Retry-After   nothing was done            any method
reset, timeout, 408, other 5xx             it may have been done       GET, PUT, DELETE, and our PATCHes, which set
                                                                       a state and are the same when done twice
the same on POST                           it may have been done       UnknownOutcomeError: the caller reads back
"""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any
from urllib.parse import urlsplit

from reconciler.errors import (
    InputError,
    NonsenseError,
    PortalError,
    UnknownOutcomeError,
    UnreachableError,
)
from reconciler.portal.answers import described, is_success, payload, refusal, trace_of
from reconciler.portal.gate import Gate, is_limit
from reconciler.portal.wire import Answer, Failure, Wire
from reconciler.secret import Secret, visible

BASE = "/v3"
TRIES = 4
"""How often a request that fails is sent in all; a 429 is no failure and is bounded by the time budget alone."""
BACKOFF = 0.5
"""Seconds before the second try, doubled for each further one, plus up to a quarter of chance."""
BUDGET = 300.0
"""Seconds that one request may take with all its waits and tries."""

STOPPED = "stopped while waiting for the portal"

_CHECK_NETWORK = "check the server's address and the network"
_PATH = re.compile(r"(/[0-9A-Za-z_-]+)+")
"""Names and ids only: an id from a file or an answer cannot lead to another path, as one with dots would."""


class _StoppedError(UnreachableError):
    """A wait was ended from outside."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from a request that succeeded: its JSON (None: empty body), status and correlation id."""

    status: int
    body: Any = None
    trace: str = ""


@dataclass(slots=True)
class Counters:
    """What was sent so far: requests by method (each try counts), how many were repeats, how many met a limit."""

    requests: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    limited: int = 0

    @property
    def total(self) -> int:
        """All requests that were sent."""
        return self.requests.total()


class Session:
    """A connection to one server with one token; safe to use from many threads.

    `server` is the URL without /v3. `proxies` and `verify` (True, or the path of a CA bundle) are as requests takes
    them; the environment is not read. `clock` is monotonic; `sleep` None waits so that `close` ends the wait.
    Raises InputError for a server that is not a plain http(s) URL or a token that cannot be one.
    """

    def __init__(
        self,
        server: str,
        token: str | Secret,
        *,
        read_only: bool,
        verify: bool | str = True,
        proxies: Mapping[str, str] | None = None,
        timeout: tuple[float, float] = (10.0, 60.0),
        workers: int = 5,
        budget: float = BUDGET,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        rng: Callable[[], float] = random.random,
    ) -> None:
        self.server = _checked(server)
        self.workers, self.counters = max(workers, 1), Counters()
        self._secret = token if isinstance(token, Secret) else Secret(token)
        self._wire = Wire(
            self._secret,
            read_only=read_only,
            verify=verify,
            proxies=proxies,
            timeout=timeout,
            connections=self.workers,
        )
        self._budget, self._clock, self._rng = budget, clock, rng
        self._closing, self._lock = Event(), Lock()
        self._sleep = sleep or self._closing.wait
        self.gate = Gate(clock=clock, sleep=self.pause, rng=rng, reserve=self.workers)

    def __repr__(self) -> str:
        return f"Session({self.server!r}, read_only={self.read_only})"

    @property
    def read_only(self) -> bool:
        """Whether nothing but GET can be sent: the wire sees to it."""
        return self._wire.read_only

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON at the path below /v3. Raises PortalError."""
        return self.request("GET", path, params=params).body

    def request(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: object = None
    ) -> Reply:
        """Ask until there is an answer, as the table above says.

        Raises ReadOnlyError or InputError (an id that is none) before anything is opened; the PortalError that the
        answer stands for; UnreachableError if there is none to the end; UnknownOutcomeError if a write may have been
        done all the same.
        """
        self._wire.admit(method, f"{BASE}{path}")
        if not _PATH.fullmatch(path):
            raise InputError(f"{method} {BASE}{visible(path)} is no path of this API", "an id is a UUID")
        asked, deadline = f"{method} {BASE}{path}", self._clock() + self._budget
        tries, unsure, again = 0, False, False
        result: Answer | Failure = Failure("its turn did not come in time", sent=False)
        try:
            while (entered := self.gate.enter(deadline)) is not None:
                self._count(method, again=again)
                again = True
                result = self._wire.send(
                    method, self.server + BASE + path, params, body, lambda: self._clock() <= deadline
                )
                if isinstance(result, Answer):
                    self.gate.learn(entered, result.status, result.headers)
                    if is_limit(result.status, result.headers):
                        self._count_limit()
                        continue
                    if result.status < 500 and result.status != 408:
                        return self._settle(asked, result)
                tries += 1
                unsure = unsure or isinstance(result, Answer) or result.sent
                fatal = isinstance(result, Failure) and result.fatal
                if fatal or tries == TRIES or (unsure and method == "POST") or not self._back_off(tries, deadline):
                    break
        except _StoppedError:
            result = Failure(STOPPED, sent=False)
        raise self._given_up(asked, result, unsure=unsure and method != "GET")

    def pause(self, seconds: float) -> None:
        """Wait. Raises UnreachableError if nobody is to wait any more."""
        self._sleep(seconds)
        if self._closing.is_set():
            raise _StoppedError(STOPPED)

    def hurry(self) -> None:
        """Let nobody wait any more: what is being answered is answered, what waits for a next try is given up."""
        self._closing.set()

    def close(self) -> None:
        """Close the connections and wake who waits."""
        self.hurry()
        self._wire.close()

    def _settle(self, asked: str, answer: Answer) -> Reply:
        if not is_success(answer):
            raise refusal(asked, answer, self._secret)
        try:
            return Reply(answer.status, payload(asked, answer, self._secret), trace_of(answer))
        except NonsenseError as error:
            if asked.startswith("POST "):
                raise self._given_up(asked, answer, unsure=True) from error
            raise

    def _given_up(self, asked: str, result: Answer | Failure, *, unsure: bool) -> PortalError:
        """The error after the last try, chained to what caused it."""
        status, trace, hint, cause = None, "", "", None
        if isinstance(result, Answer):
            what, status, trace = described(result, self._secret), result.status, trace_of(result)
        else:
            what, hint, cause = result.why, result.hint, result.cause
        error: PortalError
        if unsure:
            text = f"{asked} may or may not have taken effect: {what}"
            hint = "run plan again: it shows what is there now"
            error = UnknownOutcomeError(text, hint, status=status, trace=trace)
        elif isinstance(result, Failure) and result.fatal and result.sent:
            error = NonsenseError(f"{asked} was answered with nonsense: {what}", hint)
        else:
            busy = isinstance(result, Answer) and is_limit(result.status, result.headers)
            stopped = isinstance(result, Failure) and result.why == STOPPED
            hint = hint or ("" if stopped else "wait, or use fewer workers" if busy else _CHECK_NETWORK)
            error = UnreachableError(f"{asked} failed to the last try: {what}", hint, status=status, trace=trace)
        error.__cause__ = cause
        return error

    def _back_off(self, tries: int, deadline: float) -> bool:
        """Wait before the next try; False at once if that would be too late."""
        wait = BACKOFF * 2.0 ** (tries - 1) * (1 + self._rng() / 4)
        if self._clock() + wait > deadline:
            return False
        self.pause(wait)
        return True

    def _count(self, method: str, *, again: bool) -> None:
        with self._lock:
            self.counters.requests[method] += 1
            self.counters.retries += again

    def _count_limit(self) -> None:
        with self._lock:
            self.counters.limited += 1


def _checked(server: str) -> str:
    """The server without a slash or /v3 at its end. The message does not quote it, for it may hold a password."""
    try:
        parts = urlsplit(server)
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        plain = plain and not parts.query and not parts.fragment and (parts.port or 1) > 0 and server.isprintable()
    except ValueError:
        plain = False
    if not plain or " " in server:
        raise InputError(
            "the server is not a plain http or https address", "write it like https://eu.api.konghq.com, without /v3"
        )
    return server.rstrip("/").removesuffix(BASE).rstrip("/")
