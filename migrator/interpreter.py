"""The application's interpreter: which Python runs the user's code, how it was found, and what is installed there."""

import ast
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from migrator.child import child_environment, run_inside
from migrator.errors import MigrateError

#: distribution → why it is wanted in the application's environment
WANTED = {
    "flask": "the application",
    "werkzeug": "the application",
    "fastapi": "the new side",
    "starlette": "the new side and the gateway",
    "pydantic": "the new side",
    "uvicorn": "migrate run, or any other ASGI server",
    "python-multipart": "forms and uploads",
    "itsdangerous": "sessions",
    "jinja2": "templates",
}
NEEDED = ("fastapi", "uvicorn", "python-multipart", "itsdangerous")
IMPORTED = {
    "aniso8601": "aniso8601",
    "backports": "backports.zstd",
    "brotli": "brotli",
    "itsdangerous": "itsdangerous",
    "jinja2": "jinja2",
    "jsonschema": "jsonschema",
    "jwt": "pyjwt",
    "limits": "limits",
    "markupsafe": "markupsafe",
    "wtforms": "wtforms",
}
"""What helpers in a target import, which an extension of Flask may have brought along, with its distribution."""
OLDER_ONLY = {"backports.zstd": (3, 14)}
"""Distributions that Python has itself from a version on."""
GATEWAY_SINCE = (3, 11)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python, where the choice came from, its version, and version or None for each distribution in `WANTED`.

    `imported` are the distributions that the helpers of a target import beside these.
    """

    path: Path
    origin: str
    version: str
    distributions: Mapping[str, str | None] = field(default_factory=dict)
    imported: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The version as numbers, major and minor."""
        return tuple(int(part) for part in self.version.split(".")[:2])

    @property
    def runs_gateway(self) -> bool:
        """Whether FastAPI and Flask can share this interpreter: FastAPI 0.165 needs Python 3.11."""
        return self.numbers >= GATEWAY_SINCE

    @property
    def missing(self) -> tuple[str, ...]:
        """The distributions that the new side needs and that are not there."""
        needed = dict.fromkeys((*NEEDED, *self.imported))
        return tuple(name for name in needed if not self.distributions.get(name))

    @property
    def install_command(self) -> str:
        """What to type to install what is missing."""
        return f"{self.path} -m pip install {' '.join(self.missing)}"


def find_interpreter(root: Path, option: str | None = None, setting: str | None = None) -> Interpreter:
    """The application's interpreter: `--python`, the settings, `$VIRTUAL_ENV`, `.venv` or `venv`, else our own.

    One that was named must be there and have Flask; one that was only found is passed over without it.
    Raises MigrateError when none is left.
    """
    looked = []
    for origin, path in _candidates(root, option, setting):
        named = origin in ("--python", "settings")
        if not path.is_file():
            if named:
                raise MigrateError(f"{path}: there is no interpreter ({origin}): name the application's own Python")
            continue
        found = examine(path, origin, root)
        if found.distributions.get("flask"):
            return found
        if named:
            raise MigrateError(f"{path}: has no Flask ({origin}): name the Python that runs the application")
        looked.append(f"{path} ({origin})")
    raise MigrateError(
        f"no interpreter with Flask: looked at {', '.join(looked)}; name the application's with --python"
    )


def find_gateway_interpreter(root: Path, application: Interpreter, setting: str | None) -> Interpreter:
    """What runs FastAPI and the gateway where Flask has a process of its own: `gateway-python`, or else the
    application's interpreter where that is new enough, or our own.

    Raises MigrateError when the one in the settings is not there.
    """
    if setting is None:
        return application if application.runs_gateway else examine(Path(sys.executable), "migrate's own", root)
    path = _executable(Path(setting), root)
    if not path.is_file():
        raise MigrateError(f"{path}: there is no interpreter (gateway-python): name a Python 3.11 with FastAPI")
    return examine(path, "gateway-python", root)


def examine(path: Path, origin: str, root: Path) -> Interpreter:
    """Ask an interpreter what it is. Raises MigrateError when it does not run."""
    facts = run_inside(path, "versions.py", list(WANTED), root=root, environment=child_environment()).document
    return Interpreter(path, origin, facts["version"], facts["distributions"])


def for_target(interpreter: Interpreter, root: Path, target: str) -> Interpreter:
    """The interpreter, asked for what the helpers of a target import as well, if there are any yet.

    Raises MigrateError when it does not run.
    """
    names = imported(root / target)
    wanted = tuple(one for one in names if interpreter.numbers < OLDER_ONLY.get(one, (sys.maxsize,)))
    if not wanted:
        return interpreter
    facts = run_inside(interpreter.path, "versions.py", list(wanted), root=root, environment=child_environment())
    known = {**interpreter.distributions, **facts.document["distributions"]}
    return replace(interpreter, distributions=known, imported=wanted)


def imported(target: Path) -> tuple[str, ...]:
    """The distributions, beside FastAPI, Flask and what they need, that helpers in a target import."""
    found: set[str] = set()
    for file in target.glob("compat/*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            match node:
                case ast.Import(names=names):
                    found.update(one.name.partition(".")[0] for one in names)
                case ast.ImportFrom(module=str(name), level=0):
                    found.add(name.partition(".")[0])
    return tuple(distribution for name, distribution in IMPORTED.items() if name in found)


def _candidates(root: Path, option: str | None, setting: str | None) -> Iterator[tuple[str, Path]]:
    if option:
        yield "--python", _executable(Path(option), Path.cwd())
        return
    if setting:
        yield "settings", _executable(Path(setting), root)
        return
    if os.environ.get("VIRTUAL_ENV"):
        yield "$VIRTUAL_ENV", _inside_environment(Path(os.environ["VIRTUAL_ENV"]))
    for name in (".venv", "venv"):
        yield name, _inside_environment(root / name)
    yield "migrate's own", Path(sys.executable)


def _executable(path: Path, base: Path) -> Path:
    """The path as it stands (a link into an environment must stay one); a folder is an environment's."""
    path = base / path.expanduser()
    return _inside_environment(path) if path.is_dir() else path


def _inside_environment(folder: Path) -> Path:
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"
