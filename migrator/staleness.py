"""Which converted endpoints are stale: their source is not the one that the generated code was made from.

Nothing is imported while the sources are those of the last `apply`, whose digest is kept in `.migrate`. After a change
the project is read and converted in memory: a helper deep below a view counts as much as the view itself.
"""

import hashlib
from pathlib import Path

from migrator.files import read_bytes, write_atomically
from migrator.invocation import Choices
from migrator.manifest.model import Manifest
from migrator.manifest.store import own_folder
from migrator.settings import Settings
from migrator.sources import Sources, read_sources

NAME = "sources"


def tree_digest(sources: Sources) -> str:
    """One digest of all sources: paths and contents."""
    total = hashlib.sha256()
    for path, content in sources.files.items():
        total.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()


def remember_sources(root: Path, sources: Sources) -> None:
    """Note that everything converted is made from these sources."""
    write_atomically(own_folder(root) / NAME, tree_digest(sources).encode())


def sources_changed(root: Path, settings: Settings) -> bool:
    """Whether the sources differ from those of the last apply here; true where that is not known."""
    sources = read_sources(root, settings.target, settings.include, settings.unread)
    return read_bytes(own_folder(root) / NAME) != tree_digest(sources).encode()


def stale_endpoints(
    root: Path, settings: Settings, manifest: Manifest, choices: Choices | None = None
) -> frozenset[str]:
    """The endpoints whose source has another digest than the manifest says, or is gone.

    Raises MigrateError when the application cannot be imported.
    """
    from migrator.conversion import convert_isolated  # the scan and libcst: only where something has changed
    from migrator.project import load_project

    loaded = load_project(root, settings, choices)
    recorded = {
        route.endpoint: route.source.digest for _, _, route in manifest.routes() if route.converted and route.source
    }
    known = {endpoint.name for endpoint in loaded.project.endpoints} & recorded.keys()
    conversion, _ = convert_isolated(loaded, known)
    outcomes = conversion.outcomes
    return frozenset(
        name for name, digest in recorded.items() if name not in outcomes or outcomes[name].digest != digest
    )
