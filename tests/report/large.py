"""A portal of very many people, for reports that must stay usable."""

from __future__ import annotations

import datetime as dt

from reconciler.manifest.read import parse
from reconciler.manifest.resolve import resolve
from reconciler.model.observed import (
    Api,
    Application,
    Developer,
    Membership,
    Observed,
    Portal,
    Registration,
    Role,
    Status,
    Team,
)
from reconciler.plan.access.access import Sides
from reconciler.plan.make import make_plan
from reconciler.report.model import Report
from tests.report.samples import report

LISTS = frozenset({"developers", "teams", "memberships", "roles", "applications", "registrations", "apis"})
STATUSES: tuple[Status, ...] = ("approved", "approved", "approved", "pending", "revoked")


def email(number: int) -> str:
    return f"person{number:05}@partner{number % 40}.example"


def observed(people: int) -> Observed:
    """Forty teams, thirty APIs, and people with a status, one to three teams and, every other, an application."""
    numbers = range(people)
    apis = [f"api-{n:02}" for n in range(30)]
    developers = (Developer(f"d{n}", email(n), STATUSES[n % 5], updated_at="2026-09-10T00:00:00Z") for n in numbers)
    members = (Membership(f"t{(n * 7 + k * 3) % 40}", f"d{n}") for n in numbers for k in range(1 + n % 3))
    registered = ((n, apis[(n + k) % 30], STATUSES[(n + k) % 4]) for n in numbers[::2] for k in range(2))
    return Observed(
        Portal("p", "acme", region="eu"),
        tuple(developers),
        tuple(Team(f"t{n}", f"team-{n:02}") for n in range(40)),
        tuple(members),
        tuple(Role(f"r{n}", f"t{n}", "API Consumer", apis[n % 30], "eu") for n in range(40)),
        tuple(Application(f"a{n}", "Checkout", "developer", f"d{n}") for n in numbers[::2]),
        tuple(Registration(f"g{n}-{api}", f"a{n}", api, api, "v1", status) for n, api, status in registered),
        tuple(Api(api, api, "v1") for api in apis),
        LISTS,
    )


def drift_of(people: int) -> Report:
    """Every third person is listed, with one of the teams."""
    listed = (f"  - {{email: {email(n)}, teams: [team-{n * 7 % 40:02}]}}\n" for n in range(0, people, 3))
    text = "portal: {name: acme, region: eu}\ndevelopers:\n" + "".join(listed)
    document, _ = parse(text, "access/people.yaml")
    assert document
    desired, findings = resolve([document], dt.date(2026, 11, 20))
    assert desired, findings
    portal = observed(people)
    return report("drift", make_plan(desired, portal), sides=Sides(desired, portal))
