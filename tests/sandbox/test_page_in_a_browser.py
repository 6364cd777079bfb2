"""The page in a real browser, with names that attack it: nothing runs, nothing is loaded, everybody can read it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from reconciler.sandbox import Sandbox, Server, serve
from tests.browsing import PHONE, WIDE, Visit, launched, violations

from .conftest import Client, Clock

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
OVERRIDE = "pay\u202eroll\u200b"
EMOJI = "Zoë 😀 עברית"
LONG = "L" * 255
STYLE = "</style></title></table><style>*{display:none}</style>"
NAMES = (SCRIPT, IMAGE, OVERRIDE, EMOJI, LONG, STYLE)
SHOWN = {OVERRIDE: "payU+202ErollU+200B"}

SEED: dict[str, Any] = {
    "apis": [{"name": name, "version": SCRIPT} for name in NAMES],
    "portals": [
        {
            "name": SCRIPT,
            "display_name": STYLE,
            "developers": [
                {"email": f"p{number}@x.example", "full_name": name, "status": "approved"}
                for number, name in enumerate(NAMES)
            ],
            "teams": [{"name": name, "members": ["p0@x.example", "p1@x.example"]} for name in NAMES],
            "applications": [
                {
                    "name": name,
                    "owner": {"team": name},
                    "registrations": [{"api": name, "version": SCRIPT, "status": "pending"}],
                }
                for name in NAMES
            ],
        },
        {"name": "quiet"},
    ],
}
COLOURS = """async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const data = canvas.getImageData(0, 0, image.width, image.height).data;
  const colours = new Set();
  let light = 0;
  for (let at = 0; at < data.length; at += 4) {
    colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
    light += (data[at] + data[at + 1] + data[at + 2]) / 3;
  }
  return [light / (data.length / 4), colours.size];
}"""
"""How light an image is on the average, 0 to 255, and how many colours it has."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def server() -> Iterator[Server]:
    sandbox = Sandbox(clock=Clock())
    sandbox.load(SEED)
    with serve(sandbox) as server:
        client = Client(server.url, None)
        client.get("/portals", **{"page[size]": "5"})
        client.send("BREW", f"/{'x' * 300}?<script>alert(1)</script>")
        client.close()
        yield server
    assert not server.errors
    sandbox.close()


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh window; parametrized indirectly with what is special about it."""
    context = browser.new_context(**{"viewport": WIDE, **getattr(request, "param", {})})
    yield Visit(context.new_page())
    context.close()


def table(page: Page, caption: str) -> list[list[str]]:
    """The texts of the rows in the body of a table, as a person sees them."""
    found = page.locator("table", has=page.locator("caption", has_text=caption))
    return [row.locator("th, td").all_inner_texts() for row in found.locator("tbody tr:visible").all()]


def test_names_that_attack_are_shown_and_do_nothing(server: Server, visit: Visit) -> None:
    page = visit.open(f"{server.url}/")
    shown = [SHOWN.get(name, name) for name in NAMES]
    assert [row[:3] for row in table(page, "Developers")] == [
        [name, f"p{number}@x.example", "approved"] for number, name in enumerate(shown)
    ]
    assert [row[:2] for row in table(page, "Teams")] == [
        [SHOWN.get(name, name), "p0@x.example, p1@x.example"] for name in sorted(NAMES)
    ]
    assert [[row[0], row[1], row[3].split("\n")[0]] for row in table(page, "Applications")] == [
        [name, f"team {name}", f"{name} {SCRIPT}"] for name in shown
    ]
    assert page.get_by_role("heading", level=2).all_inner_texts() == [f"{STYLE} {SCRIPT}", "quiet"]
    assert visit.noise == []
    assert visit.asked_for == [f"{server.url}/"]


def test_the_last_requests_are_readable(server: Server, visit: Visit) -> None:
    rows = table(visit.open(f"{server.url}/"), "Last HTTP requests")
    assert [(row[1], row[2][:40], row[3]) for row in rows] == [
        ("BREW", "/v3/" + "x" * 36, "404"),
        ("GET", "/v3/portals?page[size]=5", "200"),
    ]


@pytest.mark.parametrize(
    "visit", [{"color_scheme": "light"}, {"color_scheme": "dark"}], indirect=True, ids=["light", "dark"]
)
def test_the_page_follows_the_colours_of_the_system(
    server: Server, visit: Visit, request: pytest.FixtureRequest
) -> None:
    picture = visit.open(f"{server.url}/").screenshot()
    visit.page.goto("about:blank")
    data = base64.b64encode(picture).decode()
    lightness, colours = visit.page.evaluate(COLOURS, f"data:image/png;base64,{data}")
    assert colours > 50, "something is on it"
    assert lightness > 200 if "light" in request.node.callspec.id else lightness < 60


@pytest.mark.parametrize(
    "visit",
    [{}, {"color_scheme": "dark"}, {"viewport": PHONE}],
    indirect=True,
    ids=["wide", "dark", "phone"],
)
def test_the_page_can_be_read_by_everybody(server: Server, visit: Visit) -> None:
    """axe-core finds nothing: contrasts, landmarks, headings, labels, heads of tables."""
    assert violations(visit.open(f"{server.url}/")) == []


@pytest.mark.parametrize("visit", [{"viewport": PHONE}], indirect=True, ids=["phone"])
def test_a_phone_does_not_scroll_sideways(server: Server, visit: Visit) -> None:
    page = visit.open(f"{server.url}/")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert page.get_by_role("table").count() == 4, "what is laid out as cards is still a table"


def test_the_filter_leaves_the_rows_with_every_word(server: Server, visit: Visit) -> None:
    """In any case and order; the filter survives a refresh, and nothing is asked of the server for it."""
    page = visit.open(f"{server.url}/")
    rows = page.locator("tbody tr").count()
    page.get_by_label("Filter rows").fill("P3@x  ZOË")
    assert [row[1] for row in table(page, "Developers")] == ["p3@x.example"]
    assert page.get_by_role("status").inner_text() == f"1 of {rows} rows"
    assert page.locator("table:visible").count() == 1, "tables without a match step back"
    page.get_by_role("link", name="Refresh").click()
    assert page.get_by_label("Filter rows").input_value() == "P3@x  ZOË"
    assert page.locator("tbody tr:visible").count() == 1
    page.get_by_label("Filter rows").fill("")
    assert page.locator("tbody tr:visible").count() == rows
    assert page.get_by_role("status").inner_text() == ""
    assert (visit.noise, visit.asked_for) == ([], [f"{server.url}/"] * 2)


def test_the_keyboard_reaches_everything_in_order(server: Server, visit: Visit) -> None:
    page = visit.open(f"{server.url}/")
    reached = []
    for _ in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
    assert reached == ["Refresh", "filter", STYLE, "quiet", "Last HTTP requests"]
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#requests"


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True, ids=["no script"])
def test_without_scripts_all_but_the_filter_is_there(server: Server, visit: Visit) -> None:
    page = visit.open(f"{server.url}/")
    assert len(table(page, "Developers")) == len(NAMES)
    assert page.get_by_label("Filter rows").is_hidden()
