"""Text is read by people who review access: whole outputs, as they stand on a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.finding import Finding
from reconciler.model.change import Cause, Change, Item, Plan, Ref, Subject
from reconciler.model.observed import Portal
from reconciler.model.origin import Origin
from reconciler.report.escape import cells
from reconciler.report.markdown.render import render as markdown
from reconciler.report.model import Report
from reconciler.report.text import render
from tests.report.everywhere import everywhere
from tests.report.samples import HOSTILE, listed, member, registration, report, reports

Golden = Callable[[str, str], None]
REPORTS = reports()


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_at_80_columns_without_colour(name: str, golden: Golden) -> None:
    golden(f"{name}.txt", render(REPORTS[name]))


@pytest.mark.parametrize("name", ["plan-mixed", "apply-partly", "validate-findings", "plan-hostile"])
def test_on_a_wide_terminal_the_place_stands_at_the_right_of_its_line(name: str, golden: Golden) -> None:
    golden(f"{name}.120.txt", render(REPORTS[name], width=120))


@pytest.mark.parametrize("name", ["plan-mixed", "apply-partly", "plan-refused", "validate-findings"])
def test_with_colour(name: str, golden: Golden) -> None:
    golden(f"{name}.colour.txt", render(REPORTS[name], colour=True))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [80, 120])
def test_colour_carries_nothing_alone(name: str, width: int) -> None:
    """Without the colours, a coloured report is the plain one to the byte."""
    coloured = render(REPORTS[name], width=width, colour=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(REPORTS[name], width=width)


@pytest.mark.parametrize("width", [80, 100, 120, 400])
def test_lines_keep_within_the_width_and_within_120_columns(width: int) -> None:
    """All but findings, which stay on one line for the programs that take them apart."""
    output = render(replace(REPORTS["plan-mixed"], findings=()), width=width)
    lines = [line for line in output.splitlines() if not re.search(r" (warning|note) [a-z-]+: ", line)]
    assert max(cells(line) for line in lines) == min(width, 120)


def test_a_removal_is_never_cut_and_what_strangers_can_make_long_is() -> None:
    """Removals, grants, held, waiting, blocked and residual are shown to the last; unlisted and requests are cut."""
    item = Item(Subject("developer", developer=Ref("someone@x.example")), "a reason")
    changes = [
        Change("remove-member", member(f"p{n}@x.example", "t"), {}, None, "removes", listed(n)) for n in range(300)
    ]
    long = dict.fromkeys(("held", "waiting", "blocked", "unlisted", "requests", "residual"), (item,) * 300)
    output = render(report("plan", Plan(Portal("id", "portal"), tuple(changes), **long)))
    assert output.count("REMOVE from team t") == 300
    assert output.count("someone@x.example: a reason") == 4 * 300 + 2 * 20
    assert output.count("  … and 280 more (--format json has all)\n") == 2


def test_twenty_one_are_all_shown_for_a_line_saying_one_more_would_take_as_much_room() -> None:
    items = tuple(Item(Subject("developer", developer=Ref(f"p{n}@x.example")), "asks") for n in range(21))
    output = render(report("plan", Plan(Portal("id", "portal"), requests=items)))
    assert output.count(": asks") == 21
    assert "more (" not in output


def test_one_change_a_line_with_sign_verb_before_and_after_why_and_where() -> None:
    """Declining what was only asked for is `~`, for nobody loses access by it."""
    output = render(REPORTS["plan-mixed"], width=120)
    lines = [line.split("access/")[0].strip() for line in output.splitlines() if "mallory" not in line]
    assert "- REVOKE the developer: approved → revoked  (listed as revoked (PART-4711))" in lines
    assert "~ reject the developer: pending → rejected  (listed as rejected)" in lines
    assert "+ register Checkout for orders: none → approved" in lines
    assert "- REMOVE from team beta  (not listed, and policy.unlisted.memberships is remove)" in lines


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_what_a_stranger_typed_is_inert_wherever_it_stands(text: str, width: int) -> None:
    """No control, invisible or reordering character, no line of the stranger's own, no workflow command."""
    for one in (_everywhere(text), everywhere(text), everywhere(text, "drift")):
        _assert_inert(render(one, width=width))


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=120), width=st.integers(20, 140))
def test_any_text_is_inert(text: str, width: int) -> None:
    for one in (_everywhere(text), everywhere(text), everywhere(text, "drift")):
        _assert_inert(render(one, width=width))


def test_the_same_report_gives_the_same_bytes() -> None:
    for name, one in REPORTS.items():
        assert render(one) == render(reports()[name])


def test_a_name_cannot_pass_for_our_own_words() -> None:
    """Whatever has blanks or odd characters in it is quoted, and its own quotes are marked."""
    posing = 'Checkout for payments: approved → revoked" + approve "me'
    change = Change(
        "approve-registration", registration("a@x.example", posing, "orders"), None, None, "grants", listed(1)
    )
    output = render(report("plan", Plan(Portal("id", "portal"), (change,))), width=120)
    assert r'+ approve "Checkout for payments: approved → revoked\" + approve \"me" for orders' in output


def _everywhere(text: str) -> Report:
    """A report that has the text in every place that takes one."""
    cause = Cause("rule", text, Origin(text, 1, 1))
    subject = registration("a@x.example", text, text, text)
    subject = replace(subject, developer=Ref(text, text), region=text)
    change = Change(
        "approve-registration", subject, {"status": text, text: text}, {"status": "approved"}, "grants", cause
    )
    item = Item(subject, text, cause, text)
    plan = Plan(
        Portal(text, text, text, text),
        (change, change),
        blocked=(item,),
        unlisted=(item,),
        findings=(Finding(text, "warning", text, text, Origin(text, 1, 1)),),
        looked_at={text: 1},
    )
    return report("plan", plan, workspace=(text,), commit=text)


_INVISIBLE = set("\u034f\u115f\u1160\u2800\u3164\uffa0\ufe0f")


def _assert_inert(output: str) -> None:
    for line in output.split("\n"):
        assert not [c for c in line if not c.isprintable() or c in _INVISIBLE]
        assert not [c for c in line if unicodedata.bidirectional(c) in ("RLO", "LRO", "RLE", "LRE", "RLI", "LRI")]
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "##vso[" not in line


@pytest.mark.parametrize("written", [render, lambda one: markdown([one])], ids=["text", "markdown"])
def test_each_difference_stands_above_what_is_to_be_done_about_it(written: Callable[[Report], str]) -> None:
    """Some extra access is taken away by `apply`, and some stays: of one class, and not the same to do."""
    found = REPORTS["drift-evidence"].drift
    assert found is not None
    [stays] = found.of("extra")
    items = [
        replace(stays, subject=Subject("developer", developer=Ref(f"{name}@partner.example")), action=action)
        for name, action in (("ada", "list it"), ("bob", "`apply` takes it"), ("cy", "list it"))
    ]
    shown = written(replace(REPORTS["drift-evidence"], drift=replace(found, items=tuple(items))))
    places = [shown.index(word) for word in ("ada@", "cy@", "to do: list it", "bob@", "takes it")]
    assert places == sorted(places)


def test_what_dump_wrote_is_not_called_git() -> None:
    dumped = replace(REPORTS["plan-nothing"], command="dump", workspace=("access",))
    assert "\n  written to: access" in render(dumped)
