"""Residual access: what works on for people who are not approved, whoever listed it (contract 4)."""

from __future__ import annotations

import pytest

from tests.scenarios.conftest import Start

SEED = """
    apis: [{name: payments}]
    portals:
      - name: acme-partners
        developers:
          - {email: ada@partner.example, status: approved}
          - {email: bob@partner.example, status: revoked}
        applications:
          - {name: Checkout, owner: ada@partner.example, registrations: [{api: payments, status: approved}]}
          - {name: Cart, owner: bob@partner.example, registrations: [{api: payments, status: approved}]}
    """
ADA = "{email: ada@partner.example, applications: [{name: Checkout, apis: [payments]}]}"


@pytest.mark.parametrize(
    ("git", "unlisted"),
    [
        (f"developers: [{ADA}]", ["bob@partner.example | Cart | payments"]),
        (f"policy: {{unlisted: {{registrations: ignore}}}}\ndevelopers: [{ADA}]", []),
        (f"developers: [{ADA}, bob@partner.example]", ["bob@partner.example | Cart | payments"]),
    ],
    ids=["unlisted", "ignored", "held"],
)
def test_a_person_revoked_in_the_console_goes_on_calling(portal: Start, git: str, unlisted: list[str]) -> None:
    """The console revokes the developer, not the registration: whoever lists what, it is named, and drift says so."""
    story = portal(SEED)
    story.git(git)
    assert story.listed("residual") == ["bob@partner.example | Cart | payments"]
    assert story.listed("unlisted") == unlisted
    code, report = story.drift()
    assert code == 2
    assert [item["reason"] for item in report["residual"]] == ["works although its owner is revoked"]
    assert story.run("plan", str(story.folder)).code == 0
    assert story.run("plan", str(story.folder), "--fail-on", "residual").code == 2


def test_a_tombstone_ends_it(portal: Start) -> None:
    """Git says that the person is out: the registration goes, and nothing is residual any more."""
    story = portal(SEED)
    story.git(f"developers: [{ADA}, {{email: bob@partner.example, status: revoked}}]")
    assert story.listed("residual") == []
    assert story.run("plan", str(story.folder), "--fail-on", "residual").code == 0
    before = story.portal
    story.apply()
    assert story.since(before) == {"bob@partner.example / Cart / payments": "approved → revoked"}
    assert story.drift()[0] == 0


def test_what_is_approved_in_the_same_run_is_not_residual(portal: Start) -> None:
    """A pending person whom this plan approves has nothing left over."""
    story = portal(SEED)
    story.sandbox.set_status("acme-partners", "bob@partner.example", "pending")
    bob = ADA.replace("ada", "bob").replace("Checkout", "Cart")
    story.git(f"developers: [{ADA}, {bob}]")
    assert story.listed("residual") == []
    story.apply()
    assert story.drift()[0] == 0


def test_people_outside_the_scope_are_not_this_repositorys_business(portal: Start) -> None:
    """Another repository reports them."""
    story = portal(SEED)
    story.git(f'policy: {{scope: {{developers: ["ada@*"]}}}}\ndevelopers: [{ADA}]')
    assert story.listed("residual") == []
