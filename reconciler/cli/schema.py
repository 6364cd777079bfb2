"""`reconciler schema`: the source of truth for fields, for editors and for other tools."""

from __future__ import annotations

import click

from reconciler.shipped import schema_text


@click.command("schema", short_help="Print a JSON Schema.")
@click.argument(
    "which",
    type=click.Choice(["manifest", "plan", "report", "reports", "journal", "snapshot", "access"]),
    default="manifest",
)
def command(which: str) -> int:
    """Print the JSON Schema of manifests (the default), plans, reports, the reports of several workspaces, a
    journal's lines, a snapshot, or who has access.

    \b
    Examples:
      reconciler schema > manifest.schema.json
      reconciler schema report
    """
    click.echo(schema_text(f"{which}.schema.json"), nl=False)
    return 0
