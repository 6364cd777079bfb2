"""Where the manifests stand in their repository, and where a reader finds a line of them on the web."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import quote

from reconciler.model.origin import Origin


@dataclass(frozen=True, slots=True)
class Checkout:
    """A working copy, as CI tells of it; everything is "" where it does not.

    `root` and `cwd` are absolute, with slashes: the top of the repository, and the folder against which the user
    named files. `blob` is the URL of a commit's files, without a slash at its end; `job` that of the running job.
    """

    root: str = ""
    cwd: str = ""
    blob: str = ""
    job: str = ""

    def path(self, file: str) -> str:
        """The file as the repository names it; as it is where it is outside, or nobody knows where the top is."""
        whole = posixpath.normpath(posixpath.join(self.cwd, file))
        if self.root and self.cwd and whole.startswith(self.root.rstrip("/") + "/"):
            return whole[len(self.root.rstrip("/")) + 1 :]
        return posixpath.normpath(file)

    def link(self, origin: Origin) -> str:
        """Where the line is on the web, made of characters that a URL may have; "" where nobody knows."""
        path = self.path(origin.file)
        if not self.blob or path.startswith(("/", "../")):
            return ""
        return f"{self.blob}/{quote(path, safe='/')}" + (f"#L{origin.line}" if origin.line else "")


NOWHERE = Checkout()
"""Outside of CI: files are as the user named them, and nothing is on the web."""
