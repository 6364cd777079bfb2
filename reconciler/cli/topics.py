"""What `reconciler help TOPIC` tells beside the commands: one text a topic, as a row of a table.

The meanings of the exit codes are those of the README, word for word; a test holds the two together.
"""

from __future__ import annotations

from reconciler.errors import PRECEDENCE, ExitCode

MEANINGS = {
    ExitCode.OK: 'done, or nothing to do; answered "no"',
    ExitCode.INTERNAL: "unexpected internal error",
    ExitCode.DIFFERENCES: "differences: `drift` found some; `plan --detailed-exitcode` has changes; "
    "`plan --fail-on residual` or `doctor` found what they look for",
    ExitCode.INVALID: "invalid input: a manifest, flag or file; `apply` without a terminal and without `--yes`",
    ExitCode.REFUSED: "refused: the plan breaks a limit",
    ExitCode.STALE_PLAN: "the saved plan was edited, has expired, has no valid signature, is for another portal, "
    "version or manifests, or was made from a snapshot",
    ExitCode.PARTLY: "partly done: changes failed, were stale, not reviewed, or did not stick; the run was "
    "interrupted, or lost the portal or its journal, after the first write",
    ExitCode.UNKNOWN_STATE: 'the portal could not be seen in full: its state is unknown, never "no drift"',
}

CONNECTION = """\
Which portal: the manifest's `portal`. Which server, the first of:

  --server URL             without /v3; `sandbox` is the embedded portal
  KONNECT_SERVER_URL       the same
  server: or region:       in the manifest; regions are us eu au me in sg

Which token, the first of:

  --token-file FILE        a file that holds the token and nothing else
  KONNECT_TOKEN
  KONNECT_SPAT

The token is sent to https://*.api.konghq.com, to loopback, or to a server that
--server or KONNECT_SERVER_URL names. A manifest cannot send it elsewhere.
HTTPS_PROXY, NO_PROXY and REQUESTS_CA_BUNDLE count as usual.

Examples:
  export KONNECT_TOKEN=spat_...; reconciler plan access/
  reconciler plan access/ --token-file /run/secrets/konnect
  reconciler plan access/ --server sandbox
"""

FORMATS = """\
Every command that reports prints one document, in the format of --format, and
writes it to files as well, with --report FORMAT=FILE as often as you like:

  text      for people at a terminal; the default
  json      all of it, for programs; `reconciler schema report` describes it
  markdown  a comment for a pull request
  html      one page that loads nothing: search, sort, who has access to what
  sarif     code scanning, at the lines of the manifests
  junit     a test a person and team; drift is a failure
  github    annotations, the step's outputs, the job's summary
  gitlab    code quality

The facts and the exit code are the same in all of them: docs/reports.md.

Examples:
  reconciler plan access/ --format json
  reconciler plan access/ --report markdown=comment.md --report html=plan.html
"""

FILES = """\
A workspace is a file or a folder, read recursively, and describes one portal:

  access/portal.yaml         portal, policy and rules: directly in the folder
  access/people/ada.yaml     developers, teams, apis: anywhere below it

Hidden files are skipped, others than *.yaml and *.yml too. All are merged.

  reconciler init DIR        writes a workspace to start from
  reconciler schema          prints what editors need to complete and explain
  reconciler validate DIR    names every error, each at its line

What commands write:

  plan --out FILE            the plan, for review and for `apply`
  --report FORMAT=FILE       the document once more, in another format
  apply --journal FILE       each change as it is sent and as it is answered
  ~/.local/state/reconciler/sandbox.sqlite    the embedded portal's state

Examples:
  reconciler validate access/
  reconciler schema > manifest.schema.json
"""

SAVED_PLANS = """\
What was reviewed is what is done. The pull request's job saves the plan:

  reconciler plan access/ --policy-from origin/main --out plan.json

After the merge, do no more than that:

  the same day, from the same manifests; refuses (5) anything else:
  reconciler apply --plan plan.json access/ --yes

  days later, from another commit; does what that plan has too, lists the rest:
  reconciler apply access/ --reviewed plan.json --yes

Set RECONCILER_PLAN_KEY (openssl rand -hex 32) where plans are made and where
they are applied, and they are signed: an edited plan is refused (5).
"""

COMPLETION = """\
The shell completes commands, flags, and what flags take. Once:

  bash       (4.4 or newer) in ~/.bashrc:
             eval "$(_RECONCILER_COMPLETE=bash_source reconciler)"

  zsh        in ~/.zshrc:
             eval "$(_RECONCILER_COMPLETE=zsh_source reconciler)"

  fish       in ~/.config/fish/completions/reconciler.fish:
             _RECONCILER_COMPLETE=fish_source reconciler | source

A shell starts faster if the text is kept in a file, which it then reads:

  _RECONCILER_COMPLETE=bash_source reconciler > ~/.reconciler-complete.bash
  . ~/.reconciler-complete.bash
"""


def exit_codes() -> str:
    """Every exit code with its meaning, in the width of a terminal."""
    from textwrap import fill

    lines = [
        fill(f"{code:d}  {MEANINGS[code]}".replace("`", ""), 78, initial_indent="  ", subsequent_indent="     ")
        for code in ExitCode
    ]
    worst = " ".join(f"{code:d}" for code in PRECEDENCE)
    after = f"Where several hold, the first of {worst}.\n\nExample:\n"
    return "\n".join(lines) + f"\n\n{after}  reconciler drift access/ || test $? -eq 2\n"


TOPICS = {
    "exit-codes": "What a command's exit code says to a script.",
    "connection": "Which portal, server and token are used.",
    "formats": "What a report can be written as, and for whom.",
    "files": "What a workspace is, and what commands write.",
    "saved-plans": "Doing after the merge what was reviewed before.",
    "completion": "Letting the shell complete commands and flags.",
}
"""Every topic with its line in --help."""

_TEXTS = {
    "connection": CONNECTION,
    "formats": FORMATS,
    "files": FILES,
    "saved-plans": SAVED_PLANS,
    "completion": COMPLETION,
}


def text_of(topic: str) -> str:
    """A topic's whole text."""
    return exit_codes() if topic == "exit-codes" else _TEXTS[topic]
