"""A builder of facts, so that a test says only what matters to it."""

from dataclasses import replace

import pytest

from codemods.findings import Location
from codemods.model import (
    Application,
    Blueprint,
    Callee,
    Decorator,
    Definition,
    Endpoint,
    ErrorHandler,
    Hook,
    Module,
    Project,
    Rule,
    View,
)


class Facts:
    """Definitions and endpoints of an application, line by line in the order they are given."""

    def __init__(self):
        self.definitions = {}
        self.endpoints = []
        self.hooks = []
        self.handlers = []
        self.blueprints = {}
        self.application = Application("shop.wsgi:app")

    def define(self, qualified, *uses, kind="function", decorators=()):
        module, _, name = qualified.rpartition(".")
        names = self.definitions.setdefault(module, {})
        place = Location(f"{module.replace('.', '/')}.py", 10 * (len(names) + 1))
        marks = tuple(Decorator(text, text, place) for text in decorators)
        names[name] = Definition(qualified, kind, place, place.line + 5, frozenset(uses), marks)
        return Callee(qualified, place, owned=True)

    def route(self, name, *uses, rule=None, methods=("GET",), module=None, decorators=(), **view):
        """An endpoint `blueprint.function`, with its view in `shop.<blueprint>` unless another module is given."""
        blueprint, _, function = name.rpartition(".")
        callee = self.define(f"{module or 'shop.' + (blueprint or 'root')}.{function}", *uses)
        marks = tuple(one if isinstance(one, Decorator) else Decorator(one, one, callee.location) for one in decorators)
        rules = rule if isinstance(rule, tuple) else (Rule(rule or f"/{name.replace('.', '/')}", methods),)
        chosen = View(**{"kind": "function", "function": callee, "decorators": marks, **view})
        self.endpoints.append(Endpoint(name, blueprint, chosen, rules))
        if blueprint:
            self.blueprints.setdefault(blueprint, Blueprint(blueprint, f"/{blueprint}"))

    def hook(self, kind, function, blueprint=""):
        self.hooks.append(Hook(kind, blueprint, function, len(self.hooks)))

    def handler(self, function, blueprint="", code=404):
        self.handlers.append(ErrorHandler(blueprint, code, "werkzeug.exceptions.NotFound", function))

    def set(self, **values):
        self.application = replace(self.application, **values)

    def project(self, **values):
        modules = {
            name: Module(name, f"{name.replace('.', '/')}.py", "sha256:0", {}, definitions)
            for name, definitions in self.definitions.items()
        }
        known = {
            "endpoints": tuple(self.endpoints),
            "blueprints": tuple(self.blueprints.values()),
            "hooks": tuple(self.hooks),
            "error_handlers": tuple(self.handlers),
        }
        return Project(self.application, modules, **{**known, **values})


@pytest.fixture
def facts():
    return Facts()
