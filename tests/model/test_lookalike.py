"""Names that are not what they seem (UTS 39)."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model import lookalike
from reconciler.model.lookalike import hidden, mixed_scripts, skeleton


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(lookalike) == (0, 3)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ada Lovelace", ()),
        ("Renée Straße 東京 Алексей", ()),
        ("pay\u202eroll", ("U+202E",)),
        ("a\u200bb\u200bc\u2060", ("U+200B", "U+2060")),
        ("soft\u00adhyphen", ("U+00AD",)),
        ("bell\x07", ("U+0007",)),
        ("hangul\u3164filler", ("U+3164",)),
    ],
)
def test_characters_that_do_not_show_are_named_once_each(text: str, found: tuple[str, ...]) -> None:
    assert hidden(text) == found


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("paypal", ()),
        ("Алексей Ivanov", ()),
        ("東京 Payments", ()),
        ("東京Payments", ()),
        ("Jürgen", ()),
        ("p\u0430ypal", ("Cyrillic", "Latin")),
        ("\u03a9mega", ("Greek", "Latin")),
    ],
)
def test_only_alphabets_whose_letters_look_alike_and_only_in_one_word_are_suspicious(
    text: str, scripts: tuple[str, ...]
) -> None:
    """A name in two languages is an honest name."""
    assert mixed_scripts(text) == scripts


@pytest.mark.parametrize("other", ["p\u0430ypal", "\uff50aypal", "pay\u200bpal", "\u0440\u0430\u0443\u0440\u0430l"])
def test_what_looks_like_a_name_has_its_skeleton(other: str) -> None:
    """By letters of another alphabet, by full-width forms, by what does not show."""
    assert skeleton(other) == "paypal" != other


@pytest.mark.parametrize("other", ["PayPal", "paypa1", "pay pal", "Jürgen"])
def test_what_can_be_told_apart_is_another(other: str) -> None:
    """Case counts, and ASCII stands for itself: `Cart 1` and `Cart l` are both honest."""
    assert skeleton(other) not in ("paypal", "Jurgen")


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_stands_for_itself(text: str) -> None:
    assert skeleton(text) == text
    assert mixed_scripts(text) == ()


@given(st.text())
def test_any_text_has_a_skeleton(text: str) -> None:
    """Strangers type anything; half a surrogate pair too."""
    assert isinstance(skeleton(text), str)
    assert isinstance(hidden(text), tuple)
    assert isinstance(mixed_scripts(text), tuple)
