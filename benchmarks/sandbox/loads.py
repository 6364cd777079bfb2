"""Requests back to back over one kept-alive connection, with as little work as possible on this side."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from typing import Self
from urllib.parse import urlsplit


class Connection:
    """A socket that asks and counts bytes; it reads a head for its status and length alone."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        assert where.hostname
        self._host = where.netloc
        self._socket = socket.create_connection((where.hostname, where.port or 80), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(self, target: str) -> bytes:
        """The body of a 200; SystemExit for anything else."""
        self._socket.sendall(self._head(target))
        got = self._socket.recv(1 << 20)
        while b"\r\n\r\n" not in got:
            got += self._socket.recv(1 << 20)
        head, _, body = got.partition(b"\r\n\r\n")
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise SystemExit(f"{target} was answered {head.decode()} {body.decode()}")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        parts = [body]
        missing = length - len(body)
        while missing:
            parts.append(self._socket.recv(missing))
            missing -= len(parts[-1])
        return b"".join(parts)

    def rate(self, targets: Sequence[str], seconds: float) -> float:
        """Requests a second, asking for one target after the other, again and again until that much time is over."""
        done, begun = 0, time.perf_counter()
        while True:
            for target in targets:
                self.get(target)
            done += len(targets)
            if (passed := time.perf_counter() - begun) >= seconds:
                return done / passed

    def _head(self, target: str) -> bytes:
        # The headers that `requests` sends.
        lines = (
            f"GET {target} HTTP/1.1",
            f"Host: {self._host}",
            "User-Agent: benchmark",
            "Accept-Encoding: gzip, deflate",
            "Accept: application/json, application/problem+json",
            "Connection: keep-alive",
            "Authorization: Bearer kpat_benchmark",
        )
        return "\r\n".join((*lines, "", "")).encode()
