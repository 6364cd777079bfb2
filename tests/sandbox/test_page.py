"""The page that shows the portal to a person: what is on it, how it is protected, and who may see it."""

from __future__ import annotations

import base64
import hashlib
import http.client
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from reconciler.sandbox import Answered, Request, Response, Sandbox, Server, serve
from reconciler.sandbox.web.page import access, answer, reading
from reconciler.sandbox.web.page.overview import Part
from reconciler.sandbox.web.page.visible import shown

from .conftest import Clock

VOID = {"meta", "link", "input"}


class Page(HTMLParser):
    """A page read back: its tables by caption, every row as the texts of its cells, and its other paragraphs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.paragraphs: list[str] = []
        self.settings: list[str] = []
        self.open: list[str] = []
        self.text: dict[str, str] = {}
        self.rows: list[list[str]] = []
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        self.open.append(tag)
        if tag in ("caption", "th", "td", "p", "dt", "dd", "style", "script"):
            self.text[tag] = ""
        if tag == "table":
            self.rows = []
        elif tag == "tr":
            self.rows.append([])
        elif tag == "li" and self.text.get("td"):
            self.text["td"] += " / "

    def handle_data(self, data: str) -> None:
        for tag in self.text.keys() & set(self.open):
            self.text[tag] += data

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "elements are nested"
        if tag in ("th", "td"):
            self.rows[-1].append(self.text[tag])
        elif tag == "table":
            self.tables[self.text["caption"]] = self.rows
        elif tag == "p":
            self.paragraphs.append(self.text[tag])
        elif tag in ("dt", "dd"):
            self.settings.append(self.text[tag])


def get(server: Server, method: str = "GET", path: str = "/", **headers: str) -> tuple[int, dict[str, str], str]:
    """A request as a browser sends it: without a token."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, dict(response.getheaders()), text


def page(server: Server) -> Page:
    status, _, text = get(server)
    assert status == 200
    return Page(text)


def test_the_page_shows_every_portal_with_what_waits_first(server: Server) -> None:
    """Whatever else there is follows in the order of statuses, then of creation; teams by name."""
    found = page(server)
    assert found.tables == {
        "Developers 3": [
            ["Name", "Address", "Status", "Since", "Teams"],
            ["Bob", "bob@x.example", "pending", "2026-01-01 00:00", "partners"],
            ["Ada", "ada@x.example", "approved", "2026-01-01 00:00", "partners"],
            ["Cy, the third", "cy@y.example", "revoked", "2026-01-01 00:00", "–"],
        ],
        "Teams 2": [
            ["Team", "Members", "Roles", "Particulars"],
            ["owners", "–", "–", "may own applications"],
            ["partners", "ada@x.example, bob@x.example", "API Consumer of payments v1 in eu", "–"],
        ],
        "Applications 2": [
            ["Application", "Owner", "Since", "Access requests"],
            ["Shared", "team owners", "2026-01-01 00:00", "starter-kit (package) pending 2026-01-01 00:00"],
            ["Checkout", "ada@x.example", "2026-01-01 00:00", "payments v1 approved 2026-01-01 00:00"],
        ],
    }
    assert found.paragraphs == [
        "As of 2026-07-01 12:00:02, all times UTC",
        "Waiting for approval 1 developer and 1 access request",
        "Nothing waits for approval.",
        "No developers.",
        "No teams.",
        "No applications.",
        "No HTTP requests yet.",
    ]
    settings = ["RBAC", "off", "Auto-approve developers", "off", "Auto-approve applications", "off"]
    settings += ["Identity provider", "none", "Group mapping", "off"]
    assert found.settings == [*settings, *settings[:3], "on", *settings[4:]]


def test_settings_and_teams_of_an_identity_provider_are_shown(sandbox: Sandbox) -> None:
    sandbox.load(
        {
            "portals": [
                {
                    "name": "sso",
                    "rbac_enabled": True,
                    "authentication_settings": {"idp_mapping_enabled": True},
                    "identity_providers": [{"type": "oidc", "enabled": True}, {"type": "saml", "enabled": False}],
                    "teams": [{"name": "staff", "konnect_managed": False, "groups": ["g1", "g2"]}],
                }
            ]
        }
    )
    with serve(sandbox) as server:
        found = page(server)
    assert found.settings[-10:] == [
        *("RBAC", "on", "Auto-approve developers", "off", "Auto-approve applications", "off"),
        *("Identity provider", "oidc, saml (disabled)", "Group mapping", "on"),
    ]
    assert found.tables["Teams 1"][1] == [
        "staff",
        "–",
        "–",
        "synchronised by the identity provider / groups g1, g2",
    ]


def test_an_empty_portal_says_what_to_do() -> None:
    with serve(Sandbox()) as server:
        found = page(server)
    assert found.tables == {}
    assert found.paragraphs[1:] == [
        "There is no portal yet: load one with reconciler sandbox seed FILE.",
        "No HTTP requests yet.",
    ]


def test_the_last_requests_are_shown_newest_first() -> None:
    answered = [
        Answered(0.0, "GET", "/v3/portals?page%5Bsize%5D=5&x=%3Cb%3E", 200, 0.04),
        Answered(61.0, "PATCH", "/v3/portals/x", 501, 12.36),
        Answered(3600.0, "BREW", '/<b>"', 404, 2500.0),
    ]
    found = Page(answer.page(Part((), 0), answered, "2026-07-01T12:00:00.000Z").body.decode())
    assert found.tables == {
        "Last HTTP requests 3": [
            ["Time", "Method", "Path", "Status", "Milliseconds"],
            ["1970-01-01 01:00:00", "BREW", '/<b>"', "404", "2500.0"],
            ["1970-01-01 00:01:01", "PATCH", "/v3/portals/x", "501", "12.4"],
            ["1970-01-01 00:00:00", "GET", "/v3/portals?page[size]=5&x=%3Cb%3E", "200", "0.0"],
        ]
    }


def test_fifty_requests_are_kept_and_looking_at_them_is_none(server: Server) -> None:
    """Also when nothing else is recorded; no token and no body is among what is kept."""
    for number in range(60):
        get(server, path=f"/v3/{number}", Authorization="Bearer kpat_secret")
        get(server, path="/?again")
        get(server, path="/favicon.ico")
    [(_, rows)] = [found for found in page(server).tables.items() if found[0].startswith("Last")]
    assert [row[2] for row in rows[1:]] == [f"/v3/{number}" for number in reversed(range(10, 60))]
    assert "secret" not in get(server)[2]


def test_the_page_is_strictly_protected(server: Server) -> None:
    """It loads nothing, runs only its own script, sends nothing, stands in no frame and is kept nowhere."""
    _, headers, text = get(server)
    own = [
        base64.b64encode(hashlib.sha256(found.encode()).digest()).decode()
        for tag in ("style", "script")
        for found in re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    ]
    del headers["Date"]
    assert headers == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{own[0]}'; script-src 'sha256-{own[1]}'; img-src data:; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "Content-Length": str(len(text.encode())),
    }
    assert len(own) == 2
    assert re.findall(r"\b(?:src|style|on\w+)=", text) == []
    assert set(re.findall(r'href="([^"]*)"', text)) - {answer.ICON} == {"/", "#portal-1", "#portal-2", "#requests"}


def test_head_is_answered_like_get_without_the_body(server: Server) -> None:
    status, headers, text = get(server, "HEAD")
    assert (status, text) == (200, "")
    assert int(headers["Content-Length"]) == len(get(server)[2].encode())


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", "/", {}),
        ("PUT", "/", {}),
        ("GET", "/", {"Host": "evil.example"}),
        ("GET", "/index.html", {}),
        ("GET", "/favicon.ico", {}),
    ],
)
def test_anything_else_is_not_found_as_ever(server: Server, method: str, path: str, headers: dict[str, str]) -> None:
    status, answered, _ = get(server, method, path, **headers)
    assert (status, answered["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("peer", "host", "may"),
    [
        ("127.0.0.1", "127.0.0.1:8080", True),
        ("127.0.0.1", "localhost", True),
        ("127.9.9.9", "LOCALHOST:9000", True),
        ("::1", "[::1]:8080", True),
        ("::ffff:127.0.0.1", "localhost:1", True),
        ("192.0.2.7", "localhost:8080", False),
        ("::ffff:192.0.2.7", "localhost:8080", False),
        ("", "localhost:8080", False),
        ("127.0.0.1", "", False),
        ("127.0.0.1", "evil.example:8080", False),
        ("127.0.0.1", "localhost.evil.example", False),
        ("127.0.0.1", "127.0.0.1.evil.example", False),
        ("127.0.0.1", "127.0.0.1@evil.example", False),
        ("127.0.0.1", "192.0.2.7:8080", False),
        ("127.0.0.1", "localhost\n", False),
    ],
)
def test_only_people_on_this_machine_see_the_page(peer: str, host: str, may: bool) -> None:
    """Both the address and the name they used: a stranger's page may bind its own name to 127.0.0.1."""
    assert access.asked_for(Request("GET", "/", {"host": host}, peer=peer)) is may


def test_without_a_server_there_is_no_page(sandbox: Sandbox) -> None:
    assert sandbox.answer(Request("GET", "/", {"host": "localhost"})).status == 404


def test_hooks_and_watchers_are_for_clients_and_not_for_the_page(server: Server) -> None:
    seen: list[str] = []
    server.before(lambda request: seen.append(request.target))  # type: ignore[func-returns-value]
    server.after(lambda request, _: seen.append(request.target))
    get(server)
    assert seen == []


def large(waiting: int, decided: int) -> dict[str, Any]:
    """A portal whose last people and requests wait, behind those that were decided on."""
    statuses = ["approved"] * decided + ["pending"] * waiting
    everybody = [f"d{number}@x.example" for number in range(len(statuses))]
    return {
        "apis": [{"name": f"api-{number}"} for number in range(12)],
        "portals": [
            {
                "name": "large",
                "developers": [
                    {"email": email, "full_name": email.partition("@")[0], "status": status}
                    for email, status in zip(everybody, statuses, strict=True)
                ],
                "teams": [{"name": "all", "members": everybody}],
                "applications": [
                    {
                        "name": f"a{number}",
                        "owner": email,
                        "registrations": [{"api": f"api-{api}", "status": status} for api in range(12)],
                    }
                    for number, (email, status) in enumerate(zip(everybody, statuses, strict=True))
                ],
            }
        ],
    }


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setattr(reading, "ROWS", 5)
    sandbox = Sandbox(clock=Clock())
    sandbox.load(large(waiting=3, decided=9))
    yield sandbox
    sandbox.close()


def test_a_large_portal_is_cut_and_the_rest_is_counted(crowd: Sandbox) -> None:
    """Nothing that waits is left out for what does not."""
    with serve(crowd) as server:
        found = page(server)
    assert [row[0] for row in found.tables["Developers 12"]] == [
        "Name",
        *["d9", "d10", "d11", "d0", "d1"],
        "and 7 more",
    ]
    assert [row[0] for row in found.tables["Applications 12"]] == [
        "Application",
        *["a9", "a10", "a11", "a0", "a1"],
        "and 7 more",
    ]
    requests = found.tables["Applications 12"][1][3].split(" / ")
    assert requests[9:] == ["api-9 pending 2026-01-01 00:02", "and 2 more"]
    assert found.tables["Teams 1"][1][1] == ", ".join(
        [*(f"d{number}@x.example" for number in range(10)), "and 2 more"]
    )
    assert found.paragraphs[1] == "Waiting for approval 3 developers and 36 access requests"


def test_many_portals_are_cut_too(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setattr(reading, "PORTALS", 1)
    assert "and 1 more portals" in page(server).paragraphs


def test_every_query_of_the_page_follows_an_index(crowd: Sandbox) -> None:
    """Only the table of portals is read from its beginning, and nothing that may be large is sorted."""
    connection = crowd._store._connection
    asked: set[str] = set()
    connection.set_trace_callback(asked.add)
    with crowd._store.read() as tx:
        reading.read(tx)
    connection.set_trace_callback(None)
    steps = [
        (sql.partition("FROM ")[2].split()[0], step["detail"].split())
        for sql in asked
        if sql.startswith("SELECT") and "FROM switches" not in sql
        for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")
    ]
    assert {step[-1] for _, step in steps if step[0] == "SCAN" and "subquery" not in step[1]} == {"portals"}
    # The groups of one team, the registrations of one application, and the cut list of those that wait.
    assert {table for table, step in steps if "B-TREE" in step} <= {"group_mappings", "registrations", "(SELECT"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\"><img src=x onerror='f()'>&", "&quot;&gt;&lt;img src=x onerror=&#x27;f()&#x27;&gt;&amp;"),
        ("Zoë עברית 😀", "Zoë עברית 😀"),
        ("pay\u202eroll", "pay<U+202E>roll"),
        ("a\u200bb\ufeffc\u2066d", "a<U+200B>b<U+FEFF>c<U+2066>d"),
        ("a\nb\tc\x1b[2J\x00\x7f\x9b", "a<U+000A>b<U+0009>c<U+001B>[2J<U+0000><U+007F><U+009B>"),
        ("a\u00a0b\u3000c\u2028d\u3164\u2800", "a<U+00A0>b<U+3000>c<U+2028>d<U+3164><U+2800>"),
        ("\U000e0041\ue000\ud800", "<U+E0041><U+E000><U+D800>"),
        ("e\u0301\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301<U+0301><U+0301>"),
        ("\u0301a", "<U+0301>a"),
        ("❤\ufe0f", "❤<U+FE0F>"),
    ],
)
def test_what_strangers_typed_is_shown_and_does_nothing(text: str, html: str) -> None:
    """`<U+…>` stands here for the mark that the page puts in place of what is invisible or acts."""
    expected = re.sub(r"<(U\+[0-9A-F]+)>", r'<span class="code">\1</span>', html)
    assert shown(text) == f"<bdi>{expected}</bdi>"


def test_an_endless_text_is_cut() -> None:
    assert shown("<" * 1300) == f'<bdi>{"&lt;" * 300}</bdi> <span class="code">and 1,000 characters more</span>'


def test_a_defect_of_the_page_is_a_500_like_any_other(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Response:
        raise RuntimeError("secret")

    monkeypatch.setattr(answer, "page", broken)
    with serve(sandbox) as server:
        status, _, text = get(server)
        assert (status, "secret" in text) == (500, False)
        assert [str(error) for error in server.errors] == ["secret"]
