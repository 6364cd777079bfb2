"""The requests that were answered: the last few for the page, and all of them in a file for who asks for it."""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from reconciler.sandbox.state.times import stamp

KEPT = 50
"""How many the server remembers for the page."""


class Answered(NamedTuple):
    """One answered request: when in seconds since 1970, what was asked, and the answer's status and time.

    Neither headers nor bodies: a log of a portal must not be a list of tokens.
    """

    time: float
    method: str
    target: str
    status: int
    milliseconds: float

    @property
    def stamp(self) -> str:
        """The time as the portal writes times."""
        return stamp(datetime.fromtimestamp(self.time, UTC))


class RequestLog:
    """A file to which every answered request is added as one line of JSON, before the answer is sent.

    Give it to `serve` as `log`. A log that can no longer be written ends, the portal does not: `failure` has
    the reason.
    """

    def __init__(self, path: str | Path) -> None:
        """Open the file, creating it if need be, readable for its owner only. OSError."""
        self.failure: OSError | None = None
        self._path = path
        self._lock = threading.Lock()
        # Unbuffered: who follows the file sees every line at once.
        self._file = FileIO(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "wb")

    def __call__(self, answered: Answered) -> None:
        """Add a request."""
        line = {
            "time": answered.stamp,
            "method": answered.method,
            "target": answered.target,
            "status": answered.status,
            "milliseconds": round(answered.milliseconds, 3),
        }
        with self._lock:
            if not self._file.closed:
                self._write(json.dumps(line).encode() + b"\n")

    def close(self) -> None:
        """Close the file; what is answered later is not added."""
        with self._lock:
            self._file.close()

    def _write(self, line: bytes) -> None:
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError as error:
            self.failure = OSError(error.errno, f"the request log ends early: {error.strerror}", str(self._path))
            self._file.close()
