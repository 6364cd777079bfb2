"""Every operation of the embedded portal against requests that schemathesis makes up from the published file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.sandbox import Sandbox, serve
from reconciler.sandbox.web.routes import ROUTES

from .generate import Portal
from .published import published


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    file = published()
    assert file
    sandbox = Sandbox()
    with serve(sandbox) as server:
        yield Portal(sandbox, server.url, file)
        assert server.errors == [], "defects of the sandbox"
    sandbox.close()


@pytest.mark.parametrize("name", [route.operation for route in ROUTES])
def test_what_the_file_allows_is_accepted(portal: Portal, name: str) -> None:
    """And the answer is as published: status, media type, schema; never a 5xx."""
    portal.send(name, "positive")


@pytest.mark.parametrize("name", [route.operation for route in ROUTES])
def test_what_the_file_does_not_allow_is_refused(portal: Portal, name: str) -> None:
    """With a problem as published, never with a 5xx."""
    portal.send(name, "negative")
