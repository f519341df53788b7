"""Which application a command is about, where one tree has several.

The first one's manifest is `migration.json`. Another's is named after the package that it is converted to
(`migration.admin_api.json`), as are its switch and its part of `.migrate`. A command works on one application: it is
chosen once, when the command starts.
"""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path, PurePosixPath

from migrator.errors import MigrateError

FIRST = ""
"""Stands for the application whose manifest is `migration.json`."""
SWITCH = ".switch.json"
_chosen: ContextVar[str] = ContextVar("application", default=FIRST)


def chosen() -> str:
    """The package of the application that the command is about, empty for the first."""
    return _chosen.get()


def choose(name: str) -> None:
    """Work on this application from now on."""
    _chosen.set(name)


def manifest_name() -> str:
    """The file name of the chosen application's manifest."""
    return f"migration.{chosen()}.json" if chosen() else "migration.json"


def switch_name() -> str:
    """The file name of its switch."""
    return manifest_name().removesuffix(".json") + SWITCH


def package_of(target: str) -> str:
    """The name by which an application is chosen: its target's, without the folders."""
    return PurePosixPath(target).name


def applications(root: Path) -> Mapping[str, str]:
    """The applications that have a manifest at `root`: by their package, what `choose` takes."""
    found = {}
    for file in sorted(root.glob("migration*.json")):
        if file.name == "migration.json":
            found[_target_in(file) or file.name] = FIRST
        elif file.name.startswith("migration.") and not file.name.endswith(SWITCH):
            name = file.name.removeprefix("migration.").removesuffix(".json")
            found[name] = name
    return found


def choose_among(root: Path, wanted: str | None) -> None:
    """Choose the application of this package, or the only one there is.

    Raises MigrateError where there are several and none is named, or none of that name.
    """
    known = applications(root)
    if wanted is None and len(known) > 1:
        raise MigrateError(f"{root} has several applications: choose one with --application: {', '.join(known)}")
    if wanted is not None and wanted not in known:
        raise MigrateError(f"{root} has no application '{wanted}': it has {', '.join(known)}")
    choose(known[wanted] if wanted is not None else next(iter(known.values()), FIRST))


def _target_in(file: Path) -> str:
    """The package that a manifest names; empty where it cannot be read, which loading it will report."""
    try:
        return package_of(str(json.loads(file.read_bytes())["target"]))
    except (OSError, ValueError, KeyError, TypeError):
        return ""
