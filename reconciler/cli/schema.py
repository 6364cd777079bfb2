"""`reconciler schema`: the source of truth for fields, for editors and for other tools."""

from __future__ import annotations

import json

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
    text = schema_text(f"{which}.schema.json")
    click.echo(_bundled(text) if which == "reports" else text, nl=False)
    return 0


def _bundled(text: str) -> str:
    """With the schemas that it refers to inside, so that the one document is all that a validator needs."""
    parts = {name: json.loads(schema_text(f"{name}.schema.json")) for name in ("plan", "report")}
    return json.dumps({**json.loads(text), "$defs": parts}, indent=2, ensure_ascii=False) + "\n"
