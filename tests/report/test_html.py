"""The page before it is shown: whole pages without their script and style, and what no text may do to it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.report.html.markup import island
from reconciler.report.html.render import render
from tests.report.everywhere import everywhere
from tests.report.samples import HOSTILE, reports

Golden = Callable[[str, str], None]
REPORTS = reports()
OURS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "header",
        "p",
        "h1",
        "h2",
        "h3",
        "main",
        "section",
        "nav",
    ),
    *("dl", "dt", "dd", "div", "ul", "li", "strong", "br", "code", "span", "noscript", "script"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "rect"),
}


class Reader(HTMLParser):
    """Every tag with its attributes, and the data of the script elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data


def data_of(page: str) -> Any:
    return json.loads(Reader(page).scripts[0])


def without_looks(page: str) -> str:
    """The page without what is the same in every page; its data is laid out to be read."""
    page = re.sub(r"<style>.*?</style>", "<style/>", page, flags=re.DOTALL)
    page = re.sub(r"<script>.*?</script>", "<script/>", page, flags=re.DOTALL)
    page = re.sub(r"'sha256-[^']*'", "'sha256'", page)
    shown = json.dumps(data_of(page), indent=1, ensure_ascii=True)
    return re.sub(r'(?<="data">).*?(?=</script>)', lambda _: f"\n{shown}\n", page, flags=re.DOTALL)


@pytest.mark.parametrize(
    "name",
    [
        "validate-findings",
        "plan-mixed",
        "plan-effective",
        "plan-refused",
        "apply-partly",
        "plan-compared",
        "drift-evidence",
        "doctor-found",
        "pending-some",
        "drift-adopted",
        "apply-reviewed",
    ],
)
def test_a_page_of_every_command(name: str, golden: Golden) -> None:
    golden(f"{name}.html", without_looks(render([REPORTS[name]])))


def test_several_workspaces_are_one_page(golden: Golden) -> None:
    several = [REPORTS["plan-first-approval"], REPORTS["plan-refused"], REPORTS["plan-unreachable"]]
    golden("several.html", without_looks(render(several)))


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_loads_nothing_and_lets_nothing_in(name: str) -> None:
    """One file; the policy names its own style and script by their digests, and nothing else."""
    page = render([REPORTS[name]])
    assert page == render([reports()[name]])
    read = Reader(page)
    assert not [tag for tag, said in read.tags if {"src", "srcset", "style"} & set(said) or tag in ("link", "base")]
    assert [said["href"] for tag, said in read.tags if tag == "a"] == ["#main"]
    policy = next(said["content"] for tag, said in read.tags if said.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    for part in (style[1], read.scripts[1]):
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def _assert_inert(text: str) -> None:
    page = render([everywhere(text, "drift")])
    read = Reader(page)
    assert {tag for tag, _ in read.tags} <= OURS
    assert len(read.scripts) == 2
    assert not [said for _, said in read.tags if any(name.startswith("on") for name in said)]
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b\x00]", page)
    page.encode()


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_stranger_typed_is_inert_in_the_page(text: str) -> None:
    _assert_inert(text)


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=60) | st.text(st.sampled_from("<>/\"'&=!- scriptonx\n"), max_size=40))
def test_any_text_is_inert_in_the_page(text: str) -> None:
    _assert_inert(text)


@given(
    value=st.recursive(st.text(max_size=20) | st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=8)
)
def test_the_data_cannot_end_its_element_and_says_what_was_put_in(value: Any) -> None:
    written = island(value)
    inner = written.removeprefix('<script type="application/json" id="data">').removesuffix("</script>\n")
    assert not set(inner) & set("<>&\u2028\u2029")
    assert inner.isascii()
    assert json.loads(inner) == value
