"""Request in, response out: authentication, routing, reading, one transaction, problem documents.

No sockets here, and no knowledge of any kind of record: that stands in `routes`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from reconciler.sandbox.faults import CALM, Fault
from reconciler.sandbox.protocol import bodies
from reconciler.sandbox.protocol.listing import NOT_A_LIST
from reconciler.sandbox.protocol.messages import PROBLEM, Request, Response
from reconciler.sandbox.protocol.parse import parse
from reconciler.sandbox.protocol.problems import (
    Problem,
    method_not_allowed,
    not_found,
    unexpected,
)
from reconciler.sandbox.records import tokens
from reconciler.sandbox.state.store import Store, Transaction
from reconciler.sandbox.web.fresh import Fresh
from reconciler.sandbox.web.limits import Limits
from reconciler.sandbox.web.log import Answered
from reconciler.sandbox.web.page import answer as page
from reconciler.sandbox.web.page import reading
from reconciler.sandbox.web.routes import ROUTES, Route, Router

CREATED = 201
FIRST_TRACE = 1_000_000_000_000_000_001


class App:
    """The portal as a function."""

    def __init__(self, store: Store) -> None:
        self.locked = True
        """Whether the tokens of the state count."""
        self._store = store
        self._router = Router(ROUTES)
        self._limits = Limits()
        self._fresh = Fresh()
        # Counted, not drawn: tests compare whole bodies.
        self._traces = itertools.count(FIRST_TRACE)

    def answer(self, request: Request, fault: Fault = CALM) -> Response:
        """The answer to a request; what the portal refuses is a problem document, a defect is raised.

        `fault`: by how many rows later pages have shifted, and how far behind a read is.
        """
        try:
            return self._answer(request, fault)
        except Problem as problem:
            return self.refuse(problem)

    def refuse(self, problem: Problem | None = None) -> Response:
        """A problem as a response; without one, the 500 for a defect of the sandbox."""
        problem = problem or unexpected()
        document = problem.document(self.trace())
        return Response.json(problem.status, document, content_type=PROBLEM)

    def page(self, answered: Sequence[Answered]) -> Response:
        """The page that shows the portal and its last requests to a person."""
        with self._store.read() as tx:
            portals = reading.read(tx)
            now = tx.now
        return page.page(portals, answered, now)

    def keep_past(self, seconds: float) -> None:
        """Let reads be so far behind the writes that come now."""
        self._store.longest_behind = seconds

    def trace(self) -> int:
        """The number of the next answer that goes wrong."""
        return next(self._traces)

    def _answer(self, request: Request, fault: Fault) -> Response:
        found = self._router.match(request.path)
        if found is None:
            raise not_found()
        token = tokens.token_of(request.headers.get("authorization", ""))
        routes, ids = found
        route = routes.get(request.method)
        if route is None:
            raise method_not_allowed()
        with self._limits.entered(request, self._store.switches) as limited:
            return limited or self._play(route, ids, request, token, fault)

    def _play(self, route: Route, ids: list[str], request: Request, token: str, fault: Fault) -> Response:
        if route.method != "GET":
            with self._store.write() as tx:
                return self._done(tx, route, ids, request, token)
        # What an answer depends on besides the state: as long as that stays, it is the same answer.
        key = (request.target, token, fault.shift, fault.stale, self.locked)
        known: Response | None = self._store.remembered(key)
        if known:
            return known
        with self._store.read(behind=fault.stale) as tx:
            response = self._done(tx, route, ids, request, token, fault.shift)
            tx.remember(key, response, len(response.body) + len(request.target))
        return response

    def _done(
        self, tx: Transaction, route: Route, ids: list[str], request: Request, token: str, shift: int = 0
    ) -> Response:
        """Who may, is it fresh, is it well asked, and then the rules."""
        portal_id = route.portal(ids)
        inner = [one for one in ids if one != portal_id]
        if self.locked:
            tokens.admit(tx, token, route.method, route.operation, portal_id)
        self._fresh.refuse(tx, inner, request.body)
        asked = parse(route.listing, request.query, tx.switches, shift)
        arguments: list[object] = list(ids)
        if route.body is not None:
            arguments.append(bodies.read(route.body, request.body))
        elif route.listing is not NOT_A_LIST:
            arguments.append(asked)
        result = route.answer(tx, *arguments)
        status = tx.switches.created_status if route.status == CREATED else route.status
        self._fresh.note(tx, route.operation, inner, request.body, result)
        return Response(status) if result is None else Response.json(status, result)
