"""What strangers typed is shown and cannot act."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.report import escape, words
from reconciler.report.escape import cells, inert, name, shorten, wrap


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Zoë Жанна 日本 👍", "Zoë Жанна 日本 👍"),
        ("two\nlines\r\n\ttab", r"two\nlines\r\n\ttab"),
        ("\x1b[31mred\x07\x7f\x9b", r"\u{1b}[31mred\u{7}\u{7f}\u{9b}"),
        ("pay\u202eroll\u2066", r"pay\u{202e}roll\u{2066}"),
        ("zero\u200bwidth\ufeff\u00ad", r"zero\u{200b}width\u{feff}\u{ad}"),
        ("line\u2028and\u2029paragraph\x85", r"line\u{2028}and\u{2029}paragraph\u{85}"),
        ("nbsp\u00a0wide\u3000", r"nbsp\u{a0}wide\u{3000}"),
        ("hangul\u3164braille\u2800tag\U000e0041", r"hangul\u{3164}braille\u{2800}tag\u{e0041}"),
        ("heart\u2764\ufe0f", r"heart❤\u{fe0f}"),
        ("lone \ud800", r"lone \u{d800}"),
        ("\u0301at the start", r"\u{301}at the start"),
        ("a" + "\u0301" * 5, "a" + "\u0301" * 3 + r"\u{301}\u{301}"),
        ("::error::x", r"\u{3a}:error::x"),
        ("  ::error::x", r"  \u{3a}:error::x"),
        ("std::string", "std::string"),
        ("##[add-mask]x", r"\u{23}#[add-mask]x"),
        ("a ##vso[task.x]", r"a \u{23}#vso[task.x]"),
        ("# heading, ## another", "# heading, ## another"),
    ],
)
def test_inert(text: str, shown: str) -> None:
    assert inert(text) == shown


@given(st.text())
def test_inert_text_is_printable_and_stays_as_it_is(text: str) -> None:
    assert inert(text).isprintable()
    assert inert(inert(text)) == inert(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ada@partner.example", "ada@partner.example"),
        ("o.k+tag_1/x-y", "o.k+tag_1/x-y"),
        ("日本語", "日本語"),
        ("Settlement bot", '"Settlement bot"'),
        ("", '""'),
        ("-flag", '"-flag"'),
        ('"quoted"', r'"\"quoted\""'),
        ("a: b → c", '"a: b → c"'),
        ("a\u200bb", r'"a\u{200b}b"'),
    ],
)
def test_a_name_is_in_quotes_where_it_could_be_read_as_our_words(text: str, shown: str) -> None:
    assert name(text) == shown


def test_a_long_name_is_shortened_in_the_middle_so_that_both_its_ends_tell_it_apart() -> None:
    assert shorten("abcdefghij", 10) == "abcdefghij"
    assert shorten("abcdefghijk", 10) == "abcde…hijk"
    assert name("x" * 255) == "x" * 32 + "…" + "x" * 31


@given(st.text(), st.integers(2, 30))
def test_what_is_shortened_fits(text: str, limit: int) -> None:
    assert cells(shorten(text, limit)) <= limit


def test_wide_characters_take_two_cells_and_marks_none() -> None:
    assert [cells(text) for text in ("abc", "日本", "👍", "e\u0301", "→", "")] == [3, 4, 2, 1, 1, 0]


def test_lines_are_broken_at_blanks_and_a_word_that_is_too_long_has_its_own() -> None:
    assert wrap("a bc def", 4) == ["a bc", "def"]
    assert wrap("ab abcdefgh c", 4) == ["ab", "abcdefgh", "c"]
    assert wrap("", 4) == [""]


@pytest.mark.parametrize("module", [escape, words])
def test_the_examples_in_docstrings_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert (result.failed, result.attempted > 0) == (0, True)
