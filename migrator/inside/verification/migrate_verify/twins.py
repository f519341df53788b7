"""Where the target has its own copy of something that a test replaces, and whether replacing that copy has an effect.

Code that the target *imports* is shared: a test that replaces something in it has replaced it for both sides. Code that
was carried or converted is there twice: the copy is looked for in the target's module of the same name and in the
modules made of the same file.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import flask

from .options import Options


class UnreachableError(Exception):
    """What a test replaces has, or may have, a copy that cannot be replaced."""


class Twins:
    """Finds copies. Files and modules of the target are known once it has been imported."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.root = options.root.resolve()
        self._sources = {str(root / file) for root in (options.root, self.root) for file in options.twins}
        self._files: dict[str, str | None] = {}

    def file_of(self, module: ModuleType) -> str | None:
        """The module's file relative to the project; None for a module that is not the project's own."""
        file = getattr(module, "__file__", None)
        name = getattr(module, "__name__", "")
        if not file or name == self.options.target or name.startswith(f"{self.options.target}."):
            return None
        if file not in self._files:
            self._files[file] = self._relative(file)
        return self._files[file]

    def _relative(self, file: str) -> str | None:
        try:
            relative = Path(file).resolve().relative_to(self.root)
        except ValueError:
            return None
        return None if "site-packages" in relative.parts else relative.as_posix()

    def modules_of(self, module: ModuleType) -> list[ModuleType]:
        """The target's modules that hold code of this module."""
        file = self.file_of(module)
        if file is None:
            return []
        names = [*self.options.twins.get(file, []), *homes(self.options.target, module.__name__)]
        return [sys.modules[one] for one in dict.fromkeys(names) if one in sys.modules]

    def is_loaded(self) -> bool:
        """Whether the application's converted code has been imported: then the target may be, too."""
        return any(getattr(module, "__file__", None) in self._sources for module in list(sys.modules.values()))

    def places(self, owner: Any, name: str, original: Any) -> list[Any]:
        """The places to replace too, each (owner, name); none where both sides share what is replaced.

        Raises UnreachableError where there is, or may be, a copy that cannot be replaced.
        """
        if isinstance(owner, ModuleType):
            return self._places_in_module(owner, name, original)
        if isinstance(owner, flask.Flask):
            return []  # every gateway is bound to it
        if isinstance(owner, type):
            module = sys.modules.get(owner.__module__)
            return self._places_in_object(module, owner.__qualname__, owner, name) if module is not None else []
        for module, variable in self._holders(owner):
            found = self._places_in_object(module, variable, owner, name)
            if found:
                return found
        return []

    def check_item(self, mapping: Any) -> None:
        """Items of a mapping: fine where it is shared. Raises UnreachableError where the target has its own."""
        for module, variable in self._holders(mapping):
            for twin in self.modules_of(module):
                if vars(twin).get(variable, mapping) is not mapping:
                    raise UnreachableError(f"items of {module.__name__}.{variable}: {twin.__name__} has a copy")

    def _places_in_module(self, module: ModuleType, name: str, original: Any) -> list[Any]:
        twins = self.modules_of(module)
        found = [(twin, name) for twin in twins if name in vars(twin)]
        if self._is_state(module, name):
            return found
        changed = [twin.__name__ for twin in twins if f"{name}_from_request" in vars(twin)]
        if changed:
            raise UnreachableError(f"{module.__name__}.{name}: its copy in {changed[0]} takes the request")
        if twins and not found and not self._is_imported(original) and not self._is_left_out(module, name, original):
            places = ", ".join(twin.__name__ for twin in twins)
            raise UnreachableError(f"{module.__name__}.{name}: no such name in {places}")
        for twin, _ in found:
            self._check(module, name, original, vars(twin)[name])
        if self.file_of(module) is not None:
            known = {id(twin) for twin in twins}
            copies = {id(one): one for one in (original, *(vars(twin)[name] for twin, _ in found))}
            for copy in copies.values():
                found += self._imported_elsewhere(module, original, copy, known)
        return found

    def _is_left_out(self, module: ModuleType, name: str, original: Any) -> bool:
        """Whether a function was not carried because no converted code calls it: only legacy code does, as in Flask.

        A module with views is made over as a whole, so there a name that is missing may live on under another one; what
        was carried from any other module keeps its name, but for a number or what it takes of the request.
        """
        if not inspect.isroutine(original) or self.options.twins.get(self.file_of(module) or ""):
            return False
        renamed = re.compile(rf"(\w+_)?{re.escape(name)}(_\d+|_from_request)?")
        return not any(
            inspect.isroutine(value) and renamed.fullmatch(variable)
            for twin in self._target_modules()
            for variable, value in list(vars(twin).items())
        )

    def _is_state(self, module: ModuleType, name: str) -> bool:
        """Whether the target shares this name as state: then it is replaced there, see `state_of`."""
        return self.state_of(module, name) is not None

    def state_of(self, owner: Any, name: str) -> Any:
        """The target's module of shared state and its variable for this name of a module or class; None without one.

        `SHARED` has the variables with their places, as `shop.stock:Shelf.rows`.
        """
        state = sys.modules.get(f"{self.options.target}.state")
        shared = getattr(state, "SHARED", None)
        if not isinstance(owner, (ModuleType, type)) or not isinstance(shared, dict):
            return None
        own = f"{owner.__name__}:" if isinstance(owner, ModuleType) else f"{owner.__module__}:{owner.__qualname__}."
        return next(((state, variable) for variable, place in shared.items() if place == own + name), None)

    def _imported_elsewhere(self, home: ModuleType, original: Any, copy: Any, known: set[int]) -> Iterator[Any]:
        """Names of the target bound to what is replaced or to its copy, where legacy code asks its module each time.

        Legacy code that has its own name for the object is not affected by the replacement, and nor is its copy.
        """
        if isinstance(original, VALUES) or isinstance(copy, VALUES):
            return
        for twin in self._target_modules():
            names = [name for name, value in list(vars(twin).items()) if value is copy]
            if id(twin) in known or not names:
                continue
            sources = [module for module in self._project_modules() if twin in self.modules_of(module)]
            if any(value is original for module in sources if module is not home for value in vars(module).values()):
                continue
            yield from ((twin, name) for name in names)

    def _places_in_object(self, module: ModuleType, path: str, owner: Any, name: str) -> list[Any]:
        if self.state_of(module, path) is not None:
            return []  # the target has adopted this very object
        found = []
        for twin in self.modules_of(module):
            value: Any = twin
            for part in path.split("."):
                value = getattr(value, part, None)
            if value is owner:
                return []
            if value is not None and hasattr(value, name):
                found.append((value, name))
        if not found and self.modules_of(module) and not self._is_imported(owner):
            raise UnreachableError(f"{module.__name__}.{path}.{name}: the target has no such name")
        return found

    def _is_imported(self, wanted: Any) -> bool:
        """Whether a module of the target has this very object."""
        return any(value is wanted for module in self._target_modules() for value in list(vars(module).values()))

    def _check(self, module: ModuleType, name: str, original: Any, twin: Any) -> None:
        if twin is original or not inspect.isroutine(original):
            return
        where = f"{module.__name__}.{name}"
        if inspect.iscoroutinefunction(original) != inspect.iscoroutinefunction(twin) or _names(original) != _names(
            twin
        ):
            raise UnreachableError(f"{where}: its copy takes other arguments")
        if any(call is twin for call in self._dependencies()):
            raise UnreachableError(f"{where}: its copy is a dependency, which routes hold by itself")

    def _dependencies(self) -> Iterator[Any]:
        """Whatever the routes of the target call as dependencies."""
        for module in self._target_modules():
            for value in list(vars(module).values()):
                for route in getattr(value, "routes", None) or () if type(value).__name__ in ROUTERS else ():
                    yield from _calls(getattr(route, "dependant", None))

    def _holders(self, wanted: Any) -> Iterator[Any]:
        """(module, variable) of each module of the project that has this object."""
        for module in self._project_modules():
            for variable, value in list(vars(module).items()):
                if value is wanted:
                    yield module, variable

    def _project_modules(self) -> list[ModuleType]:
        root = str(self.root) + os.sep
        loaded = [one for one in list(sys.modules.values()) if isinstance(one, ModuleType)]
        near = [one for one in loaded if str(getattr(one, "__file__", None) or "").startswith(root)]
        return [one for one in near if self.file_of(one) is not None]

    def _target_modules(self) -> list[ModuleType]:
        prefix = f"{self.options.target}."
        return [module for name, module in list(sys.modules.items()) if name.startswith(prefix)]


ROUTERS = frozenset({"APIRouter", "FastAPI"})
#: what is compared by value and may be the same object by chance; a module is shared in any case
VALUES = (str, bytes, int, float, complex, tuple, frozenset, type(None), ModuleType)


def homes(target: str, module: str) -> list[str]:
    """The target's modules that hold what was carried from a module, by their names.

    The name may be without its first package, `_helpers` keeps it apart from the target's own modules, and what runs
    only beside Flask is in a folder of its own.
    """
    parts = module.split(".")
    names = [".".join(one) for rest in (parts, parts[1:]) if rest for one in (rest, [f"{rest[0]}_helpers", *rest[1:]])]
    return [f"{target}.{folder}{name}" for name in dict.fromkeys(names) for folder in ("", "bridged.")]


def _names(function: Any) -> list[Any]:
    try:
        return [(one.name, one.kind) for one in inspect.signature(function).parameters.values()]
    except (TypeError, ValueError):
        return []


def _calls(dependant: Any) -> Iterator[Any]:
    for one in getattr(dependant, "dependencies", ()):
        yield one.call
        yield from _calls(one)
