"""Imports the application that `--app` names, as `flask --app` does, and notes what it registers meanwhile."""
# ruff: noqa: UP006, UP035, UP045, PTH100, PTH110, PTH112, PTH113, PTH118, PTH120, PTH123

import ast
import functools
import importlib
import inspect
import os
import re
import sys
from typing import Any, Callable, Dict, List, Optional, Tuple

from .callables import OWN_FOLDER, type_name

#: what `watch` saw: rules in the order in which they were bound; each application's blueprints with their whole prefix
BOUND: List[Any] = []
PREFIXES: Dict[Tuple[int, str], Optional[str]] = {}


class InventoryError(Exception):
    """The application named by `--app` could not be had; `kind` says why in one word."""

    def __init__(self, kind: str, message: str, module: Optional[str] = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.module = module


def load_environment(path: str) -> None:
    """Set what an env file says (`KEY=value`, `export KEY="value"`) for names that are not set yet."""
    with open(path, encoding="utf-8") as stream:
        for line in stream:
            found = re.match(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$", line)
            if not found:
                continue
            name, value = found.groups()
            if value[:1] in ("'", '"') and value.count(value[0]) > 1:
                value = value[1 : value.rindex(value[0])]
            else:
                value = re.split(r"\s+#", value)[0]
            os.environ.setdefault(name, value)


def module_of(reference: str, root: str) -> Tuple[str, Optional[str]]:
    """Split `--app` into module and object, as Flask's `ScriptInfo.load_app` does; a file becomes its module."""
    parts = re.split(r":(?![\\/])", reference, maxsplit=1)
    name, attribute = parts[0].strip(), (parts[1] if len(parts) > 1 else None)
    if not name.endswith(".py") and "/" not in name and os.sep not in name:
        return name, attribute
    path = os.path.join(root, name)
    path = path[:-3] if path.endswith(".py") else path
    folder, stem = os.path.split(os.path.abspath(path))
    names = [] if stem == "__init__" else [stem]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        names.insert(0, package)
    sys.path.insert(0, folder)
    return ".".join(names), attribute


def prepare_path(root: str, name: str) -> None:
    """Make the root importable, and `src/` where the module is there; hide the script's own folder."""
    here = os.path.dirname(OWN_FOLDER)
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    top = os.path.join(root, "src", name.split(".")[0])
    if os.path.isdir(top) or os.path.isfile(top + ".py"):
        sys.path.insert(0, os.path.join(root, "src"))
    sys.path.insert(0, root)
    sys.argv = sys.argv[:1]
    os.chdir(root)


def find_application(module: Any, attribute: Optional[str]) -> Tuple[Any, bool]:
    """The Flask application in a module and whether a factory made it, by the rules of `flask.cli`."""
    from flask import Flask

    name = module.__name__
    if attribute is not None:
        return named_application(module, attribute, Flask)
    for candidate in ("app", "application"):
        if isinstance(getattr(module, candidate, None), Flask):
            return getattr(module, candidate), False
    found = {key: value for key, value in vars(module).items() if isinstance(value, Flask)}
    if len({id(value) for value in found.values()}) > 1:
        listed = ", ".join(f"{name}:{key}" for key in sorted(found))
        raise InventoryError("several-applications", "the module has several Flask applications: " + listed, name)
    if found:
        return next(iter(found.values())), False
    for candidate in ("create_app", "make_app"):
        if inspect.isfunction(getattr(module, candidate, None)):
            return named_application(module, candidate, Flask)
    raise InventoryError("no-application", f"no Flask application and no factory in module '{name}'", name)


def named_application(module: Any, text: str, flask_class: type) -> Tuple[Any, bool]:
    """The object that `attribute`, `factory` or `factory(literals)` names."""
    name = module.__name__
    arguments: List[Any] = []
    keywords: Dict[str, Any] = {}
    try:
        expression = ast.parse(text.strip(), mode="eval").body
        if isinstance(expression, ast.Call):
            arguments = [ast.literal_eval(argument) for argument in expression.args]
            keywords = {str(word.arg): ast.literal_eval(word.value) for word in expression.keywords}
            expression = expression.func
        if not isinstance(expression, (ast.Name, ast.Attribute)):
            raise ValueError
        found: Any = module
        for part in text.split("(")[0].strip().split("."):
            found = getattr(found, part)
    except AttributeError:
        raise InventoryError("attribute-missing", f"module '{name}' has no attribute '{text}'", name) from None
    except (SyntaxError, ValueError):
        raise InventoryError("bad-reference", f"'{text}' is no name and no call with literals", name) from None
    if isinstance(found, flask_class):
        return found, False
    if not callable(found):
        raise InventoryError("not-flask", f"'{text}' is a {type_name(found)}, no Flask application", name)
    made = found(*arguments, **keywords)
    if not isinstance(made, flask_class):
        raise InventoryError("not-flask", f"'{text}' gave a {type_name(made)}, no Flask application", name)
    return made, True


def watch() -> None:
    """Note rules and registrations as they happen: a URL map keeps rules by endpoint, nothing keeps the prefixes."""
    from flask.blueprints import BlueprintSetupState
    from werkzeug.routing import Rule

    original_bind: Callable[..., None] = Rule.bind
    original_init: Callable[..., None] = BlueprintSetupState.__init__

    @functools.wraps(original_bind)
    def bind(self: Any, *arguments: Any, **keywords: Any) -> None:
        original_bind(self, *arguments, **keywords)
        BOUND.append(self)

    @functools.wraps(original_init)
    def init(self: Any, *arguments: Any, **keywords: Any) -> None:
        original_init(self, *arguments, **keywords)
        own_name = getattr(self, "name", self.blueprint.name)
        name = f"{getattr(self, 'name_prefix', '')}.{own_name}".lstrip(".")
        PREFIXES[id(self.app), name] = self.url_prefix

    Rule.bind = bind  # type: ignore[method-assign]  # for the life of this short process
    BlueprintSetupState.__init__ = init  # type: ignore[method-assign]  # likewise


def import_application(reference: str, root: str) -> Tuple[Any, bool, str]:
    """Import the application; also whether a factory made it, and its module."""
    name, attribute = module_of(reference, root)
    prepare_path(root, name)
    try:
        watch()
    except ImportError as error:
        raise InventoryError("flask-missing", f"Flask is not installed here: {error}") from error
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        missing = getattr(error, "name", None)
        if missing and (name == missing or name.startswith(missing + ".")):
            raise InventoryError("module-missing", f"there is no module '{missing}' here", missing) from error
        raise
    app, is_factory = find_application(module, attribute)
    return app, is_factory, name
