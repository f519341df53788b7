"""Converts schema modules in tests: the old module and the new one side by side, both imported."""

import ast
import importlib
import itertools
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import marshmallow as ma
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import class_registry
from pydantic import TypeAdapter

from codemods.findings import Location
from codemods.model import Application, Definition, Module, Project
from codemods.schemas import SchemaPlan, analyse, render_module
from codemods.styles import Styles
from codemods.view.imports import Need
from codemods.view.source import Sources

EXACT, IDIOMATIC = Styles(), Styles("idiomatic")
COMPAT = Path(__file__).parents[3] / "codemods" / "compat"
NUMBERS = itertools.count()


def facts(files: Mapping[str, str]) -> Project:
    """What a scan would find out about the files, as far as schemas need it."""
    modules = {}
    for file, source in files.items():
        name = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        modules[name] = Module(name, file, sha256(source.encode()).hexdigest(), *names(name, file, source))
    return Project(Application("app:app"), modules)


def names(module: str, file: str, source: str) -> tuple[dict[str, str], dict[str, Definition]]:
    imports: dict[str, str] = {}
    definitions: dict[str, Definition] = {}
    for node in ast.parse(source).body:
        match node:
            case ast.Import(names=found):
                imports |= {one.asname or one.name.partition(".")[0]: one.name for one in found}
            case ast.ImportFrom(module=str(package), names=found):
                imports |= {one.asname or one.name: f"{package}.{one.name}" for one in found}
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                kind = "function" if isinstance(node, ast.FunctionDef) else "class"
                definitions[name] = definition(module, file, node, name, kind)
            case ast.Assign(targets=[ast.Name(name)], value=value):
                kind = "constant" if isinstance(value, ast.Constant) else "state"
                texts = ast.literal_eval(value) if isinstance(value, ast.Tuple) else ()
                definitions[name] = replace(definition(module, file, node, name, kind), texts=texts)
            case ast.Assign(targets=[ast.Tuple(elts=elements)]):
                bound = [one.id for one in elements if isinstance(one, ast.Name)]
                definitions |= {name: definition(module, file, node, name, "state") for name in bound}
    names_of = partial(resolved, {**{name: f"{module}.{name}" for name in definitions}, **imports})
    return imports, {name: replace(one, uses=frozenset(map(names_of, one.uses))) for name, one in definitions.items()}


def resolved(imports: Mapping[str, str], use: str) -> str:
    root, dot, rest = use.partition(".")
    return f"{imports.get(root, root)}{dot}{rest}"


def definition(module: str, file: str, node: Any, name: str, kind: Any) -> Definition:
    uses = {ast.unparse(one) for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute)}
    return Definition(f"{module}.{name}", kind, Location(file, node.lineno), node.end_lineno, frozenset(uses))


@dataclass(frozen=True)
class Converted:
    """A module of schemas before and after; `plans` by the class's own name, `text` the new module.

    `parts` are the plans of parts of schemas, by their keys.
    """

    plans: Mapping[str, SchemaPlan]
    text: str
    old: ModuleType
    new: ModuleType
    parts: Mapping[str, SchemaPlan]

    def pair(self, name: str) -> tuple[Any, Any, Any]:
        """The old class, and the new ones that load and dump."""
        plan = self.plans[name]
        return getattr(self.old, name), getattr(self.new, plan.load_name), getattr(self.new, plan.dump_name)

    def load(self, name: str, data: Any, **options: Any) -> tuple[Any, Any]:
        """What both sides make of the data."""
        old, new, _ = self.pair(name)
        partial = options.pop("partial", False)
        if partial:
            new = getattr(self.new, self.plans[name].patch_name)
        given = {key: UNKNOWN[value] for key, value in options.items()}
        made = {"partial": True} if partial else {}
        before = outcome(lambda: old(**made).load(data, **given))
        return before, outcome(lambda: self.made(name, new, new.load(data, **options)))

    def load_many(self, name: str, data: Any) -> tuple[Any, Any]:
        """What both sides make of a list."""
        old, new, _ = self.pair(name)
        return outcome(lambda: old(many=True).load(data)), outcome(lambda: self.made(name, new, new.load_many(data)))

    def made(self, name: str, new: Any, loaded: Any) -> Any:
        """What the old code got, of what was loaded."""
        finish = self.plans[name].after_load or "to_dict"
        if self.plans[name].makes_whole:
            return getattr(new, finish)(loaded)
        return [getattr(one, finish)() for one in loaded] if isinstance(loaded, list) else getattr(loaded, finish)()

    def dump(self, name: str, source: Any) -> tuple[Any, Any]:
        """What both sides make of an object."""
        old, _, new = self.pair(name)
        return outcome(lambda: old().dump(source)), outcome(lambda: new.dump(source))

    def assert_alike(self, name: str, *inputs: Any) -> None:
        """Both sides load and dump each of these alike, one by one and all at once."""
        old, new, shown = self.pair(name)
        for one in inputs:
            before, after = self.load(name, one)
            assert after == before, one
            before, after = self.dump(name, one)
            assert after == before, one
            assert outcome(lambda one=one: new.problems(one)) == outcome(lambda one=one: old().validate(one)), one
        many = list(inputs)
        before, after = self.load_many(name, many)
        assert after == before
        assert outcome(lambda: new.problems_many(many)) == outcome(lambda: old(many=True).validate(many))
        assert outcome(lambda: shown.dump_many(many)) == outcome(lambda: old(many=True).dump(many))


UNKNOWN = {"forbid": ma.RAISE, "ignore": ma.EXCLUDE, "allow": ma.INCLUDE}


def outcome(call: Any) -> Any:
    """What a call returns, the messages that it refuses with, or the kind of error that it raises."""
    try:
        return "is", comparable(call())
    except Exception as error:
        if isinstance(messages := getattr(error, "messages", None), list | dict):
            return "refused", messages
        return "raised", "error"


def comparable(value: Any) -> Any:
    """The value in a form that equals that of the other side: objects by class name and attributes."""
    if isinstance(value, dict):
        return {key: comparable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(comparable(one) for one in value)
    if hasattr(value, "__dict__") and not callable(value):
        return type(value).__name__, repr(sorted(vars(value).items()))
    return repr(value)


def plans_of(source: str, **others: str) -> Mapping[str, SchemaPlan]:
    """The plans of a module's schemas by class name, without writing anything."""
    files = {"app.py": source, **{f"{name}.py": text for name, text in others.items()}}
    plans = analyse(facts(files), Sources({file: text.encode() for file, text in files.items()}))
    return {one.name: one for one in plans.values()}


def idiomatic_plans(source: str, styles: Styles = IDIOMATIC, is_worded: bool = True) -> Mapping[str, SchemaPlan]:
    """As `plans_of`, with these styles."""
    plans = analyse(facts({"app.py": source}), Sources({"app.py": source.encode()}), styles=styles, is_worded=is_worded)
    return {one.name: one for one in plans.values()}


def converted(tmp_path: Path, source: str, *, extra: str = "", styles: Styles = EXACT) -> Converted:
    """The module converted, written and imported. All of its schemas have to convert."""
    number = next(NUMBERS)
    legacy, target = f"schemas_legacy_{number}", f"schemas_target_{number}"
    files = {f"{legacy}.py": source}
    project = facts(files)
    plans = analyse(project, Sources({file: text.encode() for file, text in files.items()}), styles=styles)
    found = [str(finding) for plan in plans.values() for finding in plan.findings]
    assert not found, found
    located = {f"{legacy}.{name}": Need(legacy, name) for name in project.modules[legacy].definitions}
    text = render_module(plans, legacy, located)
    package = tmp_path / target
    shutil.copytree(COMPAT, package / "compat", ignore=shutil.ignore_patterns("__pycache__"))
    (package / "schemas").mkdir()
    for file in (package / "__init__.py", package / "schemas" / "__init__.py"):
        file.write_text("")
    (package / "schemas" / f"{legacy}.py").write_text(text + extra)
    (tmp_path / f"{legacy}.py").write_text(source)
    sys.path.insert(0, str(tmp_path))
    class_registry._registry.clear()  # names of nested schemas are looked up in it: those of this module only
    try:
        old = importlib.import_module(legacy)
        new = importlib.import_module(f"{target}.schemas.{legacy}")
    finally:
        sys.path.remove(str(tmp_path))
    own = {one.name: one for one in plans.values() if one.origin == one.qualified}
    parts = {key: one for key, one in plans.items() if one.origin != one.qualified}
    for model in {getattr(new, name) for one in plans.values() for name in (one.load_name, one.dump_name) if name}:
        for mode in ("validation", "serialization"):
            TypeAdapter(model).json_schema(mode=mode)  # OpenAPI tells of both, and fails as a whole where one does
    return Converted(own, text, old, new, parts)


@pytest.fixture
def convert(tmp_path: Path) -> Callable[[str], Converted]:
    """Converts a module of schemas and imports both."""
    return partial(converted, tmp_path)


IMPORTS = """\
import datetime as dt
import enum
import functools
import re

from marshmallow import *
from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, post_dump, post_load, pre_dump, pre_load
from marshmallow import validate, validates, validates_schema

"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 20) | st.floats(-5, 20) | st.text("ab1 @.", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcx"), inner, max_size=3),
    max_leaves=6,
)
FUZZ = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def prove(convert: Callable[[str], Converted]) -> Callable[..., Converted]:
    """Converts a module with a `Subject`, and compares both sides on these inputs and on what is drawn for its keys,
    whole and in part."""

    def proved(source: str, *inputs: Any, keys: Sequence[str] = "abcx") -> Converted:
        both = convert(f"{IMPORTS}{source}\n\ndef patch(data):\n    return Subject().load(data, partial=True)\n")
        both.assert_alike("Subject", *inputs)
        drawn = st.dictionaries(st.sampled_from([*keys, "other"]), JSON, max_size=len(keys) + 1) | JSON

        @FUZZ
        @given(data=drawn | st.sampled_from(inputs or ({},)))
        def fuzz(data: Any) -> None:
            both.assert_alike("Subject", data)
            before, after = both.load("Subject", data, partial=True)
            assert after == before

        fuzz()
        return both

    return proved


@pytest.fixture
def plan() -> Callable[..., Mapping[str, SchemaPlan]]:
    """The plans of a module's schemas by class name, without writing anything."""
    return plans_of


@pytest.fixture
def plans_in_style() -> Callable[..., Mapping[str, SchemaPlan]]:
    """The plans of a module's schemas by class name, in the idiomatic style or as it is said."""
    return idiomatic_plans


@pytest.fixture
def facts_of() -> Callable[[str], tuple[Project, Sources, Mapping[str, SchemaPlan]]]:
    """The facts, files and plans of a project of one module."""

    def found(source: str) -> tuple[Project, Sources, Mapping[str, SchemaPlan]]:
        project, sources = facts({"app.py": source}), Sources({"app.py": source.encode()})
        return project, sources, analyse(project, sources)

    return found
