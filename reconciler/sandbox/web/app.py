"""Request in, response out: authentication, routing, reading, one transaction, problem documents.

No sockets here, and no knowledge of any kind of record: that stands in `routes`.
"""

from __future__ import annotations

import itertools

from reconciler.sandbox.protocol import bodies, query
from reconciler.sandbox.protocol.messages import PROBLEM, Request, Response
from reconciler.sandbox.protocol.problems import (
    Problem,
    method_not_allowed,
    not_found,
    not_played,
    unauthorized,
    unexpected,
)
from reconciler.sandbox.state.store import Store
from reconciler.sandbox.web.routes import ROUTES, Route, Router

CREATED = 201
FIRST_TRACE = 1_000_000_000_000_000_001


class App:
    """The portal as a function."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._router = Router(ROUTES)
        # Counted, not drawn: tests compare whole bodies.
        self._traces = itertools.count(FIRST_TRACE)

    def answer(self, request: Request) -> Response:
        """The answer to a request; what the portal refuses is a problem document, a defect is raised."""
        try:
            return self._answer(request)
        except Problem as problem:
            return self.refuse(problem)

    def refuse(self, problem: Problem | None = None) -> Response:
        """A problem as a response; without one, the 500 for a defect of the sandbox."""
        problem = problem or unexpected()
        document = problem.document(next(self._traces))
        return Response.json(problem.status, document, content_type=PROBLEM)

    def _answer(self, request: Request) -> Response:
        found = self._router.match(request.path)
        if found is None:
            raise not_found()
        scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthorized()
        routes, ids = found
        route = routes.get(request.method)
        if route is None:
            raise method_not_allowed()
        return self._play(route, ids, request)

    def _play(self, route: Route, ids: list[str], request: Request) -> Response:
        if route.answer is None:
            raise not_played()
        arguments: list[object] = list(ids)
        transaction = self._store.read() if route.method == "GET" else self._store.write()
        with transaction as tx:
            asked = query.parse(route.listing, request.query, tx.switches)
            if route.body is not None:
                arguments.append(bodies.read(route.body, request.body))
            elif route.listing is not query.NOT_A_LIST:
                arguments.append(asked)
            result = route.answer(tx, *arguments)
            status = tx.switches.created_status if route.status == CREATED else route.status
        return Response(status) if result is None else Response.json(status, result)
