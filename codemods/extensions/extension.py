"""The shape of what is known of one extension of Flask's, beside the rules for its names."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import libcst as cst

from codemods.findings import Finding
from codemods.model import Decorator, Hook, Project
from codemods.view.imports import Need
from codemods.view.source import Sources


@dataclass(frozen=True, slots=True)
class Dependency:
    """An extension's decorator as a dependency: what `Depends` is given, and the definition of what that calls."""

    name: str
    expression: str
    text: str
    needs: frozenset[Need]


@dataclass(frozen=True, slots=True)
class ExtensionHook:
    """An extension's hook as a function of the target: its name, and the text that defines it."""

    name: str
    text: str
    needs: frozenset[Need]


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension, by the top-level `package` that applications import.

    `decorators` make dependencies of its decorators of views; `calls` name the function that does a decorator's work
    where it stands around a wrapper. `helper` is the compat module that its names become; beside a Flask application
    `handlers` replaces the error handlers that it registers, also for errors of the `libraries` that it uses, and
    `before` runs ahead of all hooks. `hooks` converts hooks that it registers, by qualified name. `exceptions` are its
    classes that have a counterpart. `problem` tells what keeps code on Flask that reaches these names of the extension.
    """

    package: str
    decorators: Mapping[str, Callable[[Sources, Decorator, cst.BaseExpression], Dependency]] = field(
        default_factory=dict
    )
    calls: Mapping[str, str] = field(default_factory=dict)
    helper: str = ""
    libraries: frozenset[str] = frozenset()
    handlers: Need | None = None
    before: Need | None = None
    hooks: Mapping[str, Callable[[Project, Sources, Hook], ExtensionHook | Finding]] = field(default_factory=dict)
    exceptions: Mapping[str, Need] = field(default_factory=dict)
    problem: Callable[[Project, Sources, Collection[str]], Finding | None] | None = None
