"""Read-only proven: for every command that only looks, sending anything but GET is impossible, not merely absent."""

from __future__ import annotations

import inspect
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from reconciler import reconcile
from reconciler.cli.main import COMMANDS
from reconciler.errors import ReadOnlyError
from reconciler.portal.http import Session
from reconciler.portal.reader import Reader
from reconciler.portal.wire import Wire
from reconciler.portal.writer import Writer
from tests.scenarios.conftest import Start
from tests.scenarios.story import Story
from tests.scenarios.test_command_line import GIT, SEED

pytestmark = pytest.mark.in_process

READING: dict[str, Callable[[Path, Path], list[str | Path]]] = {
    "plan": lambda folder, new: ["plan", folder],
    "drift": lambda folder, new: ["drift", folder],
    "doctor": lambda folder, new: ["doctor", folder],
    "pending": lambda folder, new: ["pending", folder],
    "access": lambda folder, new: ["access", folder],
    "dump": lambda folder, new: ["dump", "--snapshot", new, "--portal", "acme-partners", "--region", "eu"],
}
"""Commands that look at a portal, with what they are called with. Those that are not there yet are left out."""
WRITING = {"apply"}
OFFLINE = {"validate", "schema", "init", "matrix", "help", "extend"}
THE_PORTAL_ITSELF = {"sandbox"}
"""Plays the portal; it is no client."""

LOOKING = [name for name in READING if name in COMMANDS]
METHODS = ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "get", "")


def test_every_command_is_known_as_reading_or_writing() -> None:
    """A new command must say which it is, and is then tried below."""
    assert set(COMMANDS) <= {*READING, *WRITING, *OFFLINE, *THE_PORTAL_ITSELF}


@pytest.fixture
def story(portal: Start) -> Story:
    """There is a lot that a command could be tempted to do."""
    story = portal(SEED)
    story.git(GIT)
    return story


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> list[Reader]:
    """Every client that is made while a command runs, whatever makes it."""
    made: list[Reader] = []
    real = Reader.__init__

    def note(self: Reader, session: Session) -> None:
        made.append(self)
        real(self, session)

    monkeypatch.setattr(Reader, "__init__", note)
    return made


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called no connection is opened, used or even looked for."""

    def forbid() -> None:
        def stopped(*_: Any, **__: Any) -> Any:
            raise AssertionError("a socket was come to")

        for name in ("connect", "send", "sendall", "sendto"):
            monkeypatch.setattr(socket.socket, name, stopped)
        monkeypatch.setattr(socket, "getaddrinfo", stopped)

    return forbid


def look(story: Story, tmp_path: Path, name: str) -> None:
    """Run the command; that it did what it is for is said by what it asked."""
    ran = story.run(*READING[name](story.folder, tmp_path / "new"))
    assert ran.code in (0, 2), ran
    assert [path for _, path, _ in story.server.requests if "/developers" in path]


def reachable(thing: object, seen: dict[int, object] | None = None) -> Iterator[object]:
    """Everything of ours that can be come to from an object, by attributes, slots and containers."""
    seen = {} if seen is None else seen
    if id(thing) in seen or isinstance(thing, str | bytes | int | float | type | ModuleType):
        return
    seen[id(thing)] = thing
    yield thing
    parts: list[object] = []
    if type(thing).__module__.startswith("reconciler"):
        slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
        parts += [getattr(thing, name, None) for name in slots]
        parts += list(vars(thing).values()) if hasattr(thing, "__dict__") else []
    elif isinstance(thing, dict):
        parts += list(thing.values())
    elif isinstance(thing, list | tuple | set | frozenset):
        parts += list(thing)
    if inspect.ismethod(thing):
        parts.append(thing.__self__)
    for part in parts:
        yield from reachable(part, seen)


@pytest.mark.parametrize("name", LOOKING)
def test_a_looking_command_sends_nothing_but_get(story: Story, tmp_path: Path, name: str) -> None:
    """As seen by the portal."""
    before = story.portal
    look(story, tmp_path, name)
    assert {method for method, _, _ in story.server.requests} == {"GET"}
    assert story.portal == before


@pytest.mark.parametrize("name", LOOKING)
def test_its_client_is_a_reader_and_knows_no_way_to_write(
    story: Story, tmp_path: Path, clients: list[Reader], name: str
) -> None:
    """Neither the client nor anything that can be come to from it has a method of the writer's own."""
    look(story, tmp_path, name)
    writing = {name for name, _ in inspect.getmembers(Writer, inspect.isfunction)} - set(dir(Reader)) - {"__init__"}
    assert "set_developer_status" in writing
    assert [type(client) for client in clients] == [Reader]
    for thing in reachable(clients[0]):
        assert not isinstance(thing, Writer)
        assert not {each for each in writing if hasattr(type(thing), each)} & set(writing), thing


@pytest.mark.parametrize("name", LOOKING)
def test_whatever_can_send_stops_anything_but_get_before_a_socket(
    story: Story, tmp_path: Path, clients: list[Reader], no_sockets: Callable[[], None], name: str
) -> None:
    """The session and the wire under it: the only two things that can send, and both refuse."""
    look(story, tmp_path, name)
    no_sockets()
    found = list(reachable(clients[0]))
    sessions = [thing for thing in found if isinstance(thing, Session)]
    wires = [thing for thing in found if isinstance(thing, Wire)]
    senders = {type(thing) for thing in found if any(hasattr(thing, way) for way in ("send", "request", "urlopen"))}
    assert (len(sessions), len(wires)) == (1, 1)
    assert {kind.__name__ for kind in senders} == {"Session", "Wire", "HTTPAdapter"}
    for method in METHODS:
        with pytest.raises(ReadOnlyError):
            sessions[0].request(method, "/portals", body={})
        with pytest.raises(ReadOnlyError):
            wires[0].send(method, "http://127.0.0.1:1/v3/portals", None, {}, lambda: True)


@pytest.mark.parametrize("name", LOOKING)
def test_even_the_writers_own_methods_cannot_write_through_it(
    story: Story, tmp_path: Path, clients: list[Reader], no_sockets: Callable[[], None], name: str
) -> None:
    """Every writing call, made on the reader's session by force, is stopped; and no writer is made of it."""
    look(story, tmp_path, name)
    [client] = clients
    no_sockets()
    with pytest.raises(ReadOnlyError):
        Writer(client._session)
    with pytest.raises(AttributeError):
        client._session.read_only = False  # type: ignore[misc]
    writes = {
        each: function
        for each, function in inspect.getmembers(Writer, inspect.isfunction)
        if not hasattr(Reader, each) and not each.startswith("_")
    }
    forced = object.__new__(Writer)
    vars(forced).update(vars(client))
    for function in writes.values():
        wanted = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]
        arguments = [{"name": "x"} if p.name == "fields" else "approved" for p in wanted]
        with pytest.raises(ReadOnlyError):
            function(forced, *arguments)
    assert len(writes) == 10


@pytest.mark.parametrize("name", LOOKING)
def test_a_writer_is_not_even_made(story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What makes a client that writes is not come to."""

    def made(*_: Any, **__: Any) -> Any:
        raise AssertionError("a writing client was made")

    monkeypatch.setattr("reconciler.portal.client.connect_writer", made)
    monkeypatch.setattr(Writer, "__init__", made)
    look(story, tmp_path, name)


@pytest.mark.parametrize("name", sorted(OFFLINE & set(COMMANDS)))
def test_an_offline_command_opens_no_connection(
    story: Story, tmp_path: Path, no_sockets: Callable[[], None], name: str
) -> None:
    no_sockets()
    story.git("developers: [{email: ada@partner.example, expires: 2026-12-24}]")
    arguments: dict[str, list[str | Path]] = {
        "validate": [story.folder],
        "init": [tmp_path / "new"],
        "matrix": [story.folder],
        "extend": ["ada@partner.example", story.folder, "--until", "2027-12-24"],
    }
    ran = story.run(name, *arguments.get(name, []))
    assert ran.code == 0, ran


def test_the_ways_to_a_client_are_the_two_that_are_tried_above() -> None:
    """`open_portal` alone makes clients, and asks which kind is wanted."""
    assert inspect.signature(reconcile.open_portal).parameters["read_only"].default is inspect.Parameter.empty
