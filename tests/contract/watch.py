"""Every exchange of a test held against the published file, and the test failed that made a wrong one."""

from __future__ import annotations

import unittest.mock
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from reconciler.sandbox import Request, Response

from .client import USED
from .published import Published


def as_request(sent: Any) -> Request:
    """A request that the library `requests` has prepared."""
    headers = {name.lower(): value for name, value in sent.headers.items()}
    return Request(sent.method, sent.path_url, headers, sent.body or b"")


class Watch:
    """Notes exchanges as they happen and judges them in the test's own thread, at `tell`.

    An answer that a test made up (`played`) is no answer of the portal; what was asked is judged all the same.
    """

    def __init__(self, file: Published | None) -> None:
        self._file = file
        self._seen: list[tuple[Request, Response]] = []
        self._played: list[Response] = []

    def __call__(self, request: Request, answer: Response, *, played: bool = False) -> None:
        """Note an exchange: for `Server.after`."""
        if self._file:
            self._seen.append((request, answer))
            self.played(answer if played else None)

    def played(self, answer: Response | None) -> Response | None:
        """Note an answer, if there is one, that is given in the portal's place."""
        if answer is not None:
            self._played.append(answer)
        return answer

    def tell(self) -> None:
        """AssertionError with everything that was wrong since the last time."""
        seen, self._seen = self._seen, []
        # Each once, in the order of the exchanges.
        faults = dict.fromkeys(
            f"{request.method} {request.target}: {fault}"
            for request, answer in seen
            for fault in self._judge(request, answer)
        )
        if faults:
            raise AssertionError("\n".join(("not as published (KONNECT_OPENAPI):", *faults)))

    def _judge(self, request: Request, answer: Response) -> tuple[str, ...]:
        assert self._file
        asked = self._file.check_request(request)
        name = self._file.operation(request)
        if name and name not in USED:
            asked += (f"{name} is no operation that the client is known to use: see tests/contract/client.py",)
        if any(answer is each for each in self._played):
            return asked
        return asked + self._file.check_answer(request, answer)

    @contextmanager
    def on_the_wire(self) -> Iterator[None]:
        """Note what `requests` sends and gets in this process, for a portal that runs in another."""
        from requests.adapters import HTTPAdapter

        send = HTTPAdapter.send

        def noted(adapter: HTTPAdapter, sent: Any, **more: Any) -> Any:
            got = send(adapter, sent, **more)
            self(as_request(sent), Response(got.status_code, got.content, dict(got.headers)))
            return got

        with unittest.mock.patch.object(HTTPAdapter, "send", noted):
            yield
