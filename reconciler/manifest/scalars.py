"""What a plain (unquoted) scalar means: YAML 1.2's core schema, less what older readers take for something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from reconciler.manifest.words import quoted


@dataclass(frozen=True, slots=True)
class Refused:
    """A scalar that is not taken for anything, and why."""

    rule: str
    message: str
    hint: str


Scalar = str | int | float | bool | None

_VALUES: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_BOOLEANS_ONCE = {
    form: "true" if word in ("y", "yes", "on") else "false"
    for word in ("y", "n", "yes", "no", "on", "off")
    for form in (word, word.title(), word.upper())
}

WORDS = frozenset((*_VALUES, *_BOOLEANS_ONCE, "<<", "="))
"""Plain scalars that are not simply the text they look like; so are those that begin with one of `NUMERIC`."""

NUMERIC = frozenset("+-.0123456789")
_LONGEST = 100

_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMBER_ONCE = re.compile(
    r"""[-+]?0b[01_]+ | 0o[0-7]+ | [-+]?0x[0-9a-fA-F_]+           # 0b1 was 1; 0o17 is 15 only today
    | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?            # 1:30:00 was 5400
    | [-+]?(?:[0-9][0-9_]*\.?|\.[0-9])[0-9_]*(?:[eE][-+]?[0-9]+)? # 1_000 was 1000
    | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN)""",
    re.VERBOSE,
)


def resolve(text: str) -> Scalar | Refused:
    """The value of a plain scalar; `Refused` where readers of YAML disagree about it.

    >>> resolve("true"), resolve("12"), resolve("1.5"), resolve("2027-06-30"), resolve("v2")
    (True, 12, 1.5, '2027-06-30', 'v2')
    """
    if text not in WORDS:
        return _number(text) if text[:1] in NUMERIC and len(text) <= _LONGEST else text
    if text == "<<":
        return Refused("merge-key", "the merge key << is not supported", "write the keys out, or use `defaults`")
    if text in _BOOLEANS_ONCE:
        meant = _BOOLEANS_ONCE[text]
        hint = f'write {meant}, or "{text}" in quotes if the word is meant'
        return Refused("ambiguous-scalar", f"{quoted(text)} without quotes is {meant} to some readers of YAML", hint)
    return _refused_number(text) if text == "=" else _VALUES[text]


@lru_cache(1024)  # the same few dates stand on every other line
def _number(text: str) -> Scalar | Refused:
    if _INT.fullmatch(text):
        return int(text, 0)
    if _LEADING_ZERO.fullmatch(text):  # 017 was 15
        return _refused_number(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        return value if isfinite(value) else _refused_number(text)
    return _refused_number(text) if _NUMBER_ONCE.fullmatch(text) else text


def _refused_number(text: str) -> Refused:
    message = f"readers of YAML disagree whether {quoted(text)} without quotes is a text or which number it is"
    return Refused("ambiguous-scalar", message, "put it in quotes, or write the number in plain digits")
