"""The page in a real browser, with names that attack it and with ten thousand people: everybody can use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from reconciler.plan.drift.table import TABLE
from reconciler.report.html.render import render
from reconciler.report.model import Report
from tests.browsing import PHONE, WIDE, Visit, launched, violations
from tests.report.everywhere import everywhere
from tests.report.large import drift_of
from tests.report.samples import HOSTILE, reports

REPORTS = reports()
MATRIX = "Who has access to what"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A fresh window; parametrized indirectly with what is special about it."""
    context = browser.new_context(**{"viewport": WIDE, **getattr(request, "param", {})})
    yield Visit(context.new_page())
    context.close()


@pytest.fixture
def show(visit: Visit, tmp_path: Path) -> Show:
    return Show(visit, tmp_path / "report.html")


class Show:
    """Opens a report as a file, as whoever downloads an artifact does."""

    def __init__(self, visit: Visit, file: Path) -> None:
        self.visit = visit
        self.file = file

    def __call__(self, *given: Report) -> Page:
        self.file.write_text(render(given), encoding="utf-8")
        return self.visit.open(self.file.as_uri())

    def quiet(self) -> None:
        """Nothing was said on the console, no dialog came up, and nothing but the file was loaded."""
        assert self.visit.noise == []
        assert self.visit.asked_for == [self.file.as_uri()]


def part(page: Page, title: str) -> Locator:
    """A table with its controls."""
    return page.locator(".paged", has=page.get_by_role("heading", name=title))


def rows(page: Page, title: str) -> list[list[str]]:
    """The texts of a table's rows, as a person sees them."""
    lines = part(page, title).locator("tbody tr").all()
    return [[text.strip() for text in line.locator("th, td").all_text_contents()] for line in lines]


def heads(table: Locator) -> list[str]:
    """What stands above the columns."""
    return [head.rstrip("▲▼") for head in table.locator("thead th").all_text_contents()]


def test_names_that_attack_are_shown_and_do_nothing(show: Show) -> None:
    page = show(*(everywhere(text, "drift") for text in HOSTILE), REPORTS["plan-hostile"])
    assert page.locator("section.report").count() == len(HOSTILE) + 1
    assert page.locator("script").count() == 2
    assert page.locator("img, iframe, object, form, video, link").count() == 0
    assert {link.get_attribute("href") or "" for link in page.locator("td a").all()} == set()
    show.quiet()


def test_what_changes_with_its_line_as_a_link(show: Show) -> None:
    page = show(REPORTS["plan-effective"])
    assert rows(page, "Changes")[0] == [
        "bob@partner.example",
        "REMOVES",
        "REVOKE Mine for payments v1: approved → revoked",
        "listed as revoked",
        "access.yaml:6",
    ]
    link = part(page, "Changes").get_by_role("link").first
    assert link.get_attribute("href") == "https://github.com/acme/access/blob/3f2a/access.yaml#L6"
    show.quiet()


def test_the_matrix_says_where_access_is_and_what_the_plan_does_about_it(show: Show) -> None:
    """Teams first, then APIs; a row unfolds into every path."""
    page = show(REPORTS["plan-effective"])
    assert rows(page, MATRIX) == [
        ["Ada@partner.example", "pending git+ is given", "", "git+ is given"],
        ["bob@partner.example", "approved portal− is taken away", "portal− is taken away", "portal− is taken away"],
        ["cy@partner.example", "not signed up git", "", "git"],
        ["dee@other.example", "approved both", "", "both"],
        ["eve@partner.example", "revoked", "", ""],
    ]
    matrix = part(page, MATRIX)
    matrix.get_by_label("Columns", exact=True).select_option("api")
    assert heads(matrix) == ["Person", "Status", "gone", "orders", "orders v1", "payments v1"]
    assert rows(page, MATRIX)[3] == ["dee@other.example", "approved both", "", "", "git+ is given", "both"]
    matrix.get_by_role("button", name="dee@other.example").click()
    assert matrix.locator(".details li").all_text_contents() == [
        "sign in to the portal both",
        "in team partners both",
        "see orders v1, through team partners (API Viewer) git+ is given",
        "call payments v1, through application Bot of team partners both",
        "register applications for payments v1, through team partners (API Consumer) both",
    ]
    show.quiet()


def test_drift_by_class_and_age_can_be_read_without_seeing_the_bars(show: Show) -> None:
    page = show(REPORTS["drift-evidence"])
    chart = page.get_by_role("region", name="Drift by class and age")
    lines = [row.locator("th, td").all_text_contents() for row in chart.locator("tbody tr").all()]
    known, unknown = ["1", "–", "1", "–", "–", "–"], ["1", "–", "–", "–", "–", "1"]
    assert [line[2:] for line in lines] == [unknown if type_ in ("missing", "extra") else known for type_ in TABLE]
    assert [line[0] for line in lines] == [row.title for row in TABLE.values()]
    assert [row[1] for row in rows(page, "What differs")] == [row.title for row in TABLE.values()]
    show.quiet()


def test_ten_thousand_people_are_searched_sorted_and_paged(show: Show) -> None:
    page = show(drift_of(10_000))
    matrix = part(page, MATRIX)
    status = matrix.get_by_role("status").last
    assert status.inner_text() == "1–50 of 10,000"
    assert len(rows(page, MATRIX)) == 50
    matrix.get_by_role("button", name="Next", exact=True).click()
    assert status.inner_text() == "51–100 of 10,000"
    matrix.get_by_label("Search").fill("PARTNER7.example  revoked")
    assert status.inner_text() == "Nothing found (of 10,000)"
    matrix.get_by_label("Search").fill("PARTNER9.example  revoked")
    assert status.inner_text() == "1–50 of 250 (of 10,000)"
    matrix.get_by_role("button", name="Person", exact=True).click()
    matrix.get_by_role("button", name="Person", exact=True).click()
    assert rows(page, MATRIX)[0][0] == "person09969@partner9.example"
    matrix.get_by_label("Search").fill("")
    matrix.get_by_label("Find columns").fill("team-3")
    assert heads(matrix)[2:] == [f"team-3{number}" for number in range(10)]
    matrix.get_by_label("Show").select_option("git")
    assert all("git" in "".join(row) for row in rows(page, MATRIX))
    show.quiet()


EVERYBODY = {"wide": {}, "dark": {"color_scheme": "dark"}, "phone": {"viewport": PHONE}}


@pytest.mark.parametrize("visit", EVERYBODY.values(), indirect=True, ids=EVERYBODY)
def test_the_page_can_be_read_by_everybody(show: Show) -> None:
    names = ("plan-effective", "drift-evidence", "plan-compared", "plan-refused", "validate-findings")
    page = show(*(REPORTS[name] for name in names))
    page.locator(".unfold").first.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


def test_the_keyboard_reaches_search_sorting_and_rows(show: Show) -> None:
    """Sorting and unfolding leave the focus where it was."""
    page = show(REPORTS["plan-effective"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    head = part(page, MATRIX).get_by_role("button", name="Status")
    head.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('th').getAttribute('aria-sort')") == "ascending"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('th').getAttribute('aria-sort')") == "descending"
    row = part(page, MATRIX).get_by_role("button", name="bob@partner.example")
    row.focus()
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True, ids=["no script"])
def test_without_scripts_the_summary_and_what_stops_the_run_are_there(show: Show) -> None:
    page = show(REPORTS["plan-refused"])
    assert "REFUSED: nothing is applied" in page.locator(".alert").first.inner_text()
    assert "need JavaScript" in page.locator("noscript").inner_text()
