"""A request and an answer as plain values; neither knows of sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from reconciler.sandbox.protocol.written import Written

Delivery = Literal["whole", "half", "none", "never"]
"""How much of an answer arrives before the connection breaks; `never`: it stays open and silent."""

JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent: `target` is the path with its query, header names are in lower case.

    `peer` is the client's address; empty without a socket.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = ""

    @property
    def path(self) -> str:
        """The target without its query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The part of the target behind the question mark, still percent-encoded."""
        return self.target.partition("?")[2]


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: a status, the bytes of the body, and headers (Content-Length is the server's job)."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = "whole"

    @classmethod
    def json(
        cls, status: int, value: Any, headers: Mapping[str, str] | None = None, content_type: str = JSON
    ) -> Response:
        """The answer whose body is `value` as compact JSON, which it may be already."""
        # "replace": a lone surrogate that a client sent as \ud800 may be echoed in an error.
        text = value if isinstance(value, Written) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return cls(status, text.encode("utf-8", "replace"), {"Content-Type": content_type, **(headers or {})})

    def value(self) -> Any:
        """The body read as JSON; None when there is no body."""
        return json.loads(self.body) if self.body else None
