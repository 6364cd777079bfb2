"""Domains of e-mail addresses that tell little, or look like somebody else's."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.lookalike import skeleton

FREE_MAIL = frozenset(
    {
        *("aol.com", "bk.ru", "fastmail.com", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com"),
        *("gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.fr"),
        *("hushmail.com", "icloud.com", "inbox.ru", "laposte.net", "libero.it", "list.ru", "live.com", "mac.com"),
        *("mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com"),
        *("outlook.de", "posteo.de", "proton.me", "protonmail.com", "qq.com", "rediffmail.com", "rocketmail.com"),
        *("seznam.cz", "t-online.de", "tuta.com", "tutanota.com", "uol.com.br", "wanadoo.fr", "web.de", "wp.pl"),
        *("yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yandex.com"),
        *("yandex.ru", "ymail.com", "zoho.com", "126.com", "163.com"),
        *("10minutemail.com", "guerrillamail.com", "mailinator.com", "sharklasers.com", "temp-mail.org"),
        *("trashmail.com", "yopmail.com"),
    }
)
"""Where anybody gets an address without anybody vouching for them; the best known, not all."""

_SHORTEST = 4
_READ_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("-", ""))


def like_a_known(domain: str, known: Iterable[str]) -> str:
    """The known domain that this one could be taken for and is not, or ""; both as `domain_of` gives them.

    >>> like_a_known("partnr.example", ["partner.example"])
    'partner.example'
    """
    known = set(known)
    if domain in known or any(domain.endswith(f".{one}") or one.endswith(f".{domain}") for one in known):
        return ""
    looks, main = _look(domain), _main_label(domain)
    for one in sorted(known):
        same_label = len(main) >= _SHORTEST and main == _main_label(one)
        if same_label or f".{one}." in f".{domain}." or looks == _look(one):
            return one
        if len(_main_label(one)) > _SHORTEST and one_slip(domain, one):
            return one
    return ""


def one_slip(one: str, other: str) -> bool:
    """Whether one letter was left out, added or changed, or two neighbours were swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _look(domain: str) -> str:
    """The domain as a hurried eye reads it, what `xn--` stands for included."""
    text = skeleton(_shown(domain)).lower()
    for letters, like in _READ_ALIKE:
        text = text.replace(letters, like)
    return text


def _shown(domain: str) -> str:
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def _main_label(domain: str) -> str:
    """The longest part of the domain, its last one aside: what people know it by."""
    return max(domain.split(".")[:-1], key=len, default="")
