"""Which files of the project are read: its Python sources, without environments, hidden folders and what we wrote."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from codemods.findings import Diagnostic, Finding, Location

SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__", "__pypackages__"})

UNREADABLE = Diagnostic(
    code="FM009",
    severity="review",
    summary="file cannot be read",
    why="a file that cannot be read may hold routes, hooks or helpers that nobody looked at",
    advice="give read permission, or name the file under exclude in [tool.migrate]",
)


@dataclass(frozen=True, slots=True)
class Sources:
    """The content of each file by its path relative to the root, with forward slashes, and what could not be read."""

    files: Mapping[str, bytes]
    findings: tuple[Finding, ...] = ()


def read_sources(root: Path, target: str, include: Sequence[str] = (), exclude: Sequence[str] = ()) -> Sources:
    """Read the project's `*.py`, sorted by path. Symbolic links to folders are not followed."""
    files: dict[str, bytes] = {}
    findings = []

    def unreadable(error: OSError) -> None:
        place = Path(error.filename or root)
        relative = place.relative_to(root).as_posix() if place.is_relative_to(root) else place.as_posix()
        findings.append(Finding(UNREADABLE, Location(relative, 1), (error.strerror or str(error)).lower()))

    for folder, folders, names in os.walk(root, onerror=unreadable):
        here = Path(folder)
        relative = "" if here == root else f"{here.relative_to(root).as_posix()}/"
        folders[:] = sorted(name for name in folders if not _skipped(here, name, relative, target, exclude))
        for name in sorted(names):
            path = f"{relative}{name}"
            if not name.endswith(".py") or name.startswith(".") or not _wanted(path, include, exclude):
                continue
            try:
                files[path] = (here / name).read_bytes()
            except OSError as error:
                unreadable(error)
    return Sources(dict(sorted(files.items())), tuple(sorted(findings, key=str)))


def _skipped(folder: Path, name: str, relative: str, target: str, exclude: Sequence[str]) -> bool:
    path = f"{relative}{name}"
    return (
        name.startswith(".")
        or name in SKIPPED
        or path == target
        or (folder / name / "pyvenv.cfg").exists()
        or any(fnmatch(path, pattern.removesuffix("/**").rstrip("/")) for pattern in exclude)
    )


def _wanted(path: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    kept = not include or any(fnmatch(path, pattern) for pattern in include)
    return kept and not any(fnmatch(path, pattern) for pattern in exclude)
