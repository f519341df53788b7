"""Settings that lie outside the code, in files and in the environment.

Preserves: `config.from_pyfile`, `from_envvar`, `from_file` and `from_prefixed_env`: names in capitals only, JSON in the
environment's values, `__` in its names for what is nested; a file that may be missing, and one that may not.

To live without it: a class of `pydantic-settings` with a field for each setting.
"""

import errno
import json
import os
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MISSING = frozenset({errno.ENOENT, errno.EISDIR, errno.ENOTDIR})


def python_file(folder: str, filename: str | os.PathLike[str], silent: bool = False) -> dict[str, Any]:
    """The names in capitals that a Python file leaves behind when it is run; nothing where `silent` and it is missing.

    Raises OSError where the file cannot be read, and whatever the file raises.
    """
    path = Path(folder, filename)
    module = types.ModuleType("config")
    module.__file__ = str(path)
    try:
        exec(compile(path.read_bytes(), path, "exec"), module.__dict__)
    except OSError as error:
        if silent and error.errno in MISSING:
            return {}
        raise
    return in_capitals(vars(module))


def python_file_of(folder: str, variable_name: str, silent: bool = False) -> dict[str, Any]:
    """`python_file` for the one that a variable of the environment names.

    Raises RuntimeError where the variable is not set, unless `silent`.
    """
    name = os.environ.get(variable_name)
    if name:
        return python_file(folder, name, silent)
    if silent:
        return {}
    raise RuntimeError(f"The environment variable {variable_name!r} is not set: it names the file with the settings")


def data_file(
    folder: str,
    filename: str | os.PathLike[str],
    load: Callable[[Any], Mapping[str, Any]],
    silent: bool = False,
    text: bool = True,
) -> dict[str, Any]:
    """The entries in capitals of a file of JSON, TOML and the like; nothing where `silent` and it is missing.

    Raises OSError where the file cannot be read, and whatever `load` raises.
    """
    try:
        with Path(folder, filename).open("r" if text else "rb") as file:
            return in_capitals(load(file))
    except OSError as error:
        if silent and error.errno in MISSING - {errno.ENOTDIR}:
            return {}
        raise


def add_environment(
    settings: dict[str, Any], prefix: str = "FLASK", *, loads: Callable[[str], Any] = json.loads
) -> None:
    """Add the variables that start with a prefix; `PREFIX_A__B` is the entry `B` of the setting `A`."""
    for variable in sorted(os.environ):
        if not variable.startswith(f"{prefix}_"):
            continue
        value: Any = os.environ[variable]
        try:
            value = loads(value)
        except Exception:  # what cannot be loaded is the text itself
            value = os.environ[variable]
        *parents, name = variable.removeprefix(f"{prefix}_").split("__")
        inner = settings
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[name] = value


def in_capitals(values: Mapping[str, Any]) -> dict[str, Any]:
    """The entries whose names are in capitals."""
    return {name: value for name, value in values.items() if name.isupper()}
