"""The embedded portal has the operations of the published file, all of them and no others."""

from __future__ import annotations

import os

from reconciler.sandbox.web.routes import ROUTES

from .published import VARIABLE, amended, operations


def test_the_routes_are_the_published_operations() -> None:
    """Method, path and operationId; what either side has more than the other is listed."""
    listed = operations(amended(os.environ[VARIABLE]))
    published = {(method, f"/v3{path}", name) for name, (method, path, _) in listed.items()}
    played = {(route.method, route.path, route.operation) for route in ROUTES}
    assert (sorted(published - played), sorted(played - published)) == ([], [])


def test_every_operation_is_played() -> None:
    """A row of the table without an answer would be a 501."""
    assert [route.operation for route in ROUTES if route.answer is None] == []
