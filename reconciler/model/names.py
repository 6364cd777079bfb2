"""Identity: when two names mean the same person, team or API (docs/manifest.md, "Identity")."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def email_key(email: str) -> str:
    """The address as compared: ASCII letters without regard to case, everything else code point by code point.

    >>> email_key("Ada@Partner.Example")
    'ada@partner.example'
    """
    key = email.lower() if email.isascii() else email.translate(_ASCII_LOWER)
    return email if key == email else key  # one text for both, as most are: of a hundred thousand people that counts


def domain_of(email: str) -> str:
    """What follows the last @, as compared; "" without one."""
    _, at, domain = email.rpartition("@")
    return email_key(domain) if at else ""


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.DOTALL)


def glob_match(pattern: str, name: str) -> bool:
    """Whether `name` as a whole fits `pattern`: * stands for any run of characters, all else for itself."""
    return pattern == "*" or _compiled(pattern).fullmatch(name) is not None


def any_match(patterns: Collection[str], name: str) -> bool:
    """Whether one of the globs fits the name of a team, API or package; case counts."""
    return "*" in patterns or any(glob_match(pattern, name) for pattern in patterns)


def email_match(patterns: Collection[str], email: str) -> bool:
    """Whether one of the globs fits the address.

    An address with non-ASCII characters fits no glob but `*`: a look-alike letter must not slip into a pattern.
    """
    if "*" in patterns or not email.isascii():
        return "*" in patterns
    key = email_key(email)
    return any(glob_match(email_key(pattern), key) for pattern in patterns)
