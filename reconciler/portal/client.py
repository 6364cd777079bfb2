"""How a client comes to be: `connect_reader` for commands that only look, `connect_writer` for apply.

Where a token may be sent is decided by whoever names the server (settings); here it is simply used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypedDict, Unpack

from reconciler.portal.creation import Written
from reconciler.portal.http import Session
from reconciler.portal.reader import Reader
from reconciler.portal.writer import Writer
from reconciler.secret import Secret

__all__ = ["Options", "Reader", "Secret", "Writer", "Written", "connect_reader", "connect_writer"]


class Options(TypedDict, total=False):
    """What a connection may be told; see `Session`."""

    verify: bool | str
    proxies: Mapping[str, str] | None
    timeout: tuple[float, float]
    workers: int
    budget: float
    clock: Callable[[], float]
    sleep: Callable[[float], object] | None
    rng: Callable[[], float]


def connect_reader(server: str, token: str | Secret, **options: Unpack[Options]) -> Reader:
    """A client that cannot send anything but GET. Nothing is opened yet.

    Raises InputError if `server` (the URL without /v3) is no plain http(s) address, or `token` no token.
    """
    return Reader(Session(server, token, read_only=True, **options))


def connect_writer(server: str, token: str | Secret, **options: Unpack[Options]) -> Writer:
    """A client that may change the portal; else as `connect_reader`."""
    return Writer(Session(server, token, read_only=False, **options))
