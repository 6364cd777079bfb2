"""The open points of the contract, as switches (contract 11)."""

from dataclasses import fields
from typing import Any

import pytest

from reconciler.sandbox import Sandbox, SeedError, SwitchError, Switches

from .conftest import SEED, Acme, Client


def test_every_switch_names_its_open_point_and_what_it_does() -> None:
    """All thirteen points of contract section 11 have one."""
    points = {each.metadata["point"] for each in fields(Switches)}
    assert {f"11.{number}" for number in range(1, 14)} <= points
    assert all(each.metadata["says"] for each in fields(Switches))


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
    assert client.send("POST", f"{acme.path}/teams", {"name": "new"}, check=False).status == 200
