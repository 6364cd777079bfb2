"""`reconciler sandbox`: the embedded portal, the state it keeps, and the people on it."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.embedded import opened, state_of
from reconciler.cli.runtime import Runtime
from reconciler.cli.sandbox_serve import serve, token
from reconciler.cli.sandbox_switches import switches
from reconciler.errors import InputError
from reconciler.report.as_json import written
from reconciler.report.escape import inert


@click.group("sandbox", short_help="The embedded portal.")
def command() -> None:
    """The embedded portal: a server that behaves like Konnect's Dev Portal, for trying out and for tests.

    `--server sandbox` runs it inside another command, on a state file that is kept between runs.
    """


@command.command("seed")
@click.argument("file", type=click.Path())
@state_of
@click.pass_obj
def seed(runtime: Runtime, file: str, state: str) -> int:
    """Load portals, people and requests from a YAML or JSON FILE; the same file is loaded only once.

    \b
    Examples:
      reconciler sandbox seed examples/company/portal.yaml
    """
    if not Path(file).is_file():
        raise InputError(f"there is no file {file}", "give the path of a seed in YAML or JSON")
    with opened(state, runtime.now) as sandbox:
        loaded = sandbox.seed_once(file)
    said = f"loaded {file}" if loaded else f"{file} was loaded before; left as it is now"
    click.echo(f"Embedded portal: {said} (state in {state}; `reconciler sandbox reset` clears it)", err=True)
    return 0


@command.command("play")
@click.argument("story", type=click.Path())
@state_of
@click.pass_obj
def play(runtime: Runtime, story: str, state: str) -> int:
    """Let people act on the embedded portal as a STORY in YAML says: sign-ups, requests, and clicks past git.

    A server that runs on the same state shows it at once. A move that the portal refuses ends the story there,
    unless the story says that it is refused.

    \b
    Examples:
      reconciler sandbox play examples/company/story.yaml
    """
    from reconciler.sandbox import StoryError, read_story

    made = 0

    def tell(words: str) -> None:
        nonlocal made
        made += 1
        click.echo(f"  {inert(words)}", err=True)

    try:
        read = read_story(story)
        with opened(state, runtime.now, with_portal=True) as sandbox:
            read.play(sandbox, tell)
    except StoryError as error:
        after = f"; {made} of {len(read.steps)} steps were made and stay" if made else ""
        raise InputError(f"the story does not go on: {error}{after}", "docs/sandbox.md lists every move") from error
    click.echo(f"Embedded portal: played the {made} steps of {story} (state in {state})", err=True)
    return 0


@command.command("dump")
@state_of
@click.pass_obj
def dump(runtime: Runtime, state: str) -> int:
    """Print who has which access on the embedded portal, as JSON: sorted, without ids and times, to be compared.

    \b
    Examples:
      reconciler sandbox dump > after.json
    """
    with opened(state, runtime.now) as sandbox:
        click.echo(written(sandbox.dump()), nl=False)
    return 0


@command.command("reset")
@state_of
def reset(state: str) -> int:
    """Clear the embedded portal's state, also that of a server that runs on it.

    \b
    Examples:
      reconciler sandbox reset
    """
    from reconciler.sandbox import Sandbox, StateError

    try:
        there = Sandbox.reset(state)
    except OSError as error:
        raise InputError(f"{state} cannot be removed: {error.strerror}", "check its permissions") from error
    except StateError as error:
        raise InputError(f"nothing was cleared: {error}", error.remedy) from error
    click.echo(f"Embedded portal: {'cleared' if there else 'was clear already'} ({state})", err=True)
    return 0


for each in (serve, token, switches):
    command.add_command(each)
