"""Do what a plan says: side by side where its order allows, past failures, keeping done and failed apart."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from reconciler.apply.writes import WRITES, Known, Writes
from reconciler.errors import PortalError, UnauthorizedError, UnreachableError
from reconciler.model.change import ApiRef, Cause, Change, Outcome, Plan, Ref, Subject
from reconciler.model.observed import Application, Registration, Status

Progress = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Applied:
    """`outcomes` in the order of the plan's changes, extra writes after the change that led to them.

    `lost` is the error that ended the run early: the portal was gone, or the token no longer counted.
    """

    outcomes: tuple[Outcome, ...]
    lost: PortalError | None = None


def apply_plan(plan: Plan, portal: Writes, *, workers: int = 8, progress: Progress | None = None) -> Applied:
    """Try every change of the plan. A failure holds up only what needs it; nothing is raised for one.

    An interrupt (Ctrl-C) starts no new change, waits for those under way, and reports the rest as skipped.
    """
    return _Run(plan, portal, progress or (lambda _: None)).run(workers)


@dataclass
class _Run:
    plan: Plan
    portal: Writes
    progress: Progress
    known: Known = field(default_factory=Known)
    results: dict[int, list[Outcome]] = field(default_factory=dict)
    lost: PortalError | None = None
    stopped: str = ""

    def run(self, workers: int) -> Applied:
        plan, waiting_for = self.plan, [len(before) for before in self.plan.after]
        followers: list[list[int]] = [[] for _ in plan.changes]
        for index, before in enumerate(plan.after):
            for earlier in before:
                followers[earlier].append(index)
        ready = [index for index, count in enumerate(waiting_for) if not count]
        under_way: dict[Future[list[Outcome]], int] = {}
        with ThreadPoolExecutor(workers, thread_name_prefix="apply") as pool:
            while ready or under_way:
                while ready and len(under_way) < workers:
                    index = heapq.heappop(ready)
                    under_way[pool.submit(self._attempt, index)] = index
                for future in self._finished(under_way):
                    index = under_way.pop(future)
                    self._note(index, future.result())
                    for follower in followers[index]:
                        waiting_for[follower] -= 1
                        if not waiting_for[follower]:
                            heapq.heappush(ready, follower)
        outcomes = tuple(outcome for index in range(len(plan.changes)) for outcome in self.results[index])
        return Applied(outcomes, self.lost)

    def _finished(self, under_way: Iterable[Future[list[Outcome]]]) -> set[Future[list[Outcome]]]:
        try:
            return wait(under_way, return_when=FIRST_COMPLETED).done
        except KeyboardInterrupt:
            self.stopped = "interrupted"
            return set()

    def _note(self, index: int, outcomes: list[Outcome]) -> None:
        self.results[index] = outcomes
        for outcome in outcomes:
            self.progress(outcome)

    def _attempt(self, index: int) -> list[Outcome]:
        change = self.plan.changes[index]
        if self.stopped:
            return [Outcome(change, "skipped", f"not tried: {self.stopped}")]
        for needed in self.plan.requires[index]:
            if self.results[needed][0].result in ("failed", "skipped"):
                what = self.plan.changes[needed].action.replace("-", " ")
                return [Outcome(change, "skipped", f"not tried, because this did not succeed: {what}")]
        try:
            written = WRITES[change.action](self.portal, self.plan.portal.id, change, self.known)
        except PortalError as error:
            return [self._failed(change, error)]
        except Exception as error:  # noqa: BLE001 - what is done must be told, whatever goes wrong with one change
            return [Outcome(change, "failed", f"internal error: {type(error).__name__}; please report it")]
        self.known.note(change)
        done = Outcome(change, written.result, status=written.status, trace=written.trace)
        return [done, *self._once_more(change)]

    def _failed(self, change: Change, error: PortalError, *, extra: bool = False) -> Outcome:
        if isinstance(error, UnreachableError | UnauthorizedError):
            self.lost = self.lost or error
            self.stopped = self.stopped or "the portal was lost"
        detail = f"{error.message}; {error.hint}" if error.hint else error.message
        return Outcome(change, "failed", detail, error.status, error.trace, extra)

    def _once_more(self, change: Change) -> Iterator[Outcome]:
        """Until the status fell the person could ask again: read their registrations once more, and end what is new.

        The portal's filter is not trusted with other people's access: only applications that say themselves that
        they are this person's are touched (docs/manifest.md, "Taking away is complete").
        """
        developer = change.subject.developer
        fell = change.action in ("revoke-developer", "reject-developer") and change.effect == "removes"
        if not fell or developer is None or developer.id is None:
            return
        try:
            found = self.portal.registrations(self.plan.portal.id, developer_id=developer.id, status="approved")
            new = [r for r in found if r.id not in self.known.ended]
            owned = self._applications(developer.id) if new else {}
        except PortalError as error:
            yield self._failed(change, error, extra=True)
            return
        for registration in new:
            if registration.application_id in owned:
                yield self._end(developer, owned[registration.application_id], registration)

    def _applications(self, developer_id: str) -> dict[str, Application]:
        listed = self.portal.applications(self.plan.portal.id, developer_id=developer_id)
        return {a.id: a for a in listed if a.owner_type == "developer" and a.owner_id == developer_id}

    def _end(self, developer: Ref, application: Application, found: Registration) -> Outcome:
        subject = Subject(
            "registration",
            developer=developer,
            application=Ref(application.name, application.id),
            api=ApiRef(found.api_name, found.api_version, found.api_id, found.entity_type),
            registration_id=found.id,
        )
        cause = Cause("policy", "approved while the person's access was being taken away")
        revoked: Status = "revoked"
        change = Change("revoke-registration", subject, {"status": "approved"}, {"status": revoked}, "removes", cause)
        try:
            written = WRITES[change.action](self.portal, self.plan.portal.id, change, self.known)
        except PortalError as error:
            return self._failed(change, error, extra=True)
        self.known.note(change)
        return Outcome(change, written.result, status=written.status, trace=written.trace, extra=True)
