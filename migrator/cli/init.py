"""`migrate init`: find the application, show what is missing, start a manifest."""

import os
from pathlib import Path

import click
from rich.table import Table

from migrator.candidates import application_candidates
from migrator.cli.options import importing
from migrator.errors import MigrateError
from migrator.interpreter import Interpreter, find_interpreter, for_target
from migrator.invocation import Invocation
from migrator.journal import recover
from migrator.manifest.model import Manifest
from migrator.manifest.store import load, lock, save
from migrator.manifest.sync import synchronise
from migrator.output import say, stdout, working
from migrator.prerequisites import advice, requirements
from migrator.project import Choices, load_project
from migrator.settings import (
    DEFAULT_TARGET,
    PYPROJECT,
    Settings,
    checked_app,
    checked_target,
    read_settings,
    settings_tables,
    write_settings,
)
from migrator.tree import FIRST, choose, manifest_name, package_of


@click.command("init")
@click.option("--app", metavar="MODULE:NAME", help="The Flask application or its factory, as `flask --app` takes it.")
@click.option(
    "--target", metavar="PACKAGE", help="The package to write, relative to this folder.  [default: fastapi_app]"
)
@importing
@click.pass_context
def command(
    context: click.Context,
    app: str | None,
    target: str | None,
    python: str | None,
    env_file: Path | None,
    static_only: bool,
) -> None:
    """Find the application, check what the migration needs, and start a manifest with every route on Flask.

    Run it in the folder from which the application is imported. It writes migration.json and a [tool.migrate] table in
    pyproject.toml, and nothing else. Run again, it brings the manifest up to date with routes that came or went.

    Another application of the same tree gets a --target of its own, and with it a manifest, a switch and a table that
    are named after it; every command then wants to know which is meant: migrate --application PACKAGE COMMAND.

    To see the application's real routes, its interpreter imports it: that runs the application's code, for 30 seconds
    at most. --static-only never does.

    \b
    Examples:
      migrate init --app shop.wsgi:app
      migrate init --app "shop:create_app()" --target shop_api --env-file .env
      migrate init --app app --python ../venv
      migrate init --app admin.wsgi:app --target admin_api
    """
    invocation: Invocation = context.obj
    root = invocation.directory
    recover(root)
    choose_application(root, app, target, invocation.application)
    settings = chosen_settings(root, app, target, python, env_file, static_only)
    manifest = existing_manifest(root, settings)
    interpreter = None
    if not settings.static_only:
        interpreter = for_target(find_interpreter(root, python, settings.python), root, settings.target)
        show_prerequisites(interpreter)
        say(invocation, f"importing {settings.app} with {interpreter.path}: this runs its code")
    with working(invocation, "reading the project"):
        loaded = load_project(root, settings, Choices(settings.static_only, python, env_file))
    with lock(root):
        added, dropped = synchronise(manifest, loaded.project)
        save(root, manifest)
        wrote = write_settings(root, settings)
    for finding in loaded.findings:
        say(invocation, str(finding))
    total = len(manifest.routes())
    stdout().print(f"{manifest_name()}: {total} route(s), {len(added)} new, {len(dropped)} gone", soft_wrap=True)
    if wrote:
        say(invocation, f"{PYPROJECT}: [tool.migrate] added")
    install = advice(interpreter) if interpreter else None
    if install:
        stdout().print(install, soft_wrap=True)
    say(invocation, "next: `migrate plan` says what can move, and what cannot, and why")
    if loaded.has_unread_files:
        context.exit(1)


def chosen_settings(
    root: Path, app: str | None, target: str | None, python: str | None, env_file: Path | None, static_only: bool
) -> Settings:
    """The settings that are there, or new ones from the options. Raises MigrateError where the two differ."""
    there = read_settings(root)
    if there is None:
        reference = app or os.environ.get("FLASK_APP") or only_candidate(root)
        return Settings(
            app=checked_app(reference, "--app"),
            target=free_target(root, checked_target(target or DEFAULT_TARGET, "--target")),
            python=from_root(root, python),
            env_file=from_root(root, env_file),
            static_only=static_only,
        )
    for name, said, recorded in (("app", app, there.app), ("target", target, there.target)):
        if said is not None and said != recorded:
            raise MigrateError(
                f"{root / PYPROJECT} already says {name} = '{recorded}', not '{said}': change it there; another "
                f"application of this tree gets a target of its own (migrate init --app {app or '…'} --target PACKAGE)"
            )
    return there


def free_target(root: Path, target: str) -> str:
    """The target. Raises MigrateError when a module or package of that name is there: legacy files stay as they are."""
    folder = root / target
    taken = next((path for path in (folder.with_suffix(".py"), *folder.glob("*.py")) if path.exists()), None)
    if taken is not None:
        raise MigrateError(f"{taken}: the target '{target}' is there already: name another package with --target")
    return target


def from_root(root: Path, path: str | Path | None) -> str | None:
    """A path of the command line as the settings have it: relative to the project, with forward slashes."""
    if path is None:
        return None
    return Path(os.path.relpath(Path.cwd() / path, root)).as_posix()


def choose_application(root: Path, app: str | None, target: str | None, wanted: str | None) -> None:
    """Choose the application that is meant: one that there is, or another one, which is named after its target.

    Raises MigrateError where there are several and none is named.
    """
    tables = settings_tables(root)
    packages = {package_of(str(table.get("target", DEFAULT_TARGET))): name for name, table in tables.items()}
    package = wanted or (package_of(checked_target(target, "--target")) if target else None)
    named = [name for name, table in tables.items() if app is not None and table.get("app") == app]
    if not tables or package in packages:
        choose(packages.get(package or "", FIRST))
    elif package is not None and app is not None and not named:
        if package == "switch":
            raise MigrateError("'migration.switch.json' is taken: name the target otherwise")
        choose(package)
    elif len(named) == 1 or len(tables) == 1:
        choose(*(named or tables))
    else:
        raise MigrateError(f"{root} has several applications: choose one with --application: {', '.join(packages)}")


def existing_manifest(root: Path, settings: Settings) -> Manifest:
    """The manifest that is there, or an empty one. Raises MigrateError when it is another application's."""
    if not (root / manifest_name()).exists():
        return Manifest(app=settings.app, target=settings.target)
    manifest = load(root)
    if (manifest.app, manifest.target) != (settings.app, settings.target):
        raise MigrateError(
            f"{root / manifest_name()} is of '{manifest.app}' with target '{manifest.target}', not of '{settings.app}' "
            f"with '{settings.target}': delete it to start again, or give the other one a --target of its own"
        )
    return manifest


def only_candidate(root: Path) -> str:
    """The application when the sources show exactly one. Raises MigrateError with the candidates otherwise."""
    found = application_candidates(root)
    match found:
        case [one]:
            return one
        case []:
            raise MigrateError(f"no Flask application seen in {root}: name it, `migrate init --app package.module:app`")
        case _:
            raise MigrateError(f"several Flask applications: choose one with --app: {', '.join(found)}")


def show_prerequisites(interpreter: Interpreter) -> None:
    """The table of what is there and what is missing."""
    table = Table(title="Prerequisites", title_justify="left")
    for heading in ("", "found", "", "note"):
        table.add_column(heading, overflow="fold")
    for line in requirements(interpreter):
        table.add_row(line.name, line.found, "ok" if line.fits else "missing", line.note)
    stdout().print(table)
