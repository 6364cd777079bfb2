"""The pieces of the page: a portal and its tables, and the table of requests, as HTML.

Everything that strangers typed goes through `shown`; what stands here literally is the page's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TypeVar

from reconciler.sandbox.web.log import Answered
from reconciler.sandbox.web.page.overview import Application, Developer, Part, Portal, Registration, Team
from reconciler.sandbox.web.page.visible import shown

DEVELOPER = ("Name", "Address", "Status", "Since", "Teams")
TEAM = ("Team", "Members", "Roles", "Particulars")
APPLICATION = ("Application", "Owner", "Since", "Access requests")
REQUEST = ("Time", "Method", "Path", "Status", "Milliseconds")

NONE = '<span class="none">–</span>'

T = TypeVar("T")


def portal(found: Portal, anchor: str) -> str:
    """A portal: its settings, what waits for approval, and a table each of people, teams and applications."""
    slug = f' <span class="slug">{shown(found.name)}</span>' if found.display_name != found.name else ""
    settings = "".join(f"<div><dt>{name}</dt><dd>{shown(value)}</dd></div>" for name, value in found.settings)
    return (
        f'<section id="{anchor}" aria-labelledby="{anchor}-name">'
        f'<h2 id="{anchor}-name">{shown(found.display_name)}{slug}</h2>\n<dl>{settings}</dl>\n'
        f'<p class="waits">{_waiting(found)}</p>\n'
        + _table("Developers", DEVELOPER, found.developers, _developer)
        + _table("Teams", TEAM, found.teams, _team)
        + _table("Applications", APPLICATION, found.applications, _application)
        + "</section>\n"
    )


def requests(answered: Sequence[Answered]) -> str:
    """The last requests, the newest first."""
    newest = Part(tuple(reversed(answered)), len(answered))
    table = _table("Last HTTP requests", REQUEST, newest, _answered)
    inner = table if answered else '<p class="none">No HTTP requests yet.</p>'
    return f'<section id="requests" aria-label="Last HTTP requests">{inner}</section>\n'


def _waiting(found: Portal) -> str:
    counts = ((found.developers_waiting, "developer"), (found.registrations_waiting, "access request"))
    parts = [f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count]
    if not parts:
        return "Nothing waits for approval."
    return f'<span class="status pending">Waiting for approval</span> {" and ".join(parts)}'


def _table(name: str, heads: Sequence[str], part: Part[T], cells: Callable[[T], Sequence[str]]) -> str:
    if not part.total:
        return f'<p class="none">No {name[0].lower()}{name[1:]}.</p>\n'
    columns = "".join(f'<th scope="col" data-head="{head}">{head}</th>' for head in heads)
    rows = "\n".join(_row(heads, cells(each)) for each in part.rows)
    more = f'<tfoot><tr><td class="more" colspan="{len(heads)}">and {part.more:,} more</td></tr></tfoot>'
    return (
        f'<table><caption>{name} <span class="count">{part.total:,}</span></caption>\n'
        f"<thead><tr>{columns}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n{more if part.more else ''}</table>\n"
    )


def _row(heads: Sequence[str], cells: Sequence[str]) -> str:
    named = zip(heads[1:], cells[1:], strict=True)
    # Under a narrow window, where a row becomes a card, the style puts the head before each cell.
    others = "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in named)
    return f'<tr><th scope="row">{cells[0]}</th>{others}</tr>'


def _developer(person: Developer) -> Sequence[str]:
    status = _status(person.status)
    return shown(person.name), shown(person.email), status, time(person.since), _words(person.teams)


def _team(team: Team) -> Sequence[str]:
    particulars = ["may own applications"] * team.owns_applications
    particulars += ["synchronised by the identity provider"] * team.synchronised
    if team.groups.total:
        particulars.append(f"groups {_words(team.groups)}")
    return shown(team.name), _words(team.members), _list(_texts(team.roles)), _list(particulars)


def _application(application: Application) -> Sequence[str]:
    asked = (_registration(each) for each in application.registrations.rows)
    registrations = _list((*asked, *_more(application.registrations)), ' class="asked"')
    return shown(application.name), shown(application.owner), time(application.since), registrations


def _registration(asked: Registration) -> str:
    return f"{shown(asked.api)} {_status(asked.status)} {time(asked.since)}"


def _answered(one: Answered) -> Sequence[str]:
    kind = {4: "refused", 5: "failed"}.get(one.status // 100)
    status = f'<span class="status {kind}">{one.status}</span>' if kind else str(one.status)
    # Brackets need no escape to be told apart, and every list has them in its query.
    target = shown(one.target.replace("%5B", "[").replace("%5D", "]"))
    when = time(one.stamp, seconds=True)
    return when, shown(one.method), target, status, f"{one.milliseconds:.1f}"


def _status(status: str) -> str:
    return f'<span class="status {escape(status)}">{escape(status)}</span>'


def time(stamp: str, *, seconds: bool = False) -> str:
    """A stamp for a person, in UTC."""
    text = stamp[: 19 if seconds else 16].replace("T", " ")
    return f'<time datetime="{escape(stamp)}">{escape(text)}</time>'


def _words(part: Part[str]) -> str:
    return ", ".join(_texts(part)) or NONE


def _texts(part: Part[str]) -> list[str]:
    return [*(shown(text) for text in part.rows), *_more(part)]


def _more(part: Part[T]) -> list[str]:
    return [f'<span class="more">and {part.more:,} more</span>'] if part.more else []


def _list(items: Sequence[str], attributes: str = "") -> str:
    inner = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul{attributes}>{inner}</ul>" if items else NONE
