"""The files of a workspace, from the disk: every one that is there is read, and what cannot be is said."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.errors import InputError
from reconciler.finding import Finding, in_file_order
from reconciler.manifest.cache import ParseCache
from reconciler.manifest.parse import parse
from reconciler.manifest.text import LARGEST, too_large
from reconciler.manifest.tree import Document, Map
from reconciler.manifest.words import quoted
from reconciler.model.origin import Origin

__all__ = ["Workspace", "load", "parse"]

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Workspace:
    """One workspace as read.

    `documents` lacks the files that could not be read to their end, for which `findings` say why. `digest` is the
    SHA-256 over name (from the workspace's folder on) and content of every file, in order.
    """

    path: str
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    digest: str

    @property
    def files(self) -> int:
        """How many manifests there are, read to their end or not."""
        unread = {found.origin.file for found in self.findings if found.origin}
        return len({each.file for each in self.documents} | {file for file in unread if file.endswith(SUFFIXES)})

    @property
    def complete(self) -> bool:
        """Whether every file was read to its end, so that what is not in `documents` is nowhere."""
        read = {document.file for document in self.documents}
        return all(finding.origin is not None and finding.origin.file in read for finding in self.findings)


def load(path: str, cache: ParseCache | None = None) -> Workspace:
    """Read a workspace's one file, or every manifest in its folder; `InputError` where there is neither.

    What is in the cache is not parsed again.
    """
    top = Path(path)
    reader = _Reader(cache)
    if _is_folder(top):
        for file in sorted(reader.walk(top), key=Path.as_posix):
            reader.read(file, file.relative_to(top).as_posix())
        if not reader.met:
            hint = "add a file that ends in .yaml, or name the folder that has them"
            reader.note("no-manifest", top, "the folder has no manifest (*.yaml, *.yml)", hint)
    else:
        reader.read(top, top.name)
    documents = tuple(reader.documents)
    return Workspace(path, documents, tuple(in_file_order(reader.findings)), reader.digest.hexdigest())


def replaced(workspace: Workspace, roots: Mapping[str, Map]) -> Workspace:
    """The workspace as it would be read if these files, by their names as in `documents`, had these root mappings.

    The digest stays that of what is on the disk.
    """
    documents = {document.file: document for document in workspace.documents}
    for file, root in roots.items():
        inside = documents[file].inside if file in documents else Path(file).relative_to(workspace.path).as_posix()
        documents[file] = Document(file, root, inside)
    ordered = tuple(documents[file] for file in sorted(documents))
    return Workspace(workspace.path, ordered, workspace.findings, workspace.digest)


def _is_folder(path: Path) -> bool:
    hint = "name a manifest file or a folder with manifests"
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"cannot read {quoted(str(path))}: {reason}", hint) from error


@dataclass
class _Reader:
    """What has been read so far; `met` counts the manifests, read or not."""

    cache: ParseCache | None
    documents: list[Document] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    met: int = 0

    def note(self, rule: str, path: Path, message: str, hint: str) -> None:
        """Add an error about a file or folder as a whole."""
        self.findings.append(Finding(rule, "error", message, hint, Origin(path.as_posix())))

    def walk(self, top: Path) -> Iterator[Path]:
        """Every manifest under the folder, at whatever depth, in no order."""
        folders = [top]
        while folders:
            folder = folders.pop()
            try:
                entries = [entry for entry in folder.iterdir() if not entry.name.startswith(".")]
            except OSError as error:
                if folder == top:
                    raise InputError(f"cannot list {quoted(str(top))}: {error.strerror}", _READABLE) from error
                self._unreadable(folder, error)
                continue
            for entry in entries:
                mode = self._mode(entry)
                if stat.S_ISDIR(mode):
                    folders.append(entry)
                elif mode and entry.name.endswith(SUFFIXES):
                    yield entry

    def _mode(self, entry: Path) -> int:
        """What kind of entry it is; 0 where it is reported here and nobody should look into it."""
        if not entry.name.isprintable():
            shown = entry.with_name(quoted(entry.name))
            self.note("file-name", shown, "the name has characters that cannot be shown", "rename it")
            return 0
        try:
            mode = entry.lstat().st_mode
        except OSError as error:
            self._unreadable(entry, error)
            return 0
        if stat.S_ISLNK(mode):
            hint = "put the file itself there, or move the link out of the workspace"
            self.note("symlink", entry, "a symbolic link: what it says is not in this folder", hint)
            return 0
        return mode

    def read(self, file: Path, inside: str) -> None:
        """Read one manifest, by its path inside the workspace too; one that is too large is not even opened."""
        self.met += 1
        try:
            status = file.stat()
            if not stat.S_ISREG(status.st_mode):
                self.note("unreadable", file, "not a regular file", "remove it from the workspace")
                return
            if status.st_size > LARGEST:
                self.findings.append(too_large(status.st_size, file.as_posix()))
                return
            content = file.read_bytes()
        except OSError as error:
            self._unreadable(file, error)
            return
        for part in (inside.encode("utf-8", "surrogateescape"), content):
            self.digest.update(len(part).to_bytes(8, "big"))
            self.digest.update(part)
        self._understand(content, file.as_posix(), inside)

    def _understand(self, content: bytes, file: str, inside: str) -> None:
        key = self.cache.key(content) if self.cache else ""
        kept = self.cache.get(key) if self.cache else None
        if kept is not None:
            self.documents.append(Document(file, kept, inside, key, kept=True))
            return
        document, findings = parse(content, file, inside=inside)
        self.findings += findings
        if document is not None:
            self.documents.append(replace(document, key="" if findings else key))

    def _unreadable(self, path: Path, error: OSError) -> None:
        self.note("unreadable", path, f"cannot be read: {error.strerror}", _READABLE)


_READABLE = "make it readable for the user who runs this"
