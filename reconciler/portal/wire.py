"""One request on the wire and what came of it: an `Answer`, or a `Failure` that tells whether it may have arrived.

The adapter of `requests` is used without its Session: no redirects, no cookies, no environment, no .netrc, and
`verify` given with every request, which REQUESTS_CA_BUNDLE would else override (psf/requests #3829).
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    URLSchemeUnknown,
)
from urllib3.util import Retry

from reconciler.errors import ReadOnlyError
from reconciler.secret import Secret

LARGEST = 50 * 1024 * 1024
"""Bytes of a body, unpacked, beyond which it is not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said, with its whole body; header names in any case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=CaseInsensitiveDict)
    content: bytes = b""

    def json(self) -> Any:
        """The body as JSON; None if there is none. Raises ValueError, which does not hold the body, if it is not."""
        try:
            return json.loads(self.content) if self.content.strip() else None
        except (ValueError, RecursionError):
            pass  # the parser's own error would carry the whole document along
        raise ValueError("not JSON")


@dataclass(frozen=True, slots=True)
class Failure:
    """No whole answer. `sent`: the request may have arrived and taken effect; `fatal`: trying again will not help."""

    why: str
    sent: bool
    fatal: bool = False
    hint: str = ""
    cause: Exception | None = None


class Wire:
    """A pool of kept-alive connections to one server; with `read_only` nothing but GET can leave through it."""

    def __init__(
        self,
        token: Secret,
        *,
        read_only: bool,
        verify: bool | str = True,
        proxies: Mapping[str, str] | None = None,
        timeout: tuple[float, float] = (10.0, 60.0),
        connections: int = 5,
    ) -> None:
        self._token, self._verify, self._timeout, self._read_only = token, verify, timeout, read_only
        self._proxies = dict(proxies or {})
        self._adapter = HTTPAdapter(
            pool_connections=1, pool_maxsize=connections, max_retries=Retry(0, read=False, redirect=0)
        )

    @property
    def read_only(self) -> bool:
        """Whether nothing but GET can be sent."""
        return self._read_only

    def admit(self, method: str, url: str) -> None:
        """Raise ReadOnlyError for what this connection must not send."""
        if self._read_only and method != "GET":
            raise ReadOnlyError(f"{method} {url} was stopped: this client only reads", "this is a bug of ours")

    def send(
        self, method: str, url: str, params: Mapping[str, str] | None, body: object, in_time: Callable[[], bool]
    ) -> Answer | Failure:
        """Send one request, once, and read the answer while `in_time()`. Raises nothing but ReadOnlyError."""
        self.admit(method, url)
        headers = {
            **requests.utils.default_headers(),
            "Accept": "application/json, application/problem+json",
            "User-Agent": "reconciler",
            "Authorization": f"Bearer {self._token.reveal()}",
        }
        try:
            prepared = requests.Request(method, url, headers=headers, params=params or {}, json=body).prepare()
            response = self._adapter.send(
                prepared, stream=True, timeout=self._timeout, verify=self._verify, proxies=self._proxies
            )
            try:
                return self._scrubbed(_read(response, in_time))
            finally:
                response.close()
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            _forget_request(error)
            return _failure(error)

    def _scrubbed(self, answer: Answer | Failure) -> Answer | Failure:
        """A server that sends the token back, as a debugging proxy may, does not get it any further than here."""
        if isinstance(answer, Failure):
            return answer
        headers = ((name, self._token.scrub(value.encode()).decode()) for name, value in answer.headers.items())
        return Answer(answer.status, CaseInsensitiveDict(headers), self._token.scrub(answer.content))

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._adapter.close()


def _read(response: requests.Response, in_time: Callable[[], bool]) -> Answer | Failure:
    parts, size = [], 0
    for part in response.iter_content(64 * 1024):
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            return Failure(f"an answer of more than {LARGEST >> 20} MB", sent=True, fatal=True)
        if not in_time():
            return Failure("the answer did not end in time", sent=True)
    return Answer(response.status_code, response.headers, b"".join(parts))


def _failure(error: Exception) -> Failure:
    """Tell "not sent" from "maybe done"; the library's own text is not used, for it may hold names of hosts."""
    causes = list(_causes(error))

    def has(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if has(ssl.SSLCertVerificationError):
        hint = "name the file of your certificate authority, if the server's is a private one"
        return Failure("the server's certificate cannot be verified", sent=False, fatal=True, hint=hint, cause=error)
    if isinstance(error, ValueError) or has(URLSchemeUnknown):
        return Failure("the server's or the proxy's address cannot be used", sent=False, fatal=True, cause=error)
    if isinstance(error, requests.exceptions.ProxyError):
        return Failure("the proxy does not connect", sent=False, hint="check the proxy's address", cause=error)
    if has(NameResolutionError):
        return Failure("the server's name cannot be resolved", sent=False, cause=error)
    if has(NewConnectionError):
        refused = has(ConnectionRefusedError)
        return Failure("connection refused" if refused else "no connection", sent=False, cause=error)
    if has(ConnectTimeoutError):
        return Failure("no connection in time", sent=False, cause=error)
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return Failure("an answer that cannot be unpacked", sent=True, cause=error)
    if has(TimeoutError, requests.exceptions.Timeout) or "timed out" in str(error):
        return Failure("no answer in time", sent=True, cause=error)
    if has(ssl.SSLError):
        hint = "check the file of your certificate authority, if you named one"
        return Failure("the encrypted connection broke", sent=True, hint=hint, cause=error)
    if "certificate bundle" in str(error):
        return Failure("the certificate file cannot be read", sent=False, fatal=True, cause=error)
    return Failure("the connection broke before the answer was whole", sent=True, cause=error)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that it wraps, in the three ways in which requests and urllib3 wrap."""
    seen: set[int] = set()
    queue = [error]
    while queue:
        one = queue.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            queue += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def _forget_request(error: BaseException) -> None:
    """Errors of requests carry the request, and that the token: take it out of the whole chain."""
    for one in _causes(error):
        if isinstance(one, requests.RequestException):
            one.request = one.response = None
