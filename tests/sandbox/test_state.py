"""What is kept: between openings, after a violent end, and by a server that is a command."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.sandbox import Sandbox, StateError
from reconciler.sandbox.protocol.query import Listing, ListQuery
from reconciler.sandbox.web.routes import ROUTES

from .conftest import SEED, Client

SERVER = "from reconciler.sandbox import run_server; run_server({state!r}, ready=lambda url: print(url, flush=True))"


def start(state: Path) -> tuple[subprocess.Popen[str], str]:
    code = SERVER.format(state=str(state))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
    assert process.stdout
    return process, process.stdout.readline().strip()


def test_a_state_outlives_the_object(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "state.sqlite")
    sandbox.load(SEED)
    sandbox.set_status("acme", "bob@x.example", "approved")
    before = sandbox.dump()
    sandbox.close()
    sandbox = Sandbox(str(tmp_path / "state.sqlite"))
    assert sandbox.dump() == before
    sandbox.close()


def test_two_processes_may_share_a_state(tmp_path: Path) -> None:
    """Also what is remembered of counts is given up when another one writes."""
    first, second = Sandbox(tmp_path / "s"), Sandbox(tmp_path / "s")
    first.load(SEED)
    assert second.dump() == first.dump()
    second.set_status("acme", "bob@x.example", "approved")
    assert first.dump()["acme"]["developers"]["bob@x.example"] == "approved"
    count = "SELECT count(*) FROM developers"
    with first._store.read() as tx:
        assert tx.count(count) == 3
    second.sign_up("acme", "dee@x.example", "Dee")
    with first._store.read() as tx:
        assert tx.count(count) == 4
    first.close()
    second.close()


def test_a_cleared_state_is_as_new_and_can_be_seeded_again(tmp_path: Path) -> None:
    """Also for a server that runs on it: switches, seeds and tokens are gone, and the same seed loads once more."""
    seed = tmp_path / "seed.yaml"
    seed.write_text("{switches: {default_page_size: 3}, portals: [{name: acme}]}", encoding="utf-8")
    running, other = Sandbox(tmp_path / "s"), Sandbox(tmp_path / "s")
    assert running.seed_once(seed)
    running.add_token("viewer")
    other.clear()
    assert (running.empty, running.dump()) == (True, {})
    with running._store.read() as tx:
        assert (tx.switches.default_page_size, tx.count("SELECT count(*) FROM tokens")) == (10, 0)
    assert running.seed_once(seed)
    running.close()
    other.close()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_write_answered_is_a_write_kept(tmp_path: Path, end: signal.Signals) -> None:
    state = tmp_path / "state.sqlite"
    sandbox = Sandbox(state)
    sandbox.load(SEED)
    sandbox.close()
    process, url = start(state)
    client = Client(url, None)
    [portal] = client.get("/portals", **{"filter[name]": "acme"}).value["data"]
    body = {"email": "new@x.example", "full_name": "New"}
    assert client.send("POST", f"/portals/{portal['id']}/developers", body).status == 201
    process.send_signal(end)
    code = process.wait(10)
    client.close()
    assert process.stdout
    process.stdout.close()
    assert code == (-9 if end == signal.SIGKILL else 0)
    sandbox = Sandbox(state)
    assert "new@x.example" in sandbox.dump()["acme"]["developers"]
    sandbox.close()


def test_a_state_of_another_version_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    with sqlite3.connect(state) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StateError, match="state of version 99, not 3; reset it to begin anew"):
        Sandbox(state)


def test_a_file_that_is_no_state_is_refused(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    state.write_text("portals: []\n" * 100)
    with pytest.raises(StateError, match=r"state\.sqlite: file is not a database; reset it"):
        Sandbox(state)


def plan(sandbox: Sandbox, listing: Listing, where: str) -> list[str]:
    query = ListQuery(listing, 10)._select(f"{listing.table}.seq", listing.source, f"{where} = ?")
    with sandbox._store.read() as tx:
        return [row["detail"] for row in tx.all(f"EXPLAIN QUERY PLAN {query} LIMIT 100", "x")]


@pytest.mark.parametrize("operation", ["list-portal-developers", "list-applications", "list-registrations"])
def test_a_page_of_a_long_list_walks_an_index(sandbox: Sandbox, operation: str) -> None:
    """No scan of a table and no sorting, however many records there are."""
    [listing] = [route.listing for route in ROUTES if route.operation == operation]
    steps = plan(sandbox, listing, f"{listing.table}.portal_id")
    assert [step for step in steps if "SCAN" in step or "TEMP B-TREE" in step] == []


@pytest.mark.parametrize(
    ("operation", "where"),
    [
        ("list-portal-team-developers", "memberships.team_id"),
        ("list-registrations-by-application", "registrations.application_id"),
        ("list-api-registrations", "registrations.api_id"),
        ("list-portal-developer-teams", "memberships.developer_id"),
    ],
)
def test_a_list_within_another_record_walks_an_index_too(sandbox: Sandbox, operation: str, where: str) -> None:
    [listing] = [route.listing for route in ROUTES if route.operation == operation]
    assert [step for step in plan(sandbox, listing, where) if "SCAN" in step] == []


def test_a_filter_by_address_walks_the_index_of_addresses(sandbox: Sandbox) -> None:
    """Not the one of creation, which would be read to its end for one person."""
    [listing] = [route.listing for route in ROUTES if route.operation == "list-portal-developers"]
    with sandbox._store.read() as tx:
        clauses = "developers.portal_id = ? AND developers.email = ?"
        query = ListQuery(listing, 10)._select("developers.seq", listing.source, clauses)
        [step] = tx.all(f"EXPLAIN QUERY PLAN {query} LIMIT 100", "x", "y")
    assert "developers_email (portal_id=? AND email=?)" in step["detail"]
