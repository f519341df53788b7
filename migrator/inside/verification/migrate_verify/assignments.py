"""Functions and classes that a test replaces by plain assignment, which no library tells of."""

from __future__ import annotations

import inspect
import sys
from types import ModuleType
from typing import Any

from .replaced import MISSING
from .replacements import Replacements


class Assignments:
    """Looks, before each request, at the functions and classes of modules of which the target has copies.

    An application that binds one of its own functions anew while it runs looks like a test that does: then its test
    runs on Flask or with the same function on both sides, and nothing is lost but evidence.
    """

    def __init__(self, replacements: Replacements) -> None:
        self.replacements = replacements
        self._baseline: list[tuple[ModuleType, str, Any]] = []
        self._seen: dict[tuple[int, str], Any] = {}

    def begin(self) -> None:
        """Remember what there is. To be called when the target has been imported."""
        twins = self.replacements.twins
        modules = [one for one in list(sys.modules.values()) if isinstance(one, ModuleType) and twins.modules_of(one)]
        self._baseline = [
            (module, name, value)
            for module in modules
            for name, value in vars(module).items()
            if (inspect.isroutine(value) or inspect.isclass(value)) and not self.replacements.is_active(module, name)
        ]

    def look(self) -> None:
        """Find what is another object now, and what is its old self again."""
        for module, name, before in self._baseline:
            now = vars(module).get(name, MISSING)
            key = (id(module), name)
            if self._seen.get(key, before) is now:
                continue
            if key in self._seen:
                del self._seen[key]
                self.replacements.restored(key)
            if now is not before and not self.replacements.is_active(module, name):
                self._seen[key] = now
                self.replacements.replaced(key, module, name, before, False)
