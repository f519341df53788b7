"""What a command works on: root, settings and manifest of a project, once any interrupted apply is completed."""

from dataclasses import dataclass
from pathlib import Path

from migrator.errors import MigrateError
from migrator.invocation import Invocation
from migrator.journal import recover
from migrator.manifest.model import Manifest
from migrator.manifest.store import find_root, load
from migrator.output import say
from migrator.settings import PYPROJECT, Settings, read_settings
from migrator.tree import choose_among, manifest_name


@dataclass(frozen=True, slots=True)
class Workspace:
    """An opened project. `manifest` is what was on disk: change it only through `manifest.store.editing`."""

    root: Path
    settings: Settings
    manifest: Manifest


def open_workspace(invocation: Invocation) -> Workspace:
    """Find and open the project that a command works on.

    Raises MigrateError without a manifest, with one that cannot be read, or when it contradicts the settings.
    """
    root = find_root(invocation.directory)
    choose_among(root, invocation.application)
    completed = recover(root)
    if completed:
        say(invocation, f"completed an interrupted apply: {completed} file(s) written")
    manifest = load(root)
    settings = settings_of(root, manifest)
    for name, said, recorded in (
        ("app", settings.app, manifest.app),
        ("target", settings.target, manifest.target),
    ):
        if said != recorded:
            raise MigrateError(
                f"{root / PYPROJECT} says {name} = '{said}', {manifest_name()} says '{recorded}': make them the same, "
                f"or delete {manifest_name()} to start again"
            )
    return Workspace(root, settings, manifest)


def settings_of(root: Path, manifest: Manifest) -> Settings:
    """The project's settings; without `[tool.migrate]` what the manifest says. Raises MigrateError as reading does."""
    return read_settings(root) or Settings(app=manifest.app, target=manifest.target)
