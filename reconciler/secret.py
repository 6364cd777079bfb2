"""What must not be shown, and how what strangers wrote may be shown."""

from __future__ import annotations

from typing import NoReturn

from reconciler.errors import InputError

_LONG = 16
"""Characters from which on a token is long enough not to stand in a text by chance; Konnect's have fifty."""


class Secret:
    """A token that shows itself only when asked by name; everything that prints it gets three stars.

    Raises InputError if it could not be sent as it is: the HTTP library's own complaint would quote it.

    >>> f"{Secret('kpat_abc')} {Secret('kpat_abc')!r}"
    '*** ***'
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not value or not value.isascii() or not value.isprintable() or " " in value:
            raise InputError(
                "the token is empty or holds characters that no token has (space, line break, control, non-ASCII)",
                "copy it again; a file with the token may end in one line break, which its reader must strip",
            )
        self._value = value

    def reveal(self) -> str:
        """The token itself, for the one place that sends it."""
        return self._value

    def hide(self, text: str) -> str:
        """The text with the token, should it occur there, replaced by stars."""
        return text.replace(self._value, "***")

    def scrub(self, data: bytes) -> bytes:
        """The same for bytes from outside, in which a short token would be no secret but a part of words."""
        return data.replace(self._value.encode("ascii"), b"***") if len(self._value) >= _LONG else data

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


def visible(text: str, limit: int = 200) -> str:
    r"""The text on one line, cut to `limit`, with all that a terminal would act on or hide written as an escape.

    >>> visible("\x1b[2Jgone")
    '\\x1b[2Jgone'
    """
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut)
