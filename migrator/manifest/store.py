"""Reading and writing `migration.json`: whole or not at all, one writer at a time, never a version we do not know."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from migrator.errors import MigrateError
from migrator.files import read_bytes, write_atomically
from migrator.manifest.lock import locked
from migrator.manifest.model import VERSION, Manifest
from migrator.manifest.upgrade import UPGRADES
from migrator.tree import applications, chosen, manifest_name

STATE_FOLDER = ".migrate"


def find_root(directory: Path) -> Path:
    """The nearest folder, from `directory` upwards, that has a manifest. Raises MigrateError without one."""
    for folder in (directory, *directory.parents):
        if applications(folder):
            return folder
    raise MigrateError(
        f"no {manifest_name()} in {directory} or above: start with `migrate init --app package.module:app`"
    )


def load(root: Path) -> Manifest:
    """The manifest at `root`, upgraded in memory when it is older.

    Raises MigrateError when it is missing, cut short, in conflict, of a newer version, or not of the manifest's shape.
    """
    file = root / manifest_name()
    content = read_bytes(file)
    if content is None:
        raise MigrateError(f"no {file.name} in {root}: start with `migrate init --app package.module:app`")
    return parse(content, file)


def parse(content: bytes, file: Path) -> Manifest:
    """The manifest in `content`; `file` is for messages. Raises MigrateError as `load` does."""
    restore = f"restore it (`git checkout -- {file.name}`) or delete it and run `migrate init`; nothing was written"
    try:
        document = json.loads(content)
    except ValueError as error:
        if b"\n<<<<<<< " in content:
            raise MigrateError(f"{file}: has unresolved merge conflicts: resolve them, then `migrate apply`") from error
        raise MigrateError(f"{file}: is cut short or damaged ({error}): {restore}") from error
    if not isinstance(document, dict) or not isinstance(document.get("version"), int):
        raise MigrateError(f"{file}: is not a migration manifest: it has no version; {restore}")
    version = document["version"]
    if version > VERSION:
        raise MigrateError(
            f"{file}: has version {version}, this migrate knows up to {VERSION}: upgrade migrate "
            f"(`uv tool upgrade flask-to-fastapi`); nothing was written"
        )
    for step in range(version, VERSION):
        document = UPGRADES[step](document)
    try:
        return Manifest.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = " → ".join(map(str, first["loc"]))
        raise MigrateError(f"{file}: at {place}: {first['msg']}: {restore}") from error


def dump(manifest: Manifest) -> bytes:
    """The manifest's bytes: keys sorted, so that branches which migrate different blueprints merge."""
    document: Any = manifest.model_dump(mode="json", by_alias=True)
    head = {key: document.pop(key) for key in ("version", "app", "target")}
    ordered = json.loads(json.dumps(document, sort_keys=True))
    return (json.dumps({**head, **ordered}, indent=2, ensure_ascii=False) + "\n").encode()


def save(root: Path, manifest: Manifest) -> None:
    """Write the manifest. Call it while `editing` or `locked` holds the lock."""
    content = dump(manifest)
    if read_bytes(root / manifest_name()) != content:
        write_atomically(root / manifest_name(), content)


@contextmanager
def lock(root: Path) -> Iterator[None]:
    """Hold the project's lock: one migrate at a time writes. Raises MigrateError when another holds it too long."""
    with locked(state_folder(root) / "lock"):
        yield


@contextmanager
def editing(root: Path) -> Iterator[Manifest]:
    """The manifest under its lock; saved when the block ends well, untouched when it raises."""
    with lock(root):
        manifest = load(root)
        yield manifest
        save(root, manifest)


def state_folder(root: Path) -> Path:
    """`.migrate`, for the lock, the journal and what can be made again; it keeps itself out of git."""
    folder = root / STATE_FOLDER
    try:
        folder.mkdir(exist_ok=True)
        if not (folder / ".gitignore").exists():
            (folder / ".gitignore").write_text("*\n")
    except OSError as error:
        raise MigrateError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return folder


def own_folder(root: Path) -> Path:
    """The part of `.migrate` that belongs to the chosen application alone."""
    folder = state_folder(root) / chosen()
    folder.mkdir(exist_ok=True)
    return folder
