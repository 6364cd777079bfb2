#!/usr/bin/env bash
# The job's result is the command's exit code, unless it is one that the workflow accepts.
#   EXIT_CODE   the command's exit code
#   ACCEPT      those that do not fail the job, separated by commas
set -euo pipefail

if [[ ",${ACCEPT// /}," == *",$EXIT_CODE,"* ]]; then
    exit 0
fi
exit "$EXIT_CODE"
