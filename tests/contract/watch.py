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
    """Notes exchanges as they happen and judges them in the test's own thread, at `tell`."""

    def __init__(self, file: Published | None) -> None:
        self._file = file
        self._seen: list[tuple[Request, Response | None]] = []

    def __call__(self, request: Request, answer: Response | None) -> None:
        """Note an exchange: for `Server.after`. None: an answer that is not the portal's, or none at all."""
        if self._file:
            self._seen.append((request, answer))

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

    def _judge(self, request: Request, answer: Response | None) -> tuple[str, ...]:
        assert self._file
        asked = self._file.check_request(request)
        name = self._file.operation(request)
        if name and name not in USED:
            asked += (f"{name} is no operation that the client is known to use: see tests/contract/client.py",)
        return asked if answer is None else asked + self._file.check_answer(request, answer)

    @contextmanager
    def on_the_wire(self, *, answers: bool = True) -> Iterator[None]:
        """Note what `requests` sends in this process, whoever answers it, and unless told otherwise what it gets."""
        from requests.adapters import HTTPAdapter

        send = HTTPAdapter.send

        def noted(adapter: HTTPAdapter, sent: Any, **more: Any) -> Any:
            self(as_request(sent), None)
            got = send(adapter, sent, **more)
            if answers:
                self(as_request(sent), Response(got.status_code, got.content, dict(got.headers)))
            return got

        with unittest.mock.patch.object(HTTPAdapter, "send", noted):
            yield
