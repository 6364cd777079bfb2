"""Reports to be rendered: each tells one story that a reviewer meets."""

from __future__ import annotations

from reconciler.errors import UnreachableError
from reconciler.finding import Finding
from reconciler.model.adoption import Adopted, Adoption
from reconciler.model.change import (
    Action,
    ApiRef,
    Cause,
    Change,
    Effect,
    Item,
    LeftOut,
    Lifted,
    Outcome,
    Plan,
    Ref,
    Refusal,
    Subject,
)
from reconciler.model.checkout import Checkout
from reconciler.model.desired import ApiName, Desired, PortalRef
from reconciler.model.drift import Base, Comparison, Drift, DriftItem, LetGo, PolicyChange
from reconciler.model.observed import Observed, Portal
from reconciler.model.origin import Origin
from reconciler.model.request import Answer, Patch, Request, Suspicion
from reconciler.model.snapshot import SnapshotSource
from reconciler.plan.access.access import Sides
from reconciler.plan.document import PolicySource
from reconciler.plan.drift.classify import Scene, classify
from reconciler.plan.drift.table import CAUSE_UNKNOWN, TABLE
from reconciler.plan.make import make_plan
from reconciler.report.model import Command, Failure, Report
from tests.plan.test_access import PORTAL as PORTAL_BEFORE
from tests.plan.test_access import desired

PORTAL = Portal("5f3c-portal", "acme-partners", "https://eu.api.konghq.com", "eu")
NOW = "2026-11-20T09:30:00Z"
COMMIT = "9c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6a7b8c9d"
GIT = Desired(PortalRef("acme-partners", None, "eu", None, Origin("access/portal.yaml", 1, 1)))
LOOKED_AT = {"developers": 1000, "teams": 20, "memberships": 1450, "applications": 1000, "registrations": 2000}

PEOPLE = "access/people.yaml"
THE_TEAM = "access/teams/payments-partners/the-team-itself.yaml"


def listed(line: int, file: str = PEOPLE, text: str = "listed") -> Cause:
    return Cause("entry", text, Origin(file, line, 5))


def by_policy(kind: str, line: int | None = None) -> Cause:
    origin = Origin("access/portal.yaml", line, 3) if line else None
    return Cause("policy", f"not listed, and policy.unlisted.{kind} is remove", origin)


def by_rule(name: str, line: int) -> Cause:
    return Cause("rule", f"rule {name!r}", Origin("access/portal.yaml", line, 5))


def person(email: str, *, known: bool = True) -> Subject:
    return Subject("developer", developer=Ref(email, f"id-{email}" if known else None))


def member(email: str, team: str) -> Subject:
    return Subject("membership", developer=Ref(email, f"id-{email}"), team=Ref(team, f"id-{team}"))


def registration(owner: str, application: str, api: str, version: str | None = None, number: int = 1) -> Subject:
    developer = Ref(owner, f"id-{owner}") if "@" in owner else None
    return Subject(
        "registration",
        developer=developer,
        team=None if developer else Ref(owner, f"id-{owner}"),
        application=Ref(application, f"id-{application}-{number}"),
        api=ApiRef(api, version, f"id-{api}"),
        registration_id=f"reg-{application}-{api}-{number}",
    )


def team(name: str) -> Subject:
    return Subject("team", team=Ref(name, f"id-{name}"))


def role(team_name: str, role_name: str, api: str, region: str) -> Subject:
    return Subject(
        "role", team=Ref(team_name, f"id-{team_name}"), role=Ref(role_name), api=ApiRef(api), region=region
    )


def status(action: Action, subject: Subject, before: str | None, after: str, effect: Effect, cause: Cause) -> Change:
    return Change(action, subject, {"status": before} if before else None, {"status": after}, effect, cause)


def approve(email: str, line: int) -> Change:
    return status("approve-developer", person(email), "pending", "approved", "grants", listed(line))


def join(email: str, team_name: str, cause: Cause) -> Change:
    return Change("add-member", member(email, team_name), None, {}, "grants", cause)


def leave(email: str, team_name: str, cause: Cause) -> Change:
    return Change("remove-member", member(email, team_name), {}, None, "removes", cause)


def report(command: Command, plan: Plan | None, **more: object) -> Report:
    given = {
        "workspace": ("access",),
        "files": 12,
        "commit": "3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a",
        "manifests_digest": "sha256:0d1e",
        **more,
    }
    if command == "drift" and plan:
        given.setdefault("drift", classify(Scene(plan, GIT, Observed(PORTAL), NOW)))
    return Report(command, "1.2.3", NOW, plan, **given)  # type: ignore[arg-type]


def _plan(*changes: Change, **more: object) -> Plan:
    nothing = tuple(() for _ in changes)
    return Plan(PORTAL, changes, nothing, nothing, looked_at=LOOKED_AT, **more)  # type: ignore[arg-type]


def _first_approval() -> Report:
    return report(
        "plan", _plan(approve("ada@partner.example", 4), join("ada@partner.example", "partners", listed(5)))
    )


def _big_changes() -> tuple[Change, ...]:
    mallory, expired = "mallory@partner.example", listed(30, text="expired on 2026-01-31")
    revoked = listed(41, text="listed as revoked (PART-4711)")
    return (
        Change(
            "create-team",
            team("beta"),
            None,
            {"name": "beta", "description": "Partners that try what is new", "can_own_applications": True},
            "neither",
            listed(3, "access/teams/beta.yaml"),
        ),
        Change(
            "assign-role",
            role("beta", "API Consumer", "orders", "eu"),
            None,
            {},
            "grants",
            listed(6, "access/teams/beta.yaml"),
        ),
        Change(
            "remove-role",
            role("payments-partners", "API Viewer", "refunds", "*"),
            {},
            None,
            "removes",
            by_policy("roles", 14),
        ),
        Change(
            "update-team",
            team("payments-partners"),
            {"description": "Partners", "can_own_applications": False},
            {"description": "Partners that take payments, in Europe and beyond", "can_own_applications": True},
            "neither",
            listed(3, THE_TEAM),
        ),
        status(
            "approve-registration",
            registration("payments-partners", "Settlement bot", "payments", "v1"),
            "pending",
            "approved",
            "grants",
            listed(12, THE_TEAM),
        ),
        approve("ada@partner.example", 4),
        join("ada@partner.example", "payments-partners", listed(5)),
        status(
            "approve-registration",
            registration("ada@partner.example", "Checkout", "payments", "v1"),
            "pending",
            "approved",
            "grants",
            listed(9),
        ),
        status(
            "create-registration",
            registration("ada@partner.example", "Checkout", "orders"),
            None,
            "approved",
            "grants",
            listed(10),
        ),
        status(
            "approve-developer",
            person("bob@partner.example"),
            "pending",
            "approved",
            "grants",
            by_rule("partner domain", 31),
        ),
        Change(
            "invite-developer",
            person("cy@partner.example", known=False),
            None,
            {"status": "approved", "full_name": "Cy Young"},
            "grants",
            listed(18),
        ),
        status(
            "revoke-registration",
            registration(mallory, "Checkout", "payments", "v1"),
            "approved",
            "revoked",
            "removes",
            expired,
        ),
        status(
            "revoke-registration",
            registration(mallory, "Checkout", "payments", "v1", 2),
            "approved",
            "revoked",
            "removes",
            expired,
        ),
        status(
            "reject-registration",
            registration(mallory, "Reports", "refunds"),
            "pending",
            "rejected",
            "neither",
            expired,
        ),
        status("revoke-developer", person(mallory), "approved", "revoked", "removes", expired),
        leave(mallory, "payments-partners", expired),
        status(
            "reject-developer",
            person("spam@elsewhere.example"),
            "pending",
            "rejected",
            "neither",
            listed(44, text="listed as rejected"),
        ),
        status("revoke-developer", person("trudy@partner.example"), "approved", "revoked", "removes", revoked),
        join("trudy@other.example", "partners", listed(52)),
        leave("trudy@other.example", "beta", by_policy("memberships")),
    )


def _lists() -> dict[str, tuple[Item, ...]]:
    stranger = "stranger{}@elsewhere.example"
    return {
        "held": (
            Item(
                person("eve@partner.example"),
                "was revoked on the portal; say `reinstated: DATE` to approve again",
                listed(60),
                "2026-11-18T07:00:00.000Z",
            ),
        ),
        "waiting": (
            Item(person("dee@partner.example", known=False), "has not signed up yet", listed(61)),
            Item(
                registration("ada@partner.example", "Checkout", "refunds", "v2"),
                "has not asked for it yet",
                listed(11),
            ),
        ),
        "blocked": (
            Item(
                member("ada@partner.example", "paymants"),
                "team paymants is neither on the portal nor under `teams`",
                listed(6),
            ),
        ),
        "unlisted": tuple(
            Item(
                person(stranger.format(n)),
                "approved on the portal, not listed in git",
                since="2025-03-01T00:00:00.000Z",
            )
            for n in range(25)
        ),
        "requests": (Item(person("new@partner.example"), "asks to be approved", since="2026-11-19T08:00:00.000Z"),),
        "residual": (
            Item(
                registration("payments-partners", "Settlement bot", "payments", "v1"),
                "mallory@partner.example may know its keys",
                expired_cause(),
            ),
        ),
    }


def expired_cause() -> Cause:
    return listed(30, text="expired on 2026-01-31")


def _mixed() -> Report:
    findings = (
        Finding(
            "expires-soon",
            "warning",
            "access of fay@partner.example ends on 2026-11-30",
            "renew it or let it end",
            Origin(PEOPLE, 70, 14),
        ),
    )
    return report("plan", _plan(*_big_changes(), **_lists(), findings=findings), detailed_exitcode=True)


def _refused() -> Report:
    leaving = tuple(leave(f"partner{n}@partner.example", "partners", by_policy("memberships", 12)) for n in range(7))
    broken = Refusal(
        "removals.memberships",
        "7 memberships would be taken away",
        7,
        "10 percent of 42, which is 4",
        "see that the files are complete; else add to policy.allow, "
        "or run with --allow removals.memberships --reason TEXT",
    )
    empty = Refusal(
        "empty-workspace",
        "the files list no membership at all",
        0,
        "at least 1 where policy.unlisted.memberships is remove",
        "list who shall stay, or set the policy to report",
    )
    lift = Lifted(
        Refusal("protected", "ops@acme.example is protected", 1, "none", ""),
        "they left the company, OPS-12",
        Origin("access/portal.yaml", 22, 5),
    )
    return report("plan", _plan(*leaving, refusals=(broken, empty), lifted=(lift,)))


def _applied(*, cut_short: bool = False) -> Report:
    changes = _big_changes()
    outcomes = [Outcome(change, "done") for change in changes]
    outcomes[11] = Outcome(
        changes[11], "failed", "You do not have permission to perform this action", 403, "kong:trace:8761"
    )
    outcomes[14] = Outcome(changes[14], "skipped", "its registrations could not all be revoked")
    outcomes[5] = Outcome(changes[5], "already")
    late = status(
        "revoke-registration",
        registration("mallory@partner.example", "Late", "orders"),
        "approved",
        "revoked",
        "removes",
        expired_cause(),
    )
    outcomes.append(Outcome(late, "done", extra=True))
    if cut_short:
        lost = Failure.of(
            UnreachableError("the portal stopped answering: connection reset", "apply again when it answers")
        )
        return report("apply", _plan(*changes), outcomes=tuple(outcomes[:15]), error=lost)
    return report("apply", _plan(*changes, residual=_lists()["residual"]), outcomes=tuple(outcomes))


def _reviewed() -> Report:
    """A saved plan that narrows a run: some of it is stale, some was not reviewed, some is needed no more."""
    ada, bob, cy = (approve(f"{who}@partner.example", line) for line, who in enumerate(("ada", "bob", "cy"), 4))
    changes = (ada, bob, join("ada@partner.example", "partners", listed(5)))
    plan = _plan(
        *changes,
        only=("partners", "bob@partner.example"),
        left_out=(
            LeftOut(cy, "not-selected"),
            LeftOut(leave("dee@partner.example", "beta", listed(9)), "not-reviewed"),
        ),
        not_needed=(join("eve@partner.example", "partners", listed(7)),),
    )
    was = "not tried: it was pending when the plan was made, and is revoked now"
    skipped = "not tried, because this did not succeed: approve developer"
    outcomes = (Outcome(ada, "stale", was), Outcome(bob, "already"), Outcome(changes[2], "skipped", skipped))
    source = PolicySource("origin/main", "9e1f2a3b4c5d6e7f")
    return report("apply", plan, outcomes=outcomes, policy_from=source, saved_plan="sha256:" + "ab" * 32)


def _findings() -> Report:
    found = (
        Finding(
            "unknown-key",
            "error",
            "unknown key `emial` in a developer",
            "did you mean `email`?",
            Origin(PEOPLE, 12, 5),
        ),
        Finding(
            "invalid-email",
            "error",
            "`ada at partner.example` is no e-mail address",
            "write it as name@domain",
            Origin(PEOPLE, 13, 12),
        ),
        Finding(
            "ignored-listing",
            "warning",
            "mallory@partner.example is revoked in access/people.yaml:41, "
            "so that this listing of the team's side counts for nothing",
            "take the line out",
            Origin(THE_TEAM, 9, 7),
        ),
        Finding(
            "no-portal",
            "error",
            "no file says which `portal` this is about",
            "add `portal: {name: …}` to a file directly in access",
        ),
    )
    return report("validate", None, findings=found)


HOSTILE = (
    "\x1b[2J\x1b[31mred\x07",
    "two\nlines\r\n::error::gotcha",
    "::error file=x::gotcha",
    "##[add-mask]x ##vso[task.complete]",
    "pay\u202eroll\u2066\u200b\u00adx",
    "tag\U000e0041 blank\u2800\u3164 nbsp\u00a0",
    "e" + "\u0301" * 9,
    "👩\u200d🚀 日本語の長い名前",
    "x" * 255,
    "[click](javascript:alert(1)) **bold** @everyone #1 <img src=x>",
    'Checkout for payments v1: approved → revoked" + approve "me',
    "lone \ud800 surrogate",
    "]]><!-- --></details></summary><script>alert(1)</script>`` ` `",
    "@acme/admins GH-12 acme/app#3 3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a",
    "https://evil.example/x www.evil.example mailto:a@evil.example evil.example",
    "![i](https://evil.example/i.png) [r]: /x |a|b| &amp; \\` :tada:",
    "שלום עולם ,(اسم",
)


def _hostile() -> Report:
    changes = [
        status(
            "approve-registration",
            registration("ada@partner.example", text, "payments"),
            "pending",
            "approved",
            "grants",
            listed(n, text=f"listed ({text})"),
        )
        for n, text in enumerate(HOSTILE, 1)
    ]
    items = tuple(
        Item(Subject("team", team=Ref(text, text)), text, Cause("rule", text, Origin(text, 1, 1))) for text in HOSTILE
    )
    findings = (Finding("odd", "note", HOSTILE[1], HOSTILE[2], Origin(HOSTILE[2], 1, 1)),)
    return report("plan", _plan(*changes, blocked=items, findings=findings), workspace=(HOSTILE[0],))


def _effective() -> Report:
    """Where desired and observed are known, a report tells what people can do then, and through which path."""
    git, checkout = desired(), Checkout("/work", "/work", "https://github.com/acme/access/blob/3f2a", "https://ci/1")
    plan = make_plan(git, PORTAL_BEFORE)
    return report("plan", plan, sides=Sides(git, PORTAL_BEFORE), checkout=checkout)


def _waiting_people() -> Report:
    """Who waits, and what `pending --write` would make of it: one is listed, one deserves a second look."""
    new = Request(
        person("new@partner.example"),
        "2026-11-19T08:00:00.000Z",
        "New Person",
        "partner.example",
        ("partners",),
        into="access/people.yaml",
    )
    odd = Request(
        registration("ada@partner.example", HOSTILE[2], "payments", "v1"),
        "2026-11-20T08:00:00.000Z",
        domain="partner.example",
        api=ApiName("payments", "v1", any_version=False),
        suspicions=(Suspicion("look-alike", f"the name {HOSTILE[9]} looks like Checkout"),),
        into="access/people.yaml",
    )
    answer = Answer((new, odd), ("listed", "left-out"), (Patch("access/people.yaml", "--- a\n+++ b\n+- new\n"),))
    return report("pending", Plan(PORTAL, looked_at={"developers": 2}), answer=answer)


def _diagnoses() -> tuple[Finding, ...]:
    settings = Finding(
        "auto-approve-developers",
        "error",
        "the portal approves every developer who signs up: nobody asks git",
        "switch it off in the portal's security settings",
    )
    name = Finding("hidden-characters", "warning", f'the name of a team "{HOSTILE[0]}" has characters', "look at it")
    return settings, name


def _compared() -> Report:
    at = f"{COMMIT[:12]}:access/people.yaml"
    policy = Origin("access/portal.yaml", 9, 5)
    gone = (
        LetGo(
            person("eve@partner.example", known=False),
            "revoked",
            Origin(at, 60, 5),
            "absent",
            "the portal does not have it",
        ),
        LetGo(
            member("bob@partner.example", "payments-partners"),
            "listed",
            Origin(at, 12, 14),
            "taken",
            "access is taken away: not listed, and policy.unlisted.memberships is exact",
        ),
        LetGo(
            registration("bob@partner.example", "Settlement bot", "payments", "v1"),
            "expired on 2026-01-31",
            Origin(at, 16, 14),
            "stays",
            "access stays: unlisted is report; to take it away write its line with `status: revoked`",
        ),
    )
    changes = (
        PolicyChange("policy.limits.removals.max", "50", "500", policy),
        PolicyChange("policy.scope.developers", '["*"]', '["*@partner.example", "@everyone #1"]', policy),
        PolicyChange(
            "rules[freight partners]", '{"approve": true, "match": {"email": "*@freight.example"}}', None, None
        ),
    )
    leaving = leave("bob@partner.example", "payments-partners", by_policy("memberships", 21))
    return report("plan", _plan(leaving), compared=Comparison(Base("origin/main", COMMIT), gone, changes))


def _evidence() -> Report:
    """Every class, told from a journal, a snapshot and a base commit."""
    since = "2026-11-01T10:00:00.000Z"
    applied = "`apply` gave it on 2026-11-12 (journal), and it is gone"
    items = [
        DriftItem(
            type_,
            row.severity,
            member(f"{type_}@partner.example", "payments-partners"),
            "how it differs",
            applied if type_ == "vanished" else CAUSE_UNKNOWN if row.asks else "",
            "" if type_ in ("missing", "extra") else since,
            None if type_ in ("missing", "extra") else 18,
            row.action or row.applied,
            None if type_ in ("extra", "request") else listed(4),
        )
        for type_, row in TABLE.items()
    ]
    drift = Drift(
        tuple(items),
        (
            "journal: changes of this portal: 38, runs: 2, 2026-11-01 to 2026-11-12",
            "snapshot: taken 2026-11-13T00:00:00Z",
        ),
        "2026-10-01T00:00:00.000Z",
        3,
        ("whether a publication approves registrations by itself",),
    )
    return report("drift", _plan(), drift=drift)


def _adopted() -> Report:
    """What `drift --adopt --dry-run` makes of two clicks: one can be written down, and one cannot."""
    bob = person("bob@partner.example")
    odd = registration("ada@partner.example", HOSTILE[2], "payments", "v1")
    found = Adoption(
        (
            Adopted(bob, "listed as approved", "access/people.yaml"),
            Adopted(odd, "listed", problem=f"no file is the one for {HOSTILE[9]}; say --into FILE"),
        ),
        (Patch("access/people.yaml", "--- a\n+++ b\n+- bob@partner.example\n"),),
    )
    items = tuple(DriftItem("extra", "warning", one, "not listed", "", "", None, "list it") for one in (bob, odd))
    return report("drift", _plan(), drift=Drift(items), adoption=found)


def reports() -> dict[str, Report]:
    """Every sample, by the name of its golden files."""
    lost = Failure.of(
        UnreachableError(
            "https://eu.api.konghq.com does not answer: connection refused",
            "check --server and the network, then run again",
        )
    )
    return {
        "plan-first-approval": _first_approval(),
        "plan-mixed": _mixed(),
        "plan-refused": _refused(),
        "plan-nothing": report("plan", _plan()),
        "plan-waiting": report("plan", _plan(waiting=_lists()["waiting"])),
        "plan-invalid": report("plan", None, findings=_findings().findings),
        "plan-unreachable": report("plan", None, error=lost),
        "plan-hostile": _hostile(),
        "plan-effective": _effective(),
        "plan-compared": _compared(),
        "plan-new": report("plan", _plan(), compared=Comparison(Base("main", COMMIT, "new"))),
        "plan-snapshot": report(
            "plan", _first_approval().plan, snapshot=SnapshotSource("2026-11-17T08:00:00Z", "sha256:4f1d0c2b9a8e77")
        ),
        "drift-evidence": _evidence(),
        "drift-adopted": _adopted(),
        "pending-some": _waiting_people(),
        "drift-in-sync": report("drift", _plan()),
        "drift-found": report("drift", _plan(*_big_changes()[5:8], **_lists())),
        "drift-blocked": report("drift", _plan(blocked=_lists()["blocked"])),
        "drift-would-be-refused": report("drift", _refused().plan),
        "apply-done": report(
            "apply", _first_approval().plan, outcomes=tuple(Outcome(c, "done") for c in _plan_changes())
        ),
        "apply-partly": _applied(),
        "apply-cut-short": _applied(cut_short=True),
        "apply-reviewed": _reviewed(),
        "apply-declined": report("apply", _first_approval().plan),
        "apply-refused": report("apply", _refused().plan),
        "apply-nothing": report("apply", _plan()),
        "doctor-found": report(
            "doctor",
            Plan(PORTAL, residual=_lists()["residual"], looked_at={"developers": 1, "apis": 3}),
            diagnoses=_diagnoses(),
        ),
        "doctor-healthy": report("doctor", Plan(PORTAL, looked_at={"developers": 1000})),
        "validate-findings": _findings(),
        "validate-clean": report("validate", None),
    }


def _plan_changes() -> tuple[Change, ...]:
    plan = _first_approval().plan
    return plan.changes if plan else ()
