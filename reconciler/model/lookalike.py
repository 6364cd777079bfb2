"""Names that are not what they seem: characters that do not show, letters of several scripts in one word, twins.

The tables of scripts and of look-alike letters are Unicode's (UTS 39), as the package confusable-homoglyphs brings
them; they are read only when a name is not plain ASCII.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
"""Scripts that share the look of many letters. Others stand side by side in honest names, as in 東京 Payments."""

_WORD = re.compile(r"\w+")
_HIDDEN_CATEGORIES = ("Cc", "Cf", "Zl", "Zp", "Co", "Cn", "Cs")


def hidden(text: str) -> tuple[str, ...]:
    """The characters that do not show, or turn the order of others, as `U+200B`; each once, in order.

    >>> hidden("pay\u200bpal")
    ('U+200B',)
    """
    if text.isascii() and text.isprintable():
        return ()
    found = (char for char in text if unicodedata.category(char) in _HIDDEN_CATEGORIES or char in _BLANK)
    return tuple(dict.fromkeys(f"U+{ord(char):04X}" for char in found))


_BLANK = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that show nothing."""


def mixed_scripts(text: str) -> tuple[str, ...]:
    """The scripts that one word of the text mixes though their letters look alike, sorted; () if none does.

    >>> mixed_scripts("pаypal.example")  # the first a is Cyrillic
    ('Cyrillic', 'Latin')
    """
    if text.isascii():
        return ()
    for word in _WORD.findall(text):
        scripts = {_script(char) for char in word} & _ALIKE
        if len(scripts) > 1:
            return tuple(sorted(script.title() for script in scripts))
    return ()


def skeleton(text: str) -> str:
    """The text as it looks: names of one skeleton cannot be told apart by eye. ASCII stands for itself.

    >>> skeleton("pаypal") == skeleton("paypal")
    True
    """
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text)
    return "".join(_look(char) for char in folded if not hidden(char))


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    from confusable_homoglyphs import categories

    return str(categories.alias(char))


@lru_cache(maxsize=4096)
def _look(char: str) -> str:
    """The ASCII that looks like a character, else the character."""
    if char.isascii():
        return char
    from confusable_homoglyphs import confusables

    alike = [twin["c"] for found in confusables.is_confusable(char) or () for twin in found["homoglyphs"]]
    return min((twin for twin in alike if twin.isascii()), default=char)
