"""The open points of the contract, as switches (contract 11)."""

import ast
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import reconciler.sandbox
from reconciler.sandbox import Sandbox, SeedError, SwitchError, Switches

from .conftest import SEED, Acme, Client


def test_every_switch_names_its_open_point_and_what_it_does() -> None:
    """All thirteen points of contract section 11 have one."""
    points = {each.metadata["point"] for each in fields(Switches)}
    assert {f"11.{number}" for number in range(1, 14)} <= points
    assert all(each.metadata["says"] for each in fields(Switches))


def test_every_switch_is_looked_at() -> None:
    """One that nothing asks for would be a promise that nobody keeps."""
    asked = set()
    for path in Path(reconciler.sandbox.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("switches"):
                asked.add(node.attr)
    assert {each.name for each in fields(Switches)} - asked == set()


@pytest.mark.parametrize("name", [each.name for each in fields(Switches)])
def test_every_switch_is_set_by_a_seed_and_by_text(sandbox: Sandbox, name: str) -> None:
    """As `--set NAME=VALUE` gives it."""
    [own] = [each for each in fields(Switches) if each.name == name]
    others = [value for value in own.metadata["choices"] if value != own.default]
    other = others[0] if others else not own.default if isinstance(own.default, bool) else type(own.default)(7)
    sandbox.load({"switches": {name: other}})
    with sandbox._store.read() as tx:
        assert getattr(tx.switches, name) == other != own.default
    assert Switches().but({name: str(other).lower()}) == Switches().but({name: other})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": 1}, "there is no switch 'colour' (known: default_page_size, "),
        ({"default_page_size": "ten"}, "switch 'default_page_size' takes a whole number"),
        ({"default_page_size": True}, "switch 'default_page_size' takes a whole number"),
        ({"largest_page_size": 0}, "switch 'largest_page_size' is at least 1"),
        ({"stale_seconds": -1}, "switch 'stale_seconds' is at least 0"),
        ({"stale_seconds": "nan"}, "switch 'stale_seconds' is at least 0"),
        ({"rejected_is_final": "yes"}, "switch 'rejected_is_final' takes true or false"),
        ({"login_approves": "some"}, "switch 'login_approves' is one of none, pending, all, not 'some'"),
        ({"created_status": "202"}, "switch 'created_status' is one of 201, 200, not 202"),
    ],
)
def test_what_a_switch_does_not_take_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SwitchError) as refused:
        Switches().but(changes)
    assert str(refused.value).startswith(message)


def test_a_switch_may_be_given_as_text() -> None:
    """As a command line does, with a dash or an underscore."""
    text = {"created-status": "200", "stale-seconds": "1.5", "rejected_is_final": "TRUE"}
    assert Switches().but(text) == Switches(created_status=200, stale_seconds=1.5, rejected_is_final=True)


def test_a_seed_that_sets_a_wrong_switch_names_the_place(sandbox: Sandbox) -> None:
    with pytest.raises(SeedError, match=r"switches: switch 'created_status' is one of 201, 200, not 204"):
        sandbox.load({"switches": {"created_status": 204}})


def test_a_seed_sets_switches_for_good_and_a_run_over_them(tmp_path: Any) -> None:
    """What a run sets is not kept; another process sees what is kept."""
    first, second = Sandbox(tmp_path / "s"), Sandbox(tmp_path / "s", switches={"created_status": 201})
    first.load({**SEED, "switches": {"created_status": 200, "default_page_size": 2}})
    with first._store.read() as one, second._store.read() as two:
        assert (one.switches.created_status, one.switches.default_page_size) == (200, 2)
        assert (two.switches.created_status, two.switches.default_page_size) == (201, 2)
    first.close()
    second.close()


def test_page_sizes(sandbox: Sandbox, acme: Acme, client: Client) -> None:
    """11.1: default 10 and at most 100 are only suggested; the page says which it is."""
    sandbox.keep_switches(default_page_size=1, largest_page_size=2)
    path = f"{acme.path}/developers"
    assert client.get(path).value["meta"]["page"] == {"number": 1, "size": 1, "total": 3}
    answer = client.get(path, **{"page[size]": "100"}).value
    assert (answer["meta"]["page"]["size"], len(answer["data"])) == (2, 2)


def test_what_was_created_may_be_answered_200(sandbox: Sandbox, acme: Acme, client: Client) -> None:
    """11.13: seen on another endpoint of the real portal."""
    sandbox.keep_switches(created_status=200)
    assert client.send("POST", f"{acme.path}/teams", {"name": "new"}).status == 200


@pytest.mark.parametrize("final", [False, True])
def test_what_was_rejected_may_be_final(sandbox: Sandbox, acme: Acme, client: Client, final: bool) -> None:
    """11.2: people and requests alike; only approving is refused."""
    sandbox.keep_switches(rejected_is_final=final)
    [registration] = client.get(f"{acme.application('Checkout')}/registrations").value["data"]
    for path in (
        acme.developer("bob@x.example"),
        f"{acme.application('Checkout')}/registrations/{registration['id']}",
    ):
        assert client.send("PATCH", path, {"status": "rejected"}).status == 200
        answer = client.send("PATCH", path, {"status": "approved"})
        assert answer.status == (400 if final else 200)
        assert client.send("PATCH", path, {"status": "pending"}).status == 200


@pytest.mark.parametrize(("unique", "status"), [(True, 409), (False, 201)])
def test_two_teams_may_have_one_name(sandbox: Sandbox, acme: Acme, client: Client, unique: bool, status: int) -> None:
    """11.3."""
    sandbox.keep_switches(unique_team_names=unique)
    assert client.send("POST", f"{acme.path}/teams", {"name": "partners"}).status == status


@pytest.mark.parametrize(("taken", "status"), [(True, 409), (False, 201)])
def test_an_address_may_be_taken_in_any_case(
    sandbox: Sandbox, acme: Acme, client: Client, taken: bool, status: int
) -> None:
    """11.4: on create."""
    sandbox.keep_switches(email_taken_in_any_case=taken)
    body = {"email": "ADA@x.example", "full_name": "Ada"}
    assert client.send("POST", f"{acme.path}/developers", body).status == status
    assert client.send("POST", f"{acme.path}/developers", {**body, "email": "ada@x.example"}).status == 409


@pytest.mark.parametrize(("any_case", "found"), [(True, 1), (False, 0)])
@pytest.mark.parametrize("operator", ["", "[eq]", "[oeq]"])
def test_a_filter_on_an_address_may_ignore_case(
    sandbox: Sandbox, acme: Acme, client: Client, any_case: bool, found: int, operator: str
) -> None:
    """11.4: on filtering."""
    sandbox.keep_switches(email_filter_in_any_case=any_case)
    page = client.get(f"{acme.path}/developers", **{f"filter[email]{operator}": "ADA@X.example"}).value
    assert len(page["data"]) == found


@pytest.mark.parametrize("named", [True, False])
def test_lists_of_applications_may_leave_the_owner_out(
    sandbox: Sandbox, acme: Acme, client: Client, named: bool
) -> None:
    """11.9: one application always says it."""
    sandbox.keep_switches(owner_in_lists=named)
    listed = client.get(f"{acme.path}/applications").value["data"]
    assert {"owner" in one for one in listed} == {named}
    assert "owner" in client.get(acme.application("Checkout")).value


@pytest.mark.parametrize(
    ("fate", "status", "applications"),
    [("kept", 204, {"Checkout", "Shared"}), ("refused", 409, {"Checkout", "Shared"}), ("deleted", 204, {"Checkout"})],
)
def test_what_becomes_of_the_applications_of_a_deleted_team(
    sandbox: Sandbox, acme: Acme, client: Client, fate: str, status: int, applications: set[str]
) -> None:
    """11.11."""
    sandbox.keep_switches(team_with_applications=fate)
    assert client.send("DELETE", acme.team("owners")).status == status
    assert {one["name"] for one in client.get(f"{acme.path}/applications").value["data"]} == applications
    assert client.send("DELETE", acme.team("partners")).status == 204


@pytest.mark.parametrize(
    ("shown", "partners", "owners"),
    [("seeded", None, True), ("shown", False, True), ("hidden", None, None)],
)
def test_teams_may_show_who_manages_them(
    sandbox: Sandbox, acme: Acme, client: Client, shown: str, partners: bool | None, owners: bool | None
) -> None:
    """11.12: newer than the published file; where a portal shows it, synchronisation is on unless said otherwise."""
    sandbox.keep_switches(konnect_managed=shown)
    assert client.get(acme.team("partners")).value.get("konnect_managed") is partners
    assert client.get(acme.team("owners")).value.get("konnect_managed") is owners


def test_who_manages_a_team_is_changed_unless_it_is_mapped(sandbox: Sandbox) -> None:
    """Contract 5: delete the group mapping first."""
    from reconciler.sandbox.protocol.problems import Problem
    from reconciler.sandbox.records import teams

    sandbox.keep_switches(konnect_managed="shown")
    sandbox.load({"portals": [{"name": "third", "teams": [{"name": "mapped", "groups": ["g"]}, {"name": "free"}]}]})
    with sandbox._store.write() as tx:
        ids = {row["name"]: (row["portal_id"], row["id"]) for row in tx.all("SELECT * FROM teams")}
        assert teams.update(tx, *ids["free"], {"konnect_managed": True})["konnect_managed"] is True
        with pytest.raises(Problem, match="delete it first"):
            teams.update(tx, *ids["mapped"], {"konnect_managed": True})


def test_a_portal_that_does_not_show_it_does_not_take_it(sandbox: Sandbox, acme: Acme, client: Client) -> None:
    """A team of a portal from before."""
    answer = client.send("PATCH", acme.team("partners"), {"konnect_managed": True})
    assert answer.invalid[0]["reason"] == '"konnect_managed" is not allowed'
