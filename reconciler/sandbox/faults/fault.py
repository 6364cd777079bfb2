"""What a request may meet, and the answers of a portal in trouble (contract 7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from reconciler.sandbox.protocol.messages import PROBLEM, Response
from reconciler.sandbox.protocol.problems import Problem, forbidden

Drop = Literal["before", "after"]

LIMITED = b'{"message":"API rate limit exceeded"}'
"""The body that the edge sends: plain JSON of 37 bytes, no problem document (contract 7)."""

BAD_GATEWAY = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, or several that the rules of a script put together. Times are seconds.

    `status` is answered instead; `drop` breaks the connection before the request is handled, or after; `truncate`
    sends half of the body; `garbage` a body that is no JSON; `hang` no answer at all; `shift` slides the window of
    later pages by so many rows; a `stale` read sees the state as it was so long ago.
    """

    latency: float = 0.0
    jitter: float = 0.0
    status: int | None = None
    retry_after: int | None = None
    drop: Drop | None = None
    truncate: bool = False
    garbage: bool = False
    hang: bool = False
    shift: int = 0
    stale: float = 0.0

    def instead(self, trace: Callable[[], int]) -> Response | None:
        """The answer that keeps the request from being handled, if any; `trace` numbers what goes wrong."""
        if self.hang:
            return Response(200, delivery="never")
        if self.drop == "before":
            return Response(200, delivery="none")
        return None if self.status is None else trouble(self.status, self.retry_after, trace())

    def of(self, response: Response) -> Response:
        """What becomes of the answer on its way."""
        if self.drop == "after":
            return Response(response.status, delivery="none")
        if self.garbage:
            return Response(200, b"<!doctype html><title>Sign in</title>", {"Content-Type": "text/html"})
        if self.truncate and response.body:
            return Response(response.status, response.body, response.headers, delivery="half")
        return response


CALM = Fault()
"""Nothing goes wrong."""


def trouble(status: int, retry_after: int | None = None, trace: int = 0) -> Response:
    """An answer of the edge or of a server that fails, or that does not know yet what was granted (contract 4).

    429 and 502 are no problem documents.
    """
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if status == 429:
        return limited(headers)
    if status == 502:
        return Response(status, BAD_GATEWAY, {"Content-Type": "text/html", **headers})
    if status == 403:
        return Response.json(status, forbidden().document(trace), headers, PROBLEM)
    titles = {500: "Internal Server Error", 503: "Service Unavailable", 504: "Gateway Timeout"}
    problem = Problem(status, titles.get(status, "Error"), "An unexpected error occurred")
    return Response.json(status, problem.document(trace), headers, PROBLEM)


def limited(headers: dict[str, str]) -> Response:
    """429 as recorded; the headers are the limiter's."""
    assert len(LIMITED) == 37 and json.loads(LIMITED)  # noqa: S101, PT018 - the recorded content-length (contract 7)
    return Response(429, LIMITED, {"Content-Type": "application/json; charset=utf-8", **headers})
