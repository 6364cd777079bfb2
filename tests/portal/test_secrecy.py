"""The token is in no text that anyone may see; and a client for reading cannot write."""

from __future__ import annotations

import inspect
import logging
import pickle
import traceback
from typing import Any

import pytest

from reconciler.errors import InputError, PortalError, ReadOnlyError
from reconciler.portal.client import Reader, Secret, Writer, connect_reader, connect_writer
from tests.portal.stage import PORTAL, TOKEN, Clock, Drops, Says, Stage, problem, reader, session, uuid


def everything_about(error: BaseException, seen: set[int] | None = None) -> str:
    """Text, repr, traceback and attributes of an error and all that it is chained to or holds."""
    seen = set() if seen is None else seen
    if id(error) in seen:
        return ""
    seen.add(id(error))
    parts = [str(error), repr(error), *traceback.format_exception(error), repr(vars(error))]
    for one in (error.__cause__, error.__context__, *error.args, *vars(error).values()):
        if isinstance(one, BaseException):
            parts.append(everything_about(one, seen))
        elif hasattr(one, "headers"):
            parts.append(repr(one.headers))
    return "\n".join(parts)


ECHO = problem(400, f"bad token {TOKEN}", invalid_parameters=[{"field": "x", "reason": TOKEN}], title=TOKEN)


@pytest.mark.parametrize(
    "trouble",
    [
        Drops(),
        Says(200, {}, cut=1),
        Says(200, b"<html>" + TOKEN.encode()),
        Says(400, ECHO),
        Says(401, TOKEN.encode()),
        Says(502, f"<html>{TOKEN}".encode()),
        Says(302, None, {"Location": "https://evil.example"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_the_token_is_in_no_error_even_if_the_server_sends_it_back(
    stage: Stage, clock: Clock, method: str, trouble: Says | Drops, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stage.plays(trouble)
    with pytest.raises(PortalError) as caught:
        session(stage, clock).request(method, "/portals")
    assert TOKEN not in everything_about(caught.value)
    assert TOKEN not in caplog.text


def test_the_token_is_in_no_repr(stage: Stage, clock: Clock) -> None:
    one = session(stage, clock)
    assert TOKEN not in f"{one!r} {one} {vars(one)} {Secret(TOKEN)} {Secret(TOKEN)!r} {Secret(TOKEN):>30}"


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(TOKEN))


@pytest.mark.parametrize("token", ["", "kpat_x\n", "kpat x", "kpat_\x00", "kpät_x"])
def test_a_token_that_cannot_be_sent_is_refused_without_being_quoted(token: str) -> None:
    """The HTTP library would quote a header that it refuses."""
    with pytest.raises(InputError) as caught:
        connect_reader("http://127.0.0.1:1", token)
    assert not token or token not in caught.value.message


WRITES: list[tuple[str, tuple[Any, ...]]] = [
    ("set_developer_status", (PORTAL, uuid(1, 1), "approved")),
    ("create_developer", (PORTAL, "a@b.example", "A", "approved", False)),
    ("create_team", (PORTAL, "team", None, None)),
    ("update_team", (PORTAL, uuid(2, 1), {"name": "x"})),
    ("add_member", (PORTAL, uuid(2, 1), uuid(1, 1))),
    ("remove_member", (PORTAL, uuid(2, 1), uuid(1, 1))),
    ("assign_role", (PORTAL, uuid(2, 1), "API Viewer", uuid(5, 1), "eu")),
    ("remove_role", (PORTAL, uuid(2, 1), uuid(6, 1))),
    ("set_registration_status", (PORTAL, uuid(3, 1), uuid(4, 1), "approved")),
    ("create_registration", (PORTAL, uuid(3, 1), uuid(5, 1), "approved")),
]


@pytest.mark.parametrize(("name", "arguments"), WRITES)
def test_no_write_leaves_a_connection_that_only_reads(
    stage: Stage, clock: Clock, name: str, arguments: tuple[Any, ...]
) -> None:
    """Even a writer that got hold of one is stopped before anything is opened (enforced in one place)."""
    mistaken = Writer.__new__(Writer)
    Reader.__init__(mistaken, session(stage, clock, read_only=True))
    with pytest.raises(ReadOnlyError):
        getattr(mistaken, name)(*arguments)
    assert stage.asked == []
    assert mistaken.counters.total == 0


def test_the_list_of_writes_above_is_complete() -> None:
    public = {name for name, _ in inspect.getmembers(Writer, inspect.isfunction) if not name.startswith("_")}
    reading = {name for name, _ in inspect.getmembers(Reader, inspect.isfunction) if not name.startswith("_")}
    assert public - reading == {name for name, _ in WRITES}


def test_a_reader_has_no_writing_method(stage: Stage, clock: Clock) -> None:
    one = reader(stage, clock)
    assert [name for name, _ in WRITES if hasattr(one, name)] == []


def test_a_writer_is_not_made_from_a_connection_that_only_reads(stage: Stage, clock: Clock) -> None:
    with pytest.raises(ReadOnlyError):
        Writer(session(stage, clock, read_only=True))


def test_each_way_to_connect_gives_its_client() -> None:
    with connect_reader("https://eu.api.konghq.com", TOKEN) as one:
        assert type(one) is Reader
    with connect_writer("https://eu.api.konghq.com", TOKEN, workers=3) as other:
        assert type(other) is Writer


def test_what_the_server_sends_back_of_the_token_stays_on_the_wire(stage: Stage, clock: Clock) -> None:
    """In a name as in a header: neither plans nor journals can carry it on."""
    stage.plays(Says(200, {"name": f"x {TOKEN}"}, {"X-Request-Id": TOKEN}))
    reply = session(stage, clock).request("GET", "/portals")
    assert (reply.body, reply.trace) == ({"name": "x ***"}, "***")


def test_a_word_that_happens_to_be_a_short_token_is_left_alone() -> None:
    """The embedded portal takes any token: what it says must not change with it."""
    assert Secret("sandbox").scrub(b"the sandbox") == b"the sandbox"
