"""From paths and bytes to modules: which file is which module, and its syntax tree or why there is none."""

import ast
import io
import re
import tokenize
import tomllib
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from codemods.findings import Finding, Location

from .diagnostics import SYNTAX_ERROR, UNKNOWN_ENCODING
from .pairs import separated


def is_test(path: str) -> bool:
    """Whether a file belongs to the project's tests, by its name or that of a folder around it."""
    return any(part.startswith("test") or part == "conftest.py" for part in PurePosixPath(path).parts)


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A module and its file."""

    name: str
    file: str
    is_package: bool


def module_files(sources: Mapping[str, bytes], app: str, loaded: Mapping[str, str]) -> dict[str, ModuleFile]:
    """The project's modules by name. `loaded` are those that the live application has, which win."""
    roots = package_roots(sources, app, loaded)
    found: dict[str, ModuleFile] = {}
    for file in sorted(path for path in sources if path.endswith(".py")):
        root = max((root for root in roots if file.startswith(root)), key=len)
        stem = file[len(root) : -len(".py")]
        is_package = stem == "__init__" or stem.endswith("/__init__")
        name = stem.removesuffix("__init__").rstrip("/").replace("/", ".")
        if name:
            found.setdefault(name, ModuleFile(name, file, is_package))
    for name, file in loaded.items():
        if file in sources:
            found[name] = ModuleFile(name, file, file.endswith("/__init__.py"))
    return found


def package_roots(sources: Mapping[str, bytes], app: str, loaded: Mapping[str, str]) -> frozenset[str]:
    """The folders that modules are named from: the root, `src/`, those of pyproject.toml, the app, what is loaded."""
    roots = {""}
    if any(path.startswith("src/") for path in sources) and "src/__init__.py" not in sources:
        roots.add("src/")
    roots.update(configured_roots(sources.get("pyproject.toml", b"")))
    module = app.partition(":")[0].replace(".", "/")
    for name, file in [*loaded.items(), *((module.replace("/", "."), path) for path in sources)]:
        stem = name.replace(".", "/")
        for ending in (f"{stem}.py", f"{stem}/__init__.py"):
            if file == ending or (name in loaded and file.endswith("/" + ending)):
                roots.add(file.removesuffix(ending))
    if not any(root + module + ending in sources for root in roots for ending in (".py", "/__init__.py")):
        endings = (f"/{module}.py", f"/{module}/__init__.py")
        candidates = sorted(
            (path for path in sources if path.endswith(endings)), key=lambda path: (path.count("/"), path)
        )
        for path in candidates[:1]:
            roots.add(next(path.removesuffix(ending[1:]) for ending in endings if path.endswith(ending)))
    return frozenset(roots)


def configured_roots(pyproject: bytes) -> Iterable[str]:
    """Package folders that pyproject.toml names for setuptools or Poetry."""
    try:
        tool = tomllib.loads(pyproject.decode()).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return
    setuptools = tool.get("setuptools", {}) if isinstance(tool, dict) else {}
    packages = setuptools.get("packages", {})
    folders = list(packages.get("find", {}).get("where", ())) if isinstance(packages, dict) else []
    folders += [folder for name, folder in setuptools.get("package-dir", {}).items() if name == ""]
    poetry = tool.get("poetry", {}).get("packages", ())
    folders += [entry["from"] for entry in poetry if isinstance(entry, dict) and "from" in entry]
    for folder in folders:
        cleaned = str(folder).strip("./")
        if cleaned:
            yield cleaned + "/"


def parse(file: str, source: bytes) -> ast.Module | Finding:
    """The syntax tree, or the finding that says why there is none (PEP 263 says which encoding a file is in)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are the user's business
            return separated(ast.parse(source))
    except SyntaxError as error:
        if _encoding(source) is None or "codec can't" in str(error) or "encoding" in str(error.msg):
            return Finding(UNKNOWN_ENCODING, Location(file, error.lineno or 1), str(error.msg))
        return Finding(SYNTAX_ERROR, Location(file, error.lineno or 1), str(error.msg))
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes; nesting beyond the parser's stack
        return Finding(SYNTAX_ERROR, Location(file, 1), str(error))


def _encoding(source: bytes) -> str | None:
    try:
        return tokenize.detect_encoding(io.BytesIO(source).readline)[0]
    except SyntaxError:
        return None


MARKERS = re.compile(rb"[Ff]lask|Blueprint|add_url_rule|\.route\(|\.register_blueprint\(")


def speaks_of_flask(source: bytes) -> bool:
    """Whether a file has any of the words without which it declares no application, blueprint or route."""
    return MARKERS.search(source) is not None
