"""Markdown is read in pull requests: whole comments, and through a CommonMark parser with GitHub's rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reconciler.model.change import Change, Plan
from reconciler.report.markdown import inert
from reconciler.report.markdown.page import LIMIT, Section, fit
from reconciler.report.markdown.render import marker, render
from reconciler.report.model import Report
from tests.report.everywhere import everywhere
from tests.report.samples import HOSTILE, PORTAL, join, leave, listed, report, reports

Golden = Callable[[str, str], None]
REPORTS = reports()
GITHUB = MarkdownIt("gfm-like", {"html": True, "linkify": True})

OURS = re.compile(
    r"<!-- reconciler:[a-z]+:[\w/.,%~-]* -->\s*|</?details>\s*|<details>\n<summary>[^<>&]*</summary>\s*"
)
"""All the HTML that a comment of ours has."""

MENTION = re.compile(r"(?<![\w`])@\w|(?<!\w)#\d|\bGH-\d|\b[0-9a-f]{7,40}\b|\w+/\w+#\d|:\w+:")
"""What GitHub turns into a link or a picture in rendered text outside of code."""


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_as_a_comment(name: str, golden: Golden) -> None:
    golden(f"{name}.md", render([REPORTS[name]]))


def test_several_workspaces_are_one_comment(golden: Golden) -> None:
    golden("several.md", render([REPORTS["plan-first-approval"], REPORTS["plan-refused"], REPORTS["plan-nothing"]]))


@pytest.mark.parametrize("name", REPORTS)
def test_it_says_the_same_twice_and_has_no_line_that_a_log_would_obey(name: str) -> None:
    comment = render([REPORTS[name]])
    assert comment == render([reports()[name]])
    assert not re.search(r"^\s*::|##\[", comment, re.MULTILINE)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_stranger_typed_is_inert_wherever_it_stands(text: str) -> None:
    for command in ("plan", "drift"):
        _assert_inert(render([everywhere(text, command)]))


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=80) | st.text(st.sampled_from("@#`*_[]()<>!&|\\~:/.-w1aG \n"), max_size=40))
def test_any_text_is_inert(text: str) -> None:
    for command in ("plan", "drift"):
        _assert_inert(render([everywhere(text, command)]))


@given(text=st.text(st.sampled_from("`` a"), max_size=12))
def test_a_code_span_ends_where_we_end_it(text: str) -> None:
    """However many backticks a name has."""
    tokens = _leaves(GITHUB.parse(f"x {inert.code(text)} y"))
    assert [token.type for token in tokens] == ["text", "code_inline", "text"]


def test_own_words_stay_words_and_names_in_them_are_code() -> None:
    said = inert.prose("7 memberships of ada@x.example would be taken away, see www.x.example or `policy.allow`.")
    assert said == ("7 memberships of `ada@x.example` would be taken away, see `www.x.example` or `policy.allow`.")


def test_a_manifest_line_is_a_link_where_the_repository_is_known() -> None:
    """Named as the repository names it, wherever the command was run."""
    here = replace(REPORTS["plan-effective"].checkout, cwd="/work/eu")
    comment = render([replace(REPORTS["plan-first-approval"], checkout=here)])
    assert "[`eu/access/people.yaml:4`](https://github.com/acme/access/blob/3f2a/eu/access/people.yaml#L4)" in comment


def test_the_marker_is_the_same_next_time_and_another_for_another_command_or_workspace() -> None:
    one = REPORTS["plan-first-approval"]
    later = replace(REPORTS["plan-mixed"], generated_at="2027-01-01T00:00:00Z")
    assert marker([one]) == marker([later]) == "<!-- reconciler:plan:access -->"
    others = [replace(one, command="drift"), replace(one, workspace=("a-->b",))]
    assert [marker([other]) for other in others] == [
        "<!-- reconciler:drift:access -->",
        "<!-- reconciler:plan:a--%3Eb -->",
    ]


def _many(number: int) -> Report:
    gone = (leave(f"gone{n}@partner.example", "partners", listed(n)) for n in range(number // 10))
    new = (join(f"person{n}@partner.example", "partners", listed(n)) for n in range(number))
    changes: tuple[Change, ...] = (*gone, *new)
    nothing = tuple(() for _ in changes)
    return report("plan", Plan(PORTAL, changes, nothing, nothing))


def test_too_much_is_cut_where_it_matters_least_and_counted() -> None:
    """Every removal is there; what is cut says how much it was, and where all of it is."""
    comment = render([_many(3000)])
    assert LIMIT - 400 < len(comment) <= LIMIT
    assert comment.partition("<details>")[0].count("**REMOVE**") == 300
    assert re.search(r"^- … 3,300 in all: the job's artifacts have all of it", comment, re.MULTILINE)
    assert "<summary>Every change, with the line that asks for it (3,300)</summary>" in comment
    assert comment.endswith("</details>\n")


def test_of_very_many_workspaces_the_first_have_their_heading_and_the_others_are_counted() -> None:
    comment = render([replace(_many(10), workspace=(f"access/{n}",)) for n in range(2000)])
    assert len(comment) <= LIMIT
    assert re.search(r"… and [\d,]+ more sections: the job's artifacts have all of it", comment)


@given(
    sizes=st.lists(
        st.tuples(st.integers(0, 3), st.lists(st.integers(0, 400), max_size=30), st.booleans()), max_size=12
    ),
    limit=st.integers(600, 5000),
)
def test_a_page_is_never_longer_than_its_limit(sizes: list[tuple[int, list[int], bool]], limit: int) -> None:
    sections = [Section(rank, "Title", tuple("é" * n for n in lines), folded) for rank, lines, folded in sizes]
    page = fit(sections, "elsewhere", limit)
    assert len(page) <= limit
    assert page.count("<details>") == page.count("</details>")


def _leaves(tokens: list[Token]) -> list[Token]:
    inner = (_leaves(token.children) if token.children else [token] for token in tokens)
    return [token for token in chain.from_iterable(inner) if not token.type.startswith("paragraph_")]


def _assert_inert(comment: str) -> None:
    """No link, image or HTML but ours, and nothing outside of code that GitHub would make into a link."""
    for token in _leaves(GITHUB.parse(comment)):
        assert token.type not in ("link_open", "image", "s_open"), token
        if token.type in ("html_block", "html_inline"):
            assert OURS.fullmatch(token.content), token.content
        if token.type == "text":
            assert not MENTION.search(token.content), token.content
        assert token.type not in ("fence", "code_block", "table_open", "em_open", "hr"), token
