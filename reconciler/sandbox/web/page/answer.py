"""The answer to a request for the page: one document that loads nothing, sends nothing and is kept nowhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from reconciler.sandbox.protocol.messages import Response
from reconciler.sandbox.web.log import Answered
from reconciler.sandbox.web.page import markup
from reconciler.sandbox.web.page.overview import Part, Portal
from reconciler.sandbox.web.page.visible import shown

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%230b5cad'/%3E"
    "%3Cpath d='M4 8.5 7 11.5 12 5' fill='none' stroke='white' stroke-width='2'/%3E%3C/svg%3E"
)
EMPTY = "<p>There is no portal yet: load one with <code>reconciler sandbox seed FILE</code>.</p>\n"


def page(portals: Part[Portal], answered: Sequence[Answered], now: str) -> Response:
    """The page as of `now`: every portal, and the requests that were answered, the oldest first."""
    return Response(200, _document(portals, answered, now).encode(), _headers())


def _document(portals: Part[Portal], answered: Sequence[Answered], now: str) -> str:
    anchors = [f"portal-{number}" for number in range(1, len(portals.rows) + 1)]
    named = list(zip(anchors, portals.rows, strict=True))
    links = "".join(f'<a href="#{anchor}">{shown(each.display_name)}</a>' for anchor, each in named)
    sections = "".join(markup.portal(each, anchor) for anchor, each in named)
    more = f'<p class="more">and {portals.more:,} more portals</p>\n' if portals.more else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Embedded portal</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="{ICON}">
<style>{_asset("page.css")}</style>
</head>
<body>
<header>
<h1>Embedded portal</h1>
<p>As of {markup.time(now, seconds=True)}, all times UTC</p>
<a href="/">Refresh</a>
<div id="search" role="search" hidden><label for="filter">Filter rows</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false">
<output id="found" for="filter"></output></div>
</header>
<nav aria-label="On this page">{links}<a href="#requests">Last HTTP requests</a></nav>
<main>
{sections or EMPTY}{more}{markup.requests(answered)}</main>
<script>{_asset("page.js")}</script>
</body>
</html>
"""


@cache
def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


@cache
def _headers() -> dict[str, str]:
    style, script = (
        base64.b64encode(hashlib.sha256(_asset(name).encode()).digest()).decode() for name in ("page.css", "page.js")
    )
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
