"""Domains that tell little, or look like somebody else's."""

from __future__ import annotations

import pytest

from reconciler.pending.domains import FREE_MAIL, like_a_known, one_slip

KNOWN = ["partner.example", "acme-corp.com", "bank.co.uk", "ab.example"]


@pytest.mark.parametrize(
    ("domain", "like"),
    [
        ("partner.example", ""),
        ("eu.partner.example", ""),
        ("partnr.example", "partner.example"),
        ("partenr.example", "partner.example"),
        ("partners.example", "partner.example"),
        ("partner.com", "partner.example"),
        ("partner.example.evil.net", "partner.example"),
        ("p\u0430rtner.example", "partner.example"),
        ("xn--prtner-3nf.example", "partner.example"),
        ("acrne-corp.com", "acme-corp.com"),
        ("acmecorp.com", "acme-corp.com"),
        ("bank.com", "bank.co.uk"),
        ("other.example", ""),
        ("ac.example", ""),
        ("co.uk", ""),
        ("", ""),
    ],
)
def test_a_domain_that_could_be_taken_for_a_partners(domain: str, like: str) -> None:
    """Another letter, another ending, the partner's as a part, another script's letters; no subdomain of it."""
    assert like_a_known(domain, KNOWN) == like


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        *(("abc", "abd", True), ("abc", "ab", True), ("ab", "xab", True), ("abc", "acb", True)),
        *(("abc", "abc", False), ("abc", "cba", False), ("abcd", "ab", False), ("abcd", "badc", False)),
    ],
)
def test_one_slip_of_the_finger(one: str, other: str, slip: bool) -> None:
    """One letter left out, added or changed, or two neighbours swapped; either way round."""
    assert one_slip(one, other) is one_slip(other, one) is slip


def test_the_list_of_free_mail_is_of_domains_as_they_are_compared() -> None:
    """Lower case, with a dot."""
    assert all(domain == domain.lower() and "." in domain for domain in FREE_MAIL)
