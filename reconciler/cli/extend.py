"""`reconciler extend`: a later last day for a person, as an edit of the lines that say it."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from reconciler.cli.runtime import Runtime
from reconciler.errors import ExitCode, InputError
from reconciler.manifest.edit.change import edited
from reconciler.manifest.edit.extend import extensions
from reconciler.manifest.edit.files import save, text_of
from reconciler.manifest.read import load
from reconciler.onboard.edits import errors_of
from reconciler.report.escape import disarmed, inert
from reconciler.workspace import judged


@click.command("extend", short_help="Give a person's access a later last day.")
@click.argument("email", metavar="EMAIL")
@click.argument("path", metavar="PATH")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    metavar="DATE",
    help="The new last day of access, in UTC.",
)
@click.option("--reinstate", is_flag=True, help="Access that was taken away when it ended is to be given back.")
@click.option("--dry-run", "dry", is_flag=True, help="Show the change, and make none.")
@click.pass_obj
def command(runtime: Runtime, /, email: str, path: str, until: datetime, reinstate: bool, dry: bool) -> int:
    """Give a person's access a later last day, by editing the lines that say when it ends; shows the change.

    What has ended, or ends within `policy.warn_before_expiry` days, is extended: the person's entry, memberships and
    APIs, wherever they are listed. If nothing does, the person's entry. Offline; merging the change extends access.

    Access that was taken away when it ended is *held* afterwards, unless --reinstate says `reinstated` with it.

    \b
    Examples:
      reconciler extend ada@partner.example access/ --until 2027-12-31
    """
    if "@" in path and "@" not in email:
        raise click.UsageError("the address comes first: reconciler extend EMAIL PATH --until DATE")
    today, last = runtime.today, until.date()
    if last < today:
        raise InputError(f"--until {last} is past", "give a day to come")
    files = load(path)
    workspace = judged(files, today)
    if workspace.desired is None:
        raise InputError(f"{path} has errors", f"`reconciler validate {path}` lists them")
    due = today + timedelta(days=workspace.desired.policy.warn_before_expiry)
    given_back = today.isoformat() if reinstate else None
    changes = extensions(files.documents, email, last.isoformat(), due=due.isoformat(), reinstated=given_back)
    edits = [edited(text_of(file), file, change) for file, change in sorted(changes.items())]
    wrong = errors_of(files, edits, today)
    if wrong:
        raise InputError(f"nothing is written: {wrong[0]}", wrong[0].hint)
    for edit in edits:
        click.echo("".join(f"{disarmed(inert(line.rstrip()))}\n" for line in edit.diff.splitlines()), nl=False)
    if not dry:
        save(edits)
    lines = sum(len(change.endings) for change in changes.values())
    verb = "would end" if dry else "ends"
    click.echo(f"{lines} {'place' if lines == 1 else 'places'}: access of {inert(email)} {verb} on {last}", err=True)
    return ExitCode.OK
