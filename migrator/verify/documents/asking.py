"""The documents: what the live application and FastAPI say of themselves, or what stands in a file."""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from migrator.child import run_inside
from migrator.errors import MigrateError
from migrator.settings import Settings

TIME_LIMIT = 60.0
Documents = list[tuple[str, Mapping[str, Any]]]


def ask_both(
    python: Path, root: Path, settings: Settings, environment: Mapping[str, str]
) -> tuple[Documents, Mapping[str, Any], list[str]]:
    """The documents that the Flask application serves, with their paths, FastAPI's, and the paths that were asked.

    Raises MigrateError when the application cannot be asked.
    """
    home = str(root / PurePosixPath(settings.target).parent)
    environment = {**environment, "PYTHONPATH": f"{environment.get('PYTHONPATH', '')}:{home}".strip(":")}
    arguments = ["--app", settings.app, "--root", str(root), "--target", settings.package]
    answer = run_inside(
        python, "documents.py", arguments, root=root, environment=environment, time_limit=TIME_LIMIT
    ).document
    if "error" in answer:
        message = f"'{settings.app}' cannot be asked: {answer['error']['message']}"
        raise MigrateError(message, answer["error"]["traceback"])
    return [(path, document) for path, document in answer["flask"]], answer["fastapi"], answer["asked"]


def read_document(file: Path) -> Mapping[str, Any]:
    """A document in a file. Raises MigrateError when there is none in it."""
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise MigrateError(f"{file}: is not a JSON document: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("paths"), dict):
        raise MigrateError(f"{file}: is not an OpenAPI document: it has no `paths`")
    return found
