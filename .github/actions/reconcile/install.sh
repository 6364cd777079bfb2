#!/usr/bin/env bash
# Install reconciler into an environment of its own, and put it on the PATH of the steps that follow.
#   INSTALL   what pip is given; empty: the checkout that this action is part of
set -euo pipefail

checkout="$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)"
if [[ -z "$INSTALL" && ! -f "$checkout/reconciler/__init__.py" ]]; then
    echo "::error::this copy of the action has no checkout of reconciler around it: say \`install\`" >&2
    exit 3
fi
python -m venv "$RUNNER_TEMP/reconciler"
"$RUNNER_TEMP/reconciler/bin/python" -m pip install --quiet --disable-pip-version-check -- "${INSTALL:-$checkout}"
echo "$RUNNER_TEMP/reconciler/bin" >>"$GITHUB_PATH"
