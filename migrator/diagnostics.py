"""The diagnostics of this installation, read from its own packages."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import codemods
import migrator
from codemods.diagnostics import index
from codemods.findings import Diagnostic


def diagnostics() -> Mapping[str, Diagnostic]:
    """Every diagnostic by code, sorted."""
    return index(own_sources())


def own_sources() -> Iterator[str]:
    """The text of every module that may declare diagnostics."""
    for package in (codemods, migrator):
        for place in package.__path__:
            for file in sorted(Path(place).rglob("*.py")):
                yield file.read_text("utf-8")
