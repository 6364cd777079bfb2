"""What is kept: between openings, after a violent end, and by a server that is a command."""

import contextlib
import http.client
import itertools
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.sandbox import Sandbox, StateError
from reconciler.sandbox.protocol.listing import Listing
from reconciler.sandbox.protocol.query import ListQuery
from reconciler.sandbox.state import file
from reconciler.sandbox.state.file import APPLICATION, OTHER, RESET
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


def test_every_answered_write_of_many_is_kept_when_the_server_is_killed(tmp_path: Path) -> None:
    """Four clients write as fast as they can; `kill -9` comes in the middle. The file is sound, and serves on."""
    state = tmp_path / "state.sqlite"
    sandbox = Sandbox(state)
    sandbox.load({"portals": [{"name": "acme"}]})
    sandbox.close()
    process, url = start(state)
    client = Client(url, None)
    [portal] = client.get("/portals").value["data"]
    client.close()
    answered: list[str] = []
    enough = threading.Event()

    def sign_up(worker: int) -> None:
        client = Client(url, None)
        with contextlib.suppress(OSError, http.client.HTTPException):
            for number in itertools.count():
                email = f"w{worker}n{number}@x.example"
                body = {"email": email, "full_name": "New"}
                assert client.send("POST", f"/portals/{portal['id']}/developers", body).status == 201
                answered.append(email)
                if len(answered) > 100:
                    enough.set()
        client.close()

    workers = [threading.Thread(target=sign_up, args=(worker,)) for worker in range(4)]
    for each in workers:
        each.start()
    assert enough.wait(30)
    process.kill()
    for each in workers:
        each.join(10)
    assert process.wait(10) == -signal.SIGKILL
    assert process.stdout
    process.stdout.close()
    sandbox = Sandbox(state)
    kept = sandbox.dump()["acme"]["developers"]
    assert set(answered) <= set(kept)
    assert len(kept) <= len(answered) + len(workers), "what was not answered may have been done, once a client"
    with sandbox._store.read() as tx:
        assert [tuple(row) for row in tx.all("PRAGMA integrity_check")] == [("ok",)]
    sandbox.sign_up("acme", "after@x.example", "After")
    sandbox.close()


def other(state: Path, **pragmas: int) -> None:
    """A database of somebody else."""
    connection = sqlite3.connect(state)
    connection.execute("CREATE TABLE theirs (it)")
    for name, value in pragmas.items():
        connection.execute(f"PRAGMA {name} = {value}")
    connection.commit()
    connection.close()


def damaged(state: Path) -> None:
    """A state of which the tables are gone."""
    Sandbox(state).close()
    whole = state.read_bytes()
    state.write_bytes(whole[:4096] + b"A" * (len(whole) - 4096))


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "of a newer version": (
        lambda state: other(state, user_version=99, application_id=APPLICATION),
        f"was written by a newer version (state 99; this one knows 3) | use that version, or {RESET}",
    ),
    "of an older version": (
        lambda state: other(state, user_version=1, application_id=APPLICATION),
        f"was written by an older version (state 1, now 3) | {RESET}",
    ),
    "damaged": (
        damaged,
        f"is damaged: database disk image is malformed | {RESET}",
    ),
    "of something else": (other, f"is a database of something else | {OTHER}"),
    "of something else, marked": (
        lambda state: other(state, application_id=7),
        f"is a database of something else | {OTHER}",
    ),
    "no database": (
        lambda state: state.write_text("portals: []\n" * 100),
        f"is no state of the embedded portal: file is not a database | {OTHER}",
    ),
    "a folder": (
        lambda state: state.mkdir(),
        "cannot be opened: unable to open database file | name a file in a folder that may be written",
    ),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_a_file_that_cannot_be_used_is_left_as_it_is_and_named(tmp_path: Path, kind: str) -> None:
    """With what is wrong with it and what to do. Only what is a state can be reset."""
    make, said = UNUSABLE[kind]
    state = tmp_path / "state.sqlite"
    make(state)
    before = None if state.is_dir() else state.read_bytes()
    with pytest.raises(StateError) as refused:
        Sandbox(state)
    assert f"{refused.value} | {refused.value.remedy}" == f"{state} {said}"
    assert before is None or state.read_bytes() == before
    if RESET in said:
        assert Sandbox.reset(state) is True
        assert not state.exists()
    else:
        with pytest.raises(StateError) as kept:
            Sandbox.reset(state)
        assert kept.value.remedy == refused.value.remedy
        assert before is None or state.read_bytes() == before


def test_a_file_that_is_locked_says_so_and_is_not_reset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "PATIENCE", 0.0)
    state = tmp_path / "state.sqlite"
    Sandbox(state).close()
    holder = sqlite3.connect(state, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    for attempt in (Sandbox, Sandbox.reset):
        with pytest.raises(StateError, match="was locked for 10 seconds: database is locked") as refused:
            attempt(state)
        assert refused.value.remedy == "end the program that holds it, or name another file"
    holder.close()
    assert state.exists()


def test_a_reset_clears_what_a_server_shows_and_removes_what_nobody_has_open(tmp_path: Path) -> None:
    """A server goes on with the file that it has: what is loaded next shows there."""
    state = tmp_path / "state.sqlite"
    assert Sandbox.reset(state) is False
    running = Sandbox(state)
    running.load(SEED)
    assert Sandbox.reset(state) is True
    assert (running.empty, state.exists()) == (True, True)
    again = Sandbox(state)
    again.load(SEED)
    again.close()
    assert set(running.dump()) == {"acme", "other"}
    running.close()
    assert Sandbox.reset(state) is True
    assert list(tmp_path.iterdir()) == []


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
