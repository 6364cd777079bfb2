"""Whatever a portal, or what stands in its place, sends: an answer that we understand, or an error that says so."""

from __future__ import annotations

import gzip
import json
import socket
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from threading import Thread
from typing import Any

import pytest

from reconciler.errors import NonsenseError, PortalError
from reconciler.portal.http import Session
from reconciler.portal.wire import LARGEST
from tests.portal.stage import TOKEN, Clock, Says, Stage, page, reader, session

MB = 1 << 20
Raw = Callable[[Iterator[bytes]], str]
"""Starts a server that answers every request with these bytes, as they are, and hangs up; its address."""


def error_for(one: Session) -> PortalError:
    """The error of one request. It is short, prints in one line, and does not hold the token."""
    with closing(one), pytest.raises(PortalError) as caught:
        one.get("/portals")
    said = f"{caught.value.message} {caught.value.hint}"
    assert said.startswith("GET /v3/portals")
    assert len(said) < 400
    assert said.isprintable()
    assert TOKEN not in said
    return caught.value


def zeros(size: int) -> bytes:
    return gzip.compress(bytes(size), 9)


@pytest.mark.parametrize(
    ("body", "coding", "said"),
    [
        (b" " * (200 * MB), "", "more than 50 MB"),
        (zeros(200 * MB), "gzip", "more than 50 MB"),
        (gzip.compress(zeros(200 * MB)), "gzip, gzip", "more than 50 MB"),
        (zlib.compress(bytes(200 * MB)), "deflate", "more than 50 MB"),
        (gzip.compress(zeros(10 * MB)), ", ".join(["gzip"] * 20), "cannot be unpacked"),
        (b"{}", "gzip", "cannot be unpacked"),
        (gzip.compress(b"{}" * 100_000)[:-20], "gzip", "not JSON"),
        (gzip.compress(b"{}"), "identity", "not JSON"),
        (b"\x1b\x02", "br, zstd, rot13", "not JSON"),
    ],
    ids=["200 MB", "gzip", "twice", "deflate", "20 times", "not packed", "cut", "not said", "unknown"],
)
def test_a_body_of_any_size_however_packed_ends_in_an_error(
    stage: Stage, clock: Clock, body: bytes, coding: str, said: str
) -> None:
    """And never takes much more memory than what is read at most."""
    stage.plays(Says(200, body, {"Content-Encoding": coding} if coding else {}))
    tracemalloc.start()
    error = error_for(session(stage, clock, read_only=True))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said in error.message
    assert most < 4 * LARGEST


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"data": "\xff\xfe"}',
        '{"data": "é"}'.encode("latin-1"),
        '{"data": []}'.encode("utf-16")[:-1],
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        b'{"data": [], "number": ' + b"9" * 5000 + b"}",
        b"{'data': []}",
        b'{"data": [],}',
        b"\x00",
        b"{}{}",
    ],
)
def test_a_body_that_is_no_json_is_an_error(stage: Stage, clock: Clock, body: bytes) -> None:
    """Nested without end, in no encoding, or nearly JSON."""
    stage.plays(Says(200, body))
    assert "not JSON" in error_for(session(stage, clock, read_only=True)).message


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-32-be"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "image/png", "", "application/json; charset=x"])
def test_json_is_read_whatever_it_is_called(stage: Stage, clock: Clock, coding: str, kind: str) -> None:
    """Proxies relabel; what counts is what is in it."""
    stage.plays(Says(200, json.dumps({"name": "Zoë"}).encode(coding), {"Content-Type": kind}))
    with closing(session(stage, clock, read_only=True)) as one:
        assert one.get("/portals") == {"name": "Zoë"}


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-0.5", b'"1"'])
@pytest.mark.parametrize("field", ["number", "size", "total"])
def test_a_number_that_counts_nothing_is_an_error(stage: Stage, clock: Clock, field: str, number: bytes) -> None:
    text = (
        json.dumps(page([])).encode().replace(f'"{field}": '.encode(), f'"{field}": '.encode() + number + b', "x": ')
    )
    stage.plays(Says(200, text))
    with reader(stage, clock) as one, pytest.raises(NonsenseError, match=field):
        one.teams("p")


@pytest.fixture
def raw() -> Iterator[Raw]:
    """Servers that speak whatever they like."""
    listening: list[socket.socket] = []

    def start(answer: Iterator[bytes]) -> str:
        server = socket.create_server(("127.0.0.1", 0))
        listening.append(server)
        parts = list(answer)

        def run() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    try:
                        for part in parts:
                            connection.sendall(part)
                    except OSError:
                        continue  # nobody reads on, as it should be

        Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}"

    yield start
    for server in listening:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


OK, CHUNKED = b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n\r\n"
ANSWERS: dict[str, list[Any]] = {
    "a header of a megabyte": [OK, b"X: " + b"x" * MB + b"\r\n\r\n{}"],
    "thousands of headers": [OK, *(b"X-%d: x\r\n" % n for n in range(5000)), b"\r\n{}"],
    "a status line of a megabyte": [b"HTTP/1.1 200 " + b"O" * MB + b"\r\n\r\n{}"],
    "a status that is none": [b"HTTP/1.1 2x0 OK\r\n\r\n{}"],
    "a status of thousands": [b"HTTP/1.1 2000 OK\r\n\r\n{}"],
    "not HTTP": [b"SSH-2.0-OpenSSH_9.2\r\n"],
    "nothing": [b""],
    "zeros": [bytes(MB)],
    "a length that is none": [OK, b"Content-Length: many\r\n\r\n<p>"],
    "a length below zero": [OK, b"Content-Length: -5\r\n\r\n<p>"],
    "two lengths": [OK, b"Content-Length: 2\r\nContent-Length: 200\r\n\r\n{}"],
    "a length that is not reached": [OK, b"Content-Length: 2000\r\n\r\n{}"],
    "chunks of no size": [OK, CHUNKED, b"xyz\r\n{}\r\n0\r\n\r\n"],
    "a chunk of a size below zero": [OK, CHUNKED, b"-5\r\n{}\r\n0\r\n\r\n"],
    "a chunk that is promised": [OK, CHUNKED, b"ffffffffff\r\n{}"],
    "chunks without an end": [
        OK,
        b"Transfer-Encoding: chunked\r\n\r\n",
        *([b"100000\r\n" + b" " * MB + b"\r\n"] * 60),
    ],
    "headers in no encoding": [OK, b"X-Request-Id: \xff\xfe\xc3\x28\r\nContent-Length: 3\r\n\r\n{]}"],
    "a redirect to nowhere": [b"HTTP/1.1 302 \x1b[2J\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n"],
    "a hint to switch": [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"],
    "hints without an end": [b"HTTP/1.1 100 Continue\r\n\r\n"] * 1000,
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_hardly_http_is_an_error_too(clock: Clock, raw: Raw, name: str) -> None:
    ticks = count()
    url = raw(iter(ANSWERS[name]))
    one = Session(
        url, TOKEN, read_only=True, clock=lambda: float(next(ticks)) / 1000, sleep=clock.sleep, timeout=(5, 5)
    )
    error_for(one)
