"""HTTP/1.1 as bytes: a request read from a connection, an answer written as one.

Written out, because the standard library's handler reads headers as if they were those of an e-mail, which takes
longer than answering.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from io import BufferedIOBase

from reconciler.sandbox.protocol.messages import Response
from reconciler.sandbox.protocol.problems import Problem, bad_request, invalid

LONGEST_LINE = 65536
MOST_HEADERS = 100
LARGEST_BODY = 1 << 20

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PHRASES = {status.value: status.phrase for status in HTTPStatus}


class UnreadableError(Exception):
    """What came is no request that can be answered; `problem` says why, after which the connection ends."""

    def __init__(self, problem: Problem, method: str = "", target: str = "") -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.method = method
        self.target = target


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a request and its headers, names in lower case; `lasting`: the connection stays open."""

    method: str
    target: str
    headers: Mapping[str, str]
    lasting: bool

    @property
    def length(self) -> int:
        """How long the body is. UnreadableError where that cannot be said, or it is too long."""
        length = self.headers.get("content-length", "0")
        if "transfer-encoding" in self.headers or not (length.isascii() and length.isdigit()):
            reason = '"body" must come with its Content-Length'
            raise UnreadableError(bad_request(invalid("body", "invalid", reason)), self.method, self.target)
        if len(length) > 9 or int(length) > LARGEST_BODY:
            problem = Problem(413, PHRASES[413], f"The body must not exceed {LARGEST_BODY} bytes")
            raise UnreadableError(problem, self.method, self.target)
        return int(length)


def read_head(stream: BufferedIOBase) -> Head | None:
    """The next request's head; None where the client has ended the connection. UnreadableError."""
    line = _line(stream, 414)
    if line in (b"\r\n", b"\n"):  # RFC 9112, 2.2: one may stand before a request
        line = _line(stream, 414)
    if not line:
        return None
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise UnreadableError(_refused(400, "This is no request of HTTP/1.1"))
    method, target, version = words
    headers = _headers(stream, method, target)
    connection = headers.get("connection", "").lower()
    lasting = "close" not in connection and (version != "HTTP/1.0" or "keep-alive" in connection)
    return Head(method, target, headers, lasting)


def written(response: Response, *, lasting: bool, with_body: bool = True) -> bytes:
    """An answer as bytes, in one piece, so that a small one is one packet."""
    status = response.status
    lines = [f"HTTP/1.1 {status} {PHRASES.get(status, '')}", f"Date: {_date(int(time.time()))}"]
    lines += [f"{name}: {value}" for name, value in response.headers.items()]
    if status != HTTPStatus.NO_CONTENT:
        lines.append(f"Content-Length: {len(response.body)}")
    if not lasting:
        lines.append("Connection: close")
    head = "\r\n".join((*lines, "", "")).encode("latin-1")
    return head + response.body if with_body else head


def _headers(stream: BufferedIOBase, method: str, target: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        line = _line(stream, 431, method, target)
        if line in (b"\r\n", b"\n", b""):
            return headers
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name or name != name.strip():
            raise UnreadableError(_refused(400, "A line of the head is no header"), method, target)
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    raise UnreadableError(_refused(431, f"There are more than {MOST_HEADERS} headers"), method, target)


def _line(stream: BufferedIOBase, too_long: int, method: str = "", target: str = "") -> bytes:
    line = stream.readline(LONGEST_LINE + 1)
    if len(line) > LONGEST_LINE:
        raise UnreadableError(_refused(too_long, f"A line is longer than {LONGEST_LINE} bytes"), method, target)
    return line


def _refused(status: int, detail: str) -> Problem:
    return Problem(status, PHRASES[status], detail)


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    """A time as the header Date has it, worked out once a second."""
    return formatdate(second, usegmt=True)
