"""Applies among other people: sign-ups, developers who help themselves, admins who click, edits of git, trouble.

Whatever came before, once the others rest one apply ends where git says; and no write of ours ever gave or took
what git, as it stood when we read it, did not say: that is worked out here from git alone, without the plan.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from reconciler.apply.run import apply_plan
from reconciler.errors import PortalError
from reconciler.manifest.check import check
from reconciler.manifest.parse import parse
from reconciler.manifest.resolve import resolve
from reconciler.manifest.sound import sound
from reconciler.model.change import Plan
from reconciler.model.desired import Desired
from reconciler.plan.make import make_plan
from reconciler.plan.need import need_of
from reconciler.plan.stale import need_of_plan, recheck
from reconciler.portal.client import connect_writer
from reconciler.portal.observe import observe
from reconciler.sandbox import Problem, Request, Response, Sandbox, serve
from tests.properties.profiles import chosen

TODAY = date(2026, 11, 23)
PORTAL = "acme"
PEOPLE = tuple(f"{name}@partner.example" for name in ("ada", "bob", "cy"))
TEAMS = ("partners", "payers")
GHOST = "ghosts"
"""A team that git may name and the portal never has: what uses it is blocked."""
APIS = ("payments", "orders")
SEED: dict[str, Any] = {
    "apis": [{"name": api} for api in APIS],
    "portals": [{"name": PORTAL, "teams": [{"name": team} for team in TEAMS]}],
}
IDS = "[0-9a-f-]{36}"
LOST = -1
"""Instead of a status: the portal does as asked, and its answer does not arrive."""


@dataclass
class Said:
    """What git says of one person."""

    status: str = "approved"
    teams: set[str] = field(default_factory=set)
    apis: set[str] = field(default_factory=set)

    def entry(self, email: str) -> dict[str, Any]:
        """The entry under `developers`."""
        if self.status != "approved":
            return {"email": email, "status": self.status}
        cart = [{"name": "Cart", "apis": sorted(self.apis)}] if self.apis else []
        return {"email": email, "teams": sorted(self.teams), "applications": cart}


Move = tuple[str, ...]
"""Something that somebody does on the portal: its name, whom it is about, and what else it needs."""
WHO, WHERE, WHAT = st.sampled_from(PEOPLE), st.sampled_from(TEAMS), st.sampled_from(APIS)
STATUS = st.sampled_from(("approved", "pending", "revoked", "rejected"))
MOVES: st.SearchStrategy[Move] = st.one_of(
    st.tuples(st.just("ask"), WHO, WHAT),
    st.tuples(st.just("ask"), WHO, WHAT),
    st.tuples(st.just("set_status"), WHO, STATUS),
    st.tuples(st.just("set_registration"), WHO, STATUS, WHAT),
    st.tuples(st.sampled_from(("add_member", "remove_member")), WHO, WHERE),
    st.tuples(st.sampled_from(("sign_up", "sign_up", "delete_developer")), WHO),
)
SAID = st.builds(
    Said,
    st.sampled_from(("approved", "approved", "approved", "revoked", "rejected")),
    st.sets(st.sampled_from((*TEAMS, GHOST)), max_size=2),
    st.sets(WHAT),
)
REINSTATE = st.sampled_from(("always", "held"))


class Clock:
    """A second passes between any two things that happen."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Ticks:
    """Seconds that pass only while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        """Let them pass."""
        self.now += seconds


class Interleaving(RuleBasedStateMachine):
    """One portal, one repository, and everybody at once."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = Sandbox(clock=Clock())
        self.sandbox.load(SEED)
        self.server = serve(self.sandbox)
        ticks = Ticks()
        self.writer = connect_writer(
            self.server.url, "token", workers=3, clock=ticks, sleep=ticks.wait, rng=lambda: 0.0
        )
        self.git: dict[str, Said] = {}
        self.wrote: list[str] = []
        """What our client wrote and the portal took, against git's words."""
        self.reading: dict[str, Said] = {}
        self.saved: tuple[Plan, dict[str, Said]] | None = None
        """A plan that was reviewed, and what git said then."""
        self.reinstate = "always"
        self.server.after(self.watch)

    def teardown(self) -> None:
        """Whatever the days brought, they end well."""
        try:
            self.the_others_rest()
        finally:
            self.end()

    def end(self) -> None:
        self.writer.close()
        self.server.stop()
        self.sandbox.close()

    # Other people. What the portal refuses them is none of our business.

    @initialize(begun=st.lists(MOVES, min_size=10, max_size=25), said=st.tuples(*[SAID] * len(PEOPLE)), how=REINSTATE)
    def begin(self, begun: list[Move], said: tuple[Said, ...], how: str) -> None:
        """Everybody has signed up, a lot has happened, and git has something to say of everybody."""
        for email in PEOPLE:
            self.click(("sign_up", email))
        self.act(begun)
        self.git = dict(zip(PEOPLE, said, strict=True))
        self.reinstate = how

    def act(self, moves: list[Move]) -> None:
        """People sign up and ask; admins click."""
        for move in moves:
            self.click(move)

    def click(self, move: Move) -> None:
        name, email, *rest = move
        sandbox = self.sandbox
        with suppress(Problem, LookupError):
            if name == "sign_up":
                sandbox.sign_up(PORTAL, email, email.partition("@")[0])
                sandbox.verify(PORTAL, email)
            elif name == "ask":
                with suppress(LookupError, Problem):
                    sandbox.create_application(PORTAL, email, "Cart")
                sandbox.request_api(PORTAL, email, "Cart", rest[0])
            elif name == "set_registration":
                sandbox.set_registration(PORTAL, email, "Cart", rest[1], rest[0])
            elif name in ("add_member", "remove_member"):
                getattr(sandbox, name)(PORTAL, rest[0], email)
            elif name == "set_status":
                sandbox.set_status(PORTAL, email, rest[0])
            else:
                sandbox.delete_developer(PORTAL, email)

    # Us, and git.

    @rule(
        moves=st.lists(MOVES, max_size=6),
        commits=st.dictionaries(WHO, st.none() | SAID, max_size=2),
        trouble=st.lists(st.sampled_from((500, 502, 429, LOST, 0, 0, 0, 0)), max_size=12),
        since=st.integers(0, 12),
        at=st.integers(1, 25),
        move=MOVES,
        reviewed=st.booleans(),
    )
    def a_day(
        self,
        moves: list[Move],
        commits: dict[str, Said | None],
        trouble: list[int],
        since: int,
        at: int,
        move: Move,
        reviewed: bool,
    ) -> None:
        """A plan is saved for later, people act, git is edited (a line that is left out takes nothing away), and then
        there is an apply. It plans anew, or does what was reviewed, on this or an earlier day. From its request
        `since` on the portal answers some badly, or does as asked and is not heard; at request `at` somebody clicks.
        """
        self.saved = self.saved or (self.plan(), self.reading)
        self.act(moves)
        self.git = {who: said for who, said in {**self.git, **commits}.items() if said is not None}
        self.apply_among_others([0] * since + trouble, at, move, reviewed=reviewed)

    def apply_among_others(self, trouble: list[int], at: int, move: Move, *, reviewed: bool) -> None:
        seen = 0

        def meanwhile(request: Request) -> Response | None:
            nonlocal seen
            seen += 1
            if seen == at:
                self.click(move)
            status = trouble[seen - 1] if seen <= len(trouble) else 0
            if status == LOST:
                return Response(self.sandbox.answer(request).status, delivery="none")
            return Response(status, b"trouble", {"Content-Type": "text/html"}) if status else None

        undo = self.server.before(meanwhile)
        try:
            if reviewed and self.saved:
                self.carry_out()
            else:
                self.apply()
        except PortalError:
            pass  # what could not be seen in full was not touched
        finally:
            undo()

    def carry_out(self) -> None:
        """What was reviewed, as far as it still holds, on the words of git as they were then."""
        assert self.saved is not None
        plan, self.reading = self.saved
        self.saved = None
        found = recheck(plan, observe(self.writer, plan.portal, need_of_plan(plan)))
        done = apply_plan(found.plan, self.writer, workers=3, decided=found.decided)
        for outcome in done.outcomes:
            assert outcome.result in ("done", "already") or outcome.detail, "what is not done is named, with why"

    def apply(self) -> None:
        plan = self.plan()
        apply_plan(plan, self.writer, workers=3)

    def plan(self) -> Plan:
        self.reading = {email: Said(said.status, set(said.teams), set(said.apis)) for email, said in self.git.items()}
        desired = self.desired()
        portal = self.writer.find_portal(name=PORTAL)
        return make_plan(desired, observe(self.writer, portal, need_of(desired)))

    def desired(self) -> Desired:
        entries = [said.entry(email) for email, said in sorted(self.git.items())]
        # Limits would hold the run up, and have tests of their own.
        policy = {"limits": {"removals": {"floor": 1000}, "may_empty": ["*"]}, "reinstate": self.reinstate}
        text = json.dumps({"portal": {"name": PORTAL, "region": "eu"}, "policy": policy, "developers": entries})
        document, findings = parse(text, "access.yaml")
        assert document is not None
        findings = [*findings, *check([document], complete=True)]
        desired, more = resolve(sound([document], findings), TODAY)
        assert [f for f in (*findings, *more) if f.severity == "error"] == []
        assert desired is not None
        return desired

    # What must hold.

    def watch(self, request: Request, response: Response) -> None:
        """Every write that the portal took, held against git as it stood when we read it."""
        if request.method == "GET" or response.status >= 300:
            return
        self.wrote += self.judged(request, json.loads(request.body) if request.body else {})

    def judged(self, request: Request, body: dict[str, Any]) -> list[str]:
        """What is wrong with a write; [] if git says so."""
        path = re.sub(f"^/v3/portals/{IDS}", "", request.path)
        ids = re.findall(IDS, path)
        what = f"{request.method} {re.sub(IDS, '…', path)} {body.get('status', '')}"
        with self.sandbox._store.read() as tx:
            emails = {row["id"]: row["email"] for row in tx.all("SELECT id, email FROM developers")}
            teams = {row["id"]: row["name"] for row in tx.all("SELECT id, name FROM teams")}
            registration = tx.one(
                "SELECT apis.name AS api, developers.email FROM registrations JOIN apis ON apis.id = api_id "
                "JOIN applications ON applications.id = application_id "
                "JOIN developers ON developers.id = applications.developer_id WHERE registrations.id = ?",
                ids[-1],
            )
        if path.startswith("/developers/"):
            said = self.reading.get(emails[ids[0]])
            return [] if said and said.status == body["status"] else [what]
        if path.startswith("/teams/"):
            email = emails[body["id"] if request.method == "POST" else ids[-1]]
            said = self.reading.get(email)
            listed = said and said.status == "approved" and teams[ids[0]] in said.teams
            taken = said and said.status != "approved"
            return [] if (listed if request.method == "POST" else taken) else [what]
        assert registration is not None, what
        said = self.reading.get(registration["email"])
        if body["status"] == "approved":
            return [] if said and said.status == "approved" and registration["api"] in said.apis else [what]
        return [] if said and said.status != "approved" else [what]

    @invariant()
    def nothing_was_written_that_git_does_not_say(self) -> None:
        assert self.wrote == []
        assert self.server.errors == []

    @rule()
    def the_others_rest(self) -> None:
        """One apply ends where git says, and a second has nothing to do; what it does not do, it names."""
        before = self.sandbox.dump()[PORTAL]
        self.apply()
        plan = self.plan()
        assert plan.changes == ()
        named = {
            name: {item.subject.developer.name for item in getattr(plan, name) if item.subject.developer}
            for name in ("held", "blocked", "waiting")
        }
        state = self.sandbox.dump()[PORTAL]
        for email, said in self.git.items():
            if email not in state["developers"]:
                assert said.status != "approved" or email in named["waiting"]
                continue
            [owned] = [one["registrations"] for one in state["applications"] if one["owner"] == email] or [{}]
            member_of = {name for name, team in state["teams"].items() if email in team["members"]}
            if said.status != "approved":
                assert state["developers"][email] == said.status
                assert member_of == set()
                assert "approved" not in owned.values()
                continue
            assert GHOST not in said.teams or email in named["blocked"]
            held = self.reinstate == "held" and before["developers"][email] in ("revoked", "rejected")
            assert state["developers"][email] == (before["developers"][email] if held else "approved")
            if held:
                assert email in named["held"]
                continue
            assert said.teams - {GHOST} <= member_of
            left = {api for api in owned if api in said.apis and owned[api] != "approved"}
            assert not left or (self.reinstate == "held" and email in named["held"])
            assert not {api for api in left if owned[api] == "pending"}


TestInterleaving = Interleaving.TestCase
TestInterleaving.settings = settings(chosen(usually=40), stateful_step_count=6)
