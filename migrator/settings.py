"""The user's settings: `[tool.migrate]` in pyproject.toml, read strictly and written once by `init`.

[tool.migrate]
app = "shop.wsgi:app"            # module:attribute; a factory is written "shop:create_app()"
target = "fastapi_app"           # the package to write, relative to this file
python = ".venv/bin/python"      # the application's interpreter, when it is not found by itself
env-file = ".env"                # variables for the application, never copied anywhere
pythonpath = ["src"]             # folders to import the application from, besides this one
include = ["shop/**"]            # what to read; everything when empty
exclude = ["legacy_scripts/**"]
static-only = false              # true: never import the application
apart = false                    # true: Flask runs in a process of its own; always so below Python 3.11
gateway-python = ".venv-fastapi/bin/python"   # what runs FastAPI and the gateway then

[tool.migrate.parity]
json-dates = "preserve"

[tool.migrate.schema-styles]     # how converted schemas are written: "exact" or "idiomatic"
default = "exact"
"shop.schemas.OrderSchema" = "idiomatic"

[tool.migrate.gate]              # what `migrate watch --gate` allows, see migrator/traffic/limits.py
p95 = 1.5

[tool.migrate.applications.admin_api]   # another application of this tree, by the package that it is converted to
app = "admin.wsgi:app"
"""

import difflib
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from codemods.parity import CHOICES, DIFFERENCES, Choice
from codemods.styles import DEFAULT, STYLES, Styles
from migrator.errors import MigrateError
from migrator.files import write_atomically
from migrator.traffic.limits import Gate, gate_from
from migrator.tree import FIRST, chosen

PYPROJECT = "pyproject.toml"
DEFAULT_TARGET = "fastapi_app"


@dataclass(frozen=True, slots=True)
class Settings:
    """What `[tool.migrate]` says. Paths are relative to the project's root and written with forward slashes.

    `others` are the targets of the tree's other applications.
    """

    app: str
    target: str = DEFAULT_TARGET
    python: str | None = None
    env_file: str | None = None
    pythonpath: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    static_only: bool = False
    apart: bool = False
    gateway_python: str | None = None
    parity: Mapping[str, Choice] = field(default_factory=dict)
    styles: Styles = field(default_factory=Styles)
    gate: Gate = field(default_factory=Gate)
    others: tuple[str, ...] = ()

    @property
    def unread(self) -> tuple[str, ...]:
        """What is not to be read of the tree, besides the target: the targets of other applications, too."""
        return (*self.exclude, *(f"{one}/**" for one in self.others))

    @property
    def package(self) -> str:
        """The import name of the target package."""
        return PurePosixPath(self.target).name

    @property
    def adopted(self) -> frozenset[str]:
        """The kinds of wire difference on which FastAPI's own behaviour is taken."""
        return frozenset(name for name, choice in self.parity.items() if choice == "adopt")

    @property
    def digest(self) -> str:
        """A digest of what decides the generated code and the application that it is compared with.

        Not of how the application is started (interpreter, environment), which differs between machines.
        """
        deciding: list[object] = [
            self.app,
            self.target,
            self.pythonpath,
            self.include,
            self.exclude,
            sorted(self.adopted),
        ]
        deciding += ["apart"] if self.apart else []
        if self.styles.wants_idiomatic:
            deciding += [self.styles.default, sorted(self.styles.named.items())]
        return f"sha256:{hashlib.sha256(json.dumps(deciding).encode()).hexdigest()}"


def read_settings(root: Path) -> Settings | None:
    """The settings of the chosen application of the project at `root`; None without their table.

    Raises MigrateError for a file that is not TOML, a key that is not known, a value of the wrong type.
    """
    file = root / PYPROJECT
    tables = settings_tables(root)
    if chosen() not in tables:
        return None
    others = {name: str(table.get("target", DEFAULT_TARGET)) for name, table in tables.items() if name != chosen()}
    settings = settings_from(tables[chosen()], str(file), chosen())
    return replace(settings, others=tuple(sorted(others.values())))


def settings_tables(root: Path) -> dict[str, dict[str, Any]]:
    """The tables of a tree's applications, by what chooses each. Raises MigrateError for a file that is not TOML."""
    file = root / PYPROJECT
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MigrateError(f"{file}: cannot be read: {error}") from error
    table = document.get("tool", {}).get("migrate")
    if table is None:
        return {}
    further = table.get("applications", {})
    if not isinstance(further, dict) or not all(isinstance(one, dict) for one in further.values()):
        raise MigrateError(f"{file}: [tool.migrate] applications: a table for each application is expected")
    first = {key: value for key, value in table.items() if key != "applications"}
    found = {name: {"target": name, **one} for name, one in further.items()}
    return {FIRST: first, **found} if first or not found else found


KEYS: Mapping[str, type | tuple[type, ...]] = {
    "app": str,
    "target": str,
    "python": str,
    "env-file": str,
    "pythonpath": list,
    "include": list,
    "exclude": list,
    "static-only": bool,
    "apart": bool,
    "gateway-python": str,
    "parity": dict,
    "schema-styles": dict,
    "gate": dict,
}


def settings_from(table: Mapping[str, Any], where: str, name: str = FIRST) -> Settings:
    """Settings out of an application's parsed table. Raises MigrateError as `read_settings` does."""
    title = f"[tool.migrate.applications.{name}]" if name else "[tool.migrate]"
    for key, value in table.items():
        if key not in KEYS:
            raise MigrateError(f"{where}: {title} has no key '{key}'{nearest(key, KEYS)}")
        wanted = KEYS[key]
        listed = isinstance(value, list) and all(isinstance(one, str) for one in value)
        if not isinstance(value, wanted) or (wanted is list and not listed):
            raise MigrateError(f"{where}: {title} {key} = {value!r}: {_wanted(wanted)} is expected")
    if "app" not in table:
        raise MigrateError(f'{where}: {title} does not say which application: add app = "package.module:app"')
    parity = table.get("parity", {})
    for name, choice in parity.items():
        if name not in DIFFERENCES:
            raise MigrateError(f"{where}: [tool.migrate.parity] has no switch '{name}'{nearest(name, DIFFERENCES)}")
        if choice not in CHOICES:
            raise MigrateError(f"{where}: [tool.migrate.parity] {name} = {choice!r}: 'preserve' or 'adopt' is expected")
    return Settings(
        app=checked_app(table["app"], where),
        target=checked_target(table.get("target", DEFAULT_TARGET), where),
        python=table.get("python"),
        env_file=table.get("env-file"),
        pythonpath=tuple(table.get("pythonpath", ())),
        include=tuple(table.get("include", ())),
        exclude=tuple(table.get("exclude", ())),
        static_only=table.get("static-only", False),
        apart=table.get("apart", False),
        gateway_python=table.get("gateway-python"),
        parity=dict(parity),
        styles=styles_from(table.get("schema-styles", {}), where),
        gate=gate_from(table.get("gate", {}), where),
    )


def styles_from(table: Mapping[str, Any], where: str) -> Styles:
    """The styles of schemas. Raises MigrateError for a style that there is not."""
    for name, style in table.items():
        if style not in STYLES:
            raise MigrateError(
                f"{where}: [tool.migrate.schema-styles] {name} = {style!r}: 'exact' or 'idiomatic' is expected"
            )
    return Styles(table.get(DEFAULT, "exact"), {name: style for name, style in table.items() if name != DEFAULT})


def checked_app(app: str, where: str) -> str:
    """The reference as it is: what `flask --app` takes. Raises MigrateError for one that cannot be read."""
    module, _, attribute = app.partition(":")
    if not module.strip() or (":" in app and not attribute.strip()):
        raise MigrateError(
            f"{where}: '{app}' names no application: write module:attribute, such as shop.wsgi:app, "
            f'or "shop:create_app()" for a factory'
        )
    return app


def checked_target(target: str, where: str) -> str:
    """The target with forward slashes. Raises MigrateError for one that is no package below the project."""
    path = PurePosixPath(target.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.name.isidentifier():
        raise MigrateError(f"{where}: target '{target}' must be a package below the project, such as fastapi_app")
    return str(path)


def write_settings(root: Path, settings: Settings) -> bool:
    """Append the table to pyproject.toml unless it is there; whether anything was written. Nothing else is touched."""
    file = root / PYPROJECT
    if read_settings(root) is not None:
        return False
    title = f"[tool.migrate.applications.{chosen()}]" if chosen() else "[tool.migrate]"
    lines = [title, f"app = {json.dumps(settings.app)}", f"target = {json.dumps(settings.target)}"]
    if settings.python:
        lines.append(f"python = {json.dumps(settings.python, ensure_ascii=False)}")
    if settings.env_file:
        lines.append(f"env-file = {json.dumps(settings.env_file, ensure_ascii=False)}")
    if settings.static_only:
        lines.append("static-only = true")
    before = file.read_bytes().decode("utf-8") if file.exists() else ""
    newline = "\r\n" if "\r\n" in before else "\n"
    gap = "" if not before else newline if before.endswith("\n") else newline * 2
    write_atomically(file, (before + gap + newline.join(lines) + newline).encode())
    return True


def nearest(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """` (did you mean 'x' or 'y'?)`, or the empty string where nothing is near."""
    found = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f" (did you mean {' or '.join(repr(one) for one in found)}?)" if found else ""


def _wanted(kind: type | tuple[type, ...]) -> str:
    names = {str: "a text", list: "a list of texts", bool: "true or false", dict: "a table"}
    return names[kind] if isinstance(kind, type) else "another type"
