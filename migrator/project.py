"""Loads a project: settings, sources, and the live application, joined by the scan into one `Project`."""

import ast
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codemods.findings import Finding
from codemods.model import Project
from codemods.scan.link import late_findings
from codemods.scan.scan import scan
from migrator.child import read_env_file, run_inside, search_path
from migrator.errors import MigrateError
from migrator.interpreter import Interpreter, find_interpreter
from migrator.invocation import Choices as Choices
from migrator.settings import Settings, nearest
from migrator.sources import Sources, read_sources

#: findings of these codes mean that a file could not be read or parsed: the exit code says so
UNREAD_FILES = frozenset({"FM001", "FM002", "FM009"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """A project as it is now. `interpreter` is None when the application was not imported; `trees` are the syntax trees
    of what the scan has parsed, where it keeps them."""

    root: Path
    settings: Settings
    sources: Sources
    project: Project
    interpreter: Interpreter | None = None
    trees: dict[str, ast.Module] | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What concerns the project as a whole: unread files, what the scan says, what could not be parsed since."""
        return (*self.sources.findings, *self.project.findings, *late_findings(self.project))

    @property
    def is_apart(self) -> bool:
        """Whether Flask runs in a process of its own."""
        return runs_apart(self.settings, self.interpreter)

    @property
    def has_unread_files(self) -> bool:
        """Whether some file could not be read or parsed, while the rest went on."""
        return any(finding.code in UNREAD_FILES for finding in self.findings)


def runs_apart(settings: Settings, interpreter: Interpreter | None) -> bool:
    """Whether Flask runs in a process of its own: the settings say so, or its Python is too old for FastAPI."""
    return settings.apart or (interpreter is not None and not interpreter.runs_gateway)


def load_project(root: Path, settings: Settings, choices: Choices | None = None, keeps_trees: bool = False) -> Loaded:
    """Read the sources, ask the live application (unless `static_only`) and join both.

    `keeps_trees` is for what reads the same files again; they take a gigabyte for a million lines.
    Raises MigrateError when the application cannot be imported, with its module and line.
    """
    choices = choices or Choices()
    sources = read_sources(root, settings.target, settings.include, settings.unread)
    interpreter, inventory = None, None
    if not (choices.static_only or settings.static_only):
        interpreter = find_interpreter(root, choices.python, settings.python)
        inventory = read_inventory(root, settings, interpreter, choices.env_file)
    trees: dict[str, ast.Module] | None = {} if keeps_trees else None
    project = scan(sources.files, settings.app, inventory, trees)
    check_styles(settings, project)
    return Loaded(root, settings, sources, project, interpreter, trees)


def check_styles(settings: Settings, project: Project) -> None:
    """Raise MigrateError for a style of a schema that the project does not define."""
    if not settings.styles.named:
        return  # to know all definitions means to parse every module
    known = {
        f"{module.name}.{name}": module
        for module in project.modules.values()
        for name, definition in module.definitions.items()
        if definition.kind != "function"
    }
    for schema in settings.styles.named:
        if schema not in known:
            raise MigrateError(
                f"[tool.migrate.schema-styles]: the project defines no schema '{schema}'{nearest(schema, known)}; "
                f"write the module and the class, or 'default' for all schemas"
            )


def application_environment(
    root: Path, settings: Settings, env_file: Path | None = None, importable: bool = False
) -> dict[str, str]:
    """The variables that the application's process gets besides ours: the search path and the environment file's.

    Variables that are set already win over the file's, as with `flask run`. `importable` puts the root itself on the
    path, and `src/` where there is one, for a process that does not do so by itself.
    """
    file = env_file or (root / settings.env_file if settings.env_file else None)
    listed = read_env_file(file) if file else {}
    folders = list(settings.pythonpath)
    if importable:
        folders += [".", *(["src"] if (root / "src").is_dir() else [])]
    fresh = {key: value for key, value in listed.items() if key not in os.environ}
    return {**fresh, **search_path(root, folders)}


def read_inventory(
    root: Path, settings: Settings, interpreter: Interpreter, env_file: Path | None = None
) -> Mapping[str, Any]:
    """What the live application says of itself. Raises MigrateError when it cannot be imported."""
    answer = run_inside(
        interpreter.path,
        "inventory.py",
        ["--app", settings.app, "--root", str(root)],
        root=root,
        environment=application_environment(root, settings, env_file),
    )
    error = answer.document.get("error")
    if error is not None:
        raise import_failed(settings.app, error)
    return answer.document


def import_failed(app: str, error: Mapping[str, Any]) -> MigrateError:
    """One line for the user out of what the inventory reports: what, which module, which line, what to do."""
    place = f"{error['file']}:{error['line']}: " if error.get("file") and error.get("line") else ""
    message = " ".join(str(error["message"]).split())
    match error["kind"]:
        case "module-missing":
            what = f"{message} (looked for '{app}')"
            advice = (
                "write it as Python imports it from this folder, or name its folder under pythonpath in [tool.migrate]"
            )
        case "attribute-missing" | "no-application" | "not-flask" | "bad-reference":
            what, advice = (
                message,
                "say which object is the Flask application: --app module:attribute or 'module:factory()'",
            )
        case "several-applications":
            what, advice = (
                message,
                "choose one with --app; each gets a manifest of its own, with a --target of its own",
            )
        case "flask-missing":
            what, advice = message, "name the application's interpreter with --python"
        case _:
            kind = str(error.get("exception", "")).rpartition(".")[2]
            what = f"'{app}' cannot be imported: {kind}: {message}"
            advice = "mend the import (--env-file gives it variables), or use --static-only"
    return MigrateError(
        f"{place}{what}; {advice}", str(error.get("traceback", "")) if error["kind"] == "exception" else ""
    )
