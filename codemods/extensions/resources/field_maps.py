"""Dictionaries and models of fields, by which Flask-RESTful and Flask-RESTX write objects, each as a class.

task_fields = {                                    class TaskFields(Fields):
    "id": fields.Integer,                 →            id: Annotated[int, Integer()]
    "title": fields.String(attribute="name"),          title: Annotated[str | None, String(attribute="name")]
}
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from codemods.extensions.basis.dialects import RESTFUL, Dialect
from codemods.extensions.basis.objects import made_by, made_object
from codemods.findings import Location
from codemods.literals import as_literal, is_literal
from codemods.model import Module, Project
from codemods.schemas.fields.argument_maps import camel
from codemods.view.imports import Need
from codemods.view.names import meaning, split
from codemods.view.refusal import Refused, refuse
from codemods.view.source import Sources

from .field_names import documented, usable
from .named_maps import FIELDS_UNREADABLE, named_map

TEXTS = {"title", "description", "example"}
"""What fields document and hold nobody to."""


@dataclass(frozen=True, slots=True)
class FieldsClass:
    """A dictionary of fields as the text of classes, the last of which is its own.

    `helpers` are names by the compat module, `parts` what the text takes from the project's module, `others` are the
    classes of other dictionaries. `links` tells that there are URLs, for which the request is needed;
    `tells_all` that nothing of what the fields document is computed.
    """

    name: str
    text: str
    helpers: frozenset[Need]
    parts: tuple[ast.expr, ...]
    others: frozenset[str]
    links: bool
    tells_all: bool = True


Others = Callable[[str], FieldsClass]
"""Gives the class for the dictionary of a qualified name; raises `Refused`."""


@dataclass(frozen=True, slots=True)
class FieldsReader:
    """Reads the dictionaries and models of one module."""

    project: Project
    sources: Sources
    module: Module
    others: Others
    dialect: Dialect = RESTFUL

    def fields_class(self, node: ast.expr, name: str, about: str) -> FieldsClass:
        """The class for a dictionary or model; raises `Refused`."""
        reading = _Reading(self.project, self.sources, self.module, self.others, self.dialect)
        reading.classes(name, node, about)
        return reading.made(name, "\n\n".join(reading.texts))

    def single_field(self, node: ast.expr, name: str) -> FieldsClass:
        """One field as an expression, which is the text; raises `Refused`, also where it has dictionaries in it."""
        reading = _Reading(self.project, self.sources, self.module, self.others, self.dialect)
        _, text = reading.field(node, name)
        if reading.texts:
            raise reading.refuse(node)
        return reading.made(name, text)

    def model_name(self, node: ast.expr) -> str:
        """The name that a model is given; empty for what is none, or has no constant name."""
        reading = _Reading(self.project, self.sources, self.module, self.others, self.dialect)
        match node:
            case ast.Call(args=[ast.Constant(value=str() as name), *_]) if reading.maker_of(node):
                return name
            case _:
                return ""


@dataclass(slots=True)
class _Reading:
    """Reads one dictionary and those that are written in it; for the fields in `entries_told` a class tells limits."""

    project: Project
    sources: Sources
    module: Module
    others: Others
    dialect: Dialect
    texts: list[str] = field(default_factory=list)
    helpers: set[Need] = field(default_factory=set)
    parts: list[ast.expr] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    links: bool = False
    tells_all: bool = True
    entries_told: set[ast.expr] = field(default_factory=set)

    def made(self, name: str, text: str) -> FieldsClass:
        return FieldsClass(
            name, text, frozenset(self.helpers), tuple(self.parts), frozenset(self.named), self.links, self.tells_all
        )

    def place(self, node: ast.AST) -> Location:
        return Location(self.module.file, getattr(node, "lineno", 1))

    def refuse(self, node: ast.AST) -> Refused:
        return refuse(FIELDS_UNREADABLE, self.place(node), f"'{ast.unparse(node).splitlines()[0]}'")

    def meaning(self, node: ast.AST) -> str:
        return meaning(self.project, self.module, node)

    def use(self, name: str) -> str:
        """A name of the dialect's compat modules, which is imported."""
        self.helpers.add(Need(self.dialect.module_of(name), name))
        return name

    def classes(self, name: str, node: ast.expr, about: str) -> None:
        """The class of a dictionary or model, behind those of the dictionaries in it."""
        self.use("Fields")
        lines = []
        for key, value in self.entries(node):
            self.entries_told.add(value)
            annotation, text = self.field(value, f"{name.removesuffix('Fields')}{camel(key)}Fields")
            own = usable(key)
            told = ([f'alias="{key}"'] if own != key else []) + documented(self.dialect, value)
            shown = f", Field({', '.join(told)})" if told else ""
            self.helpers |= {Need("pydantic", "Field")} if told else set()
            default = " = None" if self.dialect.models and annotation.endswith("| None") else ""
            lines.append(f"    {own}: Annotated[{annotation}, {text}{shown}]{default}\n")
        if len({one.split(":")[0] for one in lines}) != len(lines) or not lines:
            raise self.refuse(node)
        self.texts.append(f'class {name}(Fields):\n    """{about}"""\n\n{self.options(node)}{"".join(lines)}')

    def options(self, node: ast.expr) -> str:
        """What a model says of keys that are none of its fields, and which fields are shown where nobody asks."""
        words = node.keywords if isinstance(node, ast.Call) and self.maker_of(node) == "model" else []
        given = {one.arg: one.value for one in words}
        lines = []
        strict = given.get("strict", ast.Constant(False))
        self.tells_all &= is_literal(strict)
        if ast.unparse(strict) == "True":
            self.helpers.add(Need("pydantic", "ConfigDict"))
            lines.append('    model_config = ConfigDict(extra="forbid")\n')
        match given.get("mask", ast.Constant(None)):
            case ast.Constant(value=None | ""):
                pass
            case ast.Constant(value=str() as mask):
                self.helpers.add(Need("typing", "ClassVar"))
                lines.append(f"    default_mask: ClassVar[str] = {as_literal(mask)}\n")
            case _:
                raise self.refuse(node)
        return "".join([*lines, "\n"]) if lines else ""

    def entries(self, node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
        """The fields by key, those of other dictionaries that are spread in it included."""
        pairs: Sequence[tuple[ast.expr | None, ast.expr]]
        if isinstance(node, ast.Call) and (maker := self.maker_of(node)):
            yield from self.entries_of_model(node, maker)
            return
        match node:
            case ast.Dict(keys=keys, values=values):
                pairs = list(zip(keys, values, strict=True))
            case ast.Call(func=func, args=[ast.List(elts=elts)], keywords=[]) if self.is_dict(func) and all(
                isinstance(one, ast.Tuple) and len(one.elts) == 2 for one in elts
            ):
                pairs = [(one.elts[0], one.elts[1]) for one in elts if isinstance(one, ast.Tuple)]
            case ast.Call(func=func, args=[], keywords=words) if self.is_dict(func):
                pairs = [(ast.Constant(one.arg) if one.arg else None, one.value) for one in words]
            case _:
                raise self.refuse(node)
        found: dict[str, ast.expr] = {}
        for key, value in pairs:
            match key:
                case ast.Constant(value=str() as name) if name.isprintable() and '"' not in name and "\\" not in name:
                    found[name] = value
                case None:
                    found |= dict(self.entries(self.spread(value)))
                case _:
                    raise self.refuse(node)
        yield from found.items()

    def maker_of(self, call: ast.Call) -> str:
        """How a model is made: `model`, `inherit` or `clone`; empty for what is no model."""
        if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name | ast.Attribute):
            return ""
        qualified = self.meaning(call.func)
        if (made_by(self.project, self.sources, qualified) or "") in self.dialect.models:
            return call.func.attr
        parent = made_object(self.project, self.sources, qualified.rpartition(".")[0])
        by = made_by(self.project, self.sources, parent.maker) if parent is not None else None
        return call.func.attr if by in self.dialect.models and call.func.attr in ("inherit", "clone") else ""

    def entries_of_model(self, call: ast.Call, maker: str, whole: bool = True) -> Iterator[tuple[str, ast.expr]]:
        """The fields of a model by key; only its own without those that it inherits, unless `whole`."""
        if maker == "model":
            if len(call.args) != 2 or any(one.arg in (None, "name", "model") for one in call.keywords):
                raise self.refuse(call)
            yield from self.part(call.args[1], False)
            return
        specs = list(call.args[1:])
        assert isinstance(call.func, ast.Attribute)
        if (made_by(self.project, self.sources, self.meaning(call.func)) or "") not in self.dialect.models:
            specs.insert(0, call.func.value)
        if call.keywords or not specs or not isinstance(call.args[0], ast.Constant):
            raise self.refuse(call)
        found: dict[str, ast.expr] = {}
        if maker == "clone":
            for one in specs:
                found |= dict(self.part(one, False))
        else:
            found |= dict(self.part(specs[-1], False))
            for one in specs[:-1] if whole else ():
                inherited = dict(self.part(one, True))
                self.tells_all &= not inherited.keys() & found.keys()  # a body is held to both
                found |= inherited
            if any(self.kind_of_field(one) == "Wildcard" for one in found.values()):
                raise self.refuse(call)
        yield from found.items()

    def part(self, node: ast.expr, whole: bool) -> Iterator[tuple[str, ast.expr]]:
        """The fields that a model takes from another, or from a dictionary."""
        if isinstance(node, ast.Name | ast.Attribute):
            node = self.spread(node)
        if isinstance(node, ast.Call) and (maker := self.maker_of(node)):
            yield from self.entries_of_model(node, maker, whole)
        else:
            yield from self.entries(node)

    def kind_of_field(self, node: ast.expr) -> str | None:
        """The library's field that an expression makes; None for what is none."""
        func = node.func if isinstance(node, ast.Call) else node
        return self.kind_of(self.meaning(func)) if isinstance(func, ast.Name | ast.Attribute) else None

    def is_dict(self, func: ast.expr) -> bool:
        return ast.unparse(func) in ("dict", "OrderedDict", "collections.OrderedDict")

    def spread(self, node: ast.expr) -> ast.expr:
        """The dictionary of this module whose fields stand in another."""
        module, _, value = named_map(self.project, self.sources, self.meaning(node), self.place(node))
        if module is not self.module:
            raise self.refuse(node)
        return value

    def field(self, node: ast.expr, inner: str) -> tuple[str, str]:
        """The type that clients see, and the expression that makes the field; `inner` would be a class in it."""
        match node:
            case ast.Dict():
                name = self.inner(node, inner)
                self.use("Inside")
                return name, f"Inside({name})"
            case ast.Call(func=func) if self.is_dict(func):
                name = self.inner(node, inner)
                self.use("Inside")
                return name, f"Inside({name})"
            case ast.Call(func=ast.Name() | ast.Attribute() as func):
                return self.made_field(node, self.meaning(func), inner)
            case ast.Name() | ast.Attribute():
                return self.named_field(node, inner)
            case _:
                raise self.refuse(node)

    def named_field(self, node: ast.Name | ast.Attribute, inner: str) -> tuple[str, str]:
        """A class of fields, or what a module keeps under a name: a field, or a dictionary of some."""
        found = self.meaning(node)
        if self.kind_of(found) is not None:
            return self.made_field(ast.Call(node, [], []), found, inner)
        module, _, value = named_map(self.project, self.sources, found, self.place(node))
        if isinstance(value, ast.Call) and not self.is_dict(value.func) and not self.maker_of(value):
            if module is not self.module:
                raise self.refuse(node)
            return self.field(value, inner)
        name = self.inner(node, inner)
        self.use("Inside")
        return name, f"Inside({name})"

    def inner(self, node: ast.expr, name: str) -> str:
        """The class for a dictionary in a field, which is written out there or has a name of its own."""
        if isinstance(node, ast.Name | ast.Attribute):
            qualified = self.meaning(node)
            made = self.others(qualified)
            self.named.add(qualified)
            self.links |= made.links
            self.tells_all &= made.tells_all
            return made.name
        self.classes(name, node, "A part of what clients see.")
        return name

    def kind_of(self, qualified: str) -> str | None:
        """The library's field that a class is, or inherits from; None for what is no class of fields."""
        if qualified.startswith(f"{self.dialect.library}."):
            name = qualified.removeprefix(f"{self.dialect.library}.")
            return name if name in self.dialect.names else None
        module, name = split(self.project, qualified)
        definition = module.definitions.get(name) if module is not None else None
        if module is None or definition is None or definition.kind != "class":
            return None
        piece = self.sources.piece(definition.location, name)
        bases = piece.bases if isinstance(piece, ast.ClassDef) else []
        if len(bases) != 1 or not isinstance(bases[0], ast.Name | ast.Attribute):
            return None
        methods = {one.name for one in ast.walk(piece) if isinstance(one, ast.FunctionDef)}
        if self.dialect.models and "schema" in methods:
            return None
        base = meaning(self.project, module, bases[0])
        return None if base == qualified else self.kind_of(base)

    def made_field(self, call: ast.Call, qualified: str, inner: str) -> tuple[str, str]:
        kind = self.kind_of(qualified)
        is_own = not qualified.startswith(f"{self.dialect.library}.")
        if kind is None or (is_own and kind not in self.dialect.bases) or any(one.arg is None for one in call.keywords):
            raise self.refuse(call)
        if is_own:
            self.parts.append(call.func)
            text, shown = ast.unparse(call.func), "Any"
        else:
            self.use(kind)
            text, shown = kind, self.dialect.shown.get(kind, "Any")
        self.links |= kind == "Url"
        arguments = [*((None, one) for one in call.args), *((one.arg, one.value) for one in call.keywords)]
        if self.dialect.models and not is_own:
            arguments = self.telling(call, kind)
        texts = []
        for place, (name, value) in enumerate(arguments):
            if kind == "Nested" and (name in ("nested", "model") or (name is None and place == 0)):
                shown = self.inner(value, inner)
                texts.append(shown)
            elif kind in ("List", "Wildcard") and (name == "cls_or_instance" or (name is None and place == 0)):
                each, made = self.item(value, inner) if kind == "List" else self.field(value, inner)
                shown = f"list[{each}]" if kind == "List" else each
                texts.append(made)
            else:
                self.parts.append(value)
                shown_value = as_literal(value.value) if isinstance(value, ast.Constant) else ast.unparse(value)
                texts.append(f"{name}={shown_value}" if name else shown_value)
        if self.may_be_null(kind, dict(arguments), call) and (shown != "Any" or self.dialect.models):
            shown = f"{shown.removesuffix(' | None')} | None"
        return shown, f"{text}({', '.join(texts)})"

    def item(self, node: ast.expr, inner: str) -> tuple[str, str]:
        """The type of what is in a list, with what is told of it there, and the expression that makes the field."""
        told = documented(self.dialect, node)
        self.entries_told.add(node)
        self.helpers |= {Need("pydantic", "Field")} if told else set()
        shown, made = self.field(node, inner)
        return (f"Annotated[{shown}, Field({', '.join(told)})]" if told else shown), made

    def telling(self, call: ast.Call, kind: str) -> list[tuple[str | None, ast.expr]]:
        """The arguments that decide what is written: the first ones as they stand, others by name; raises `Refused`."""
        names = self.dialect.arguments.get(kind, self.dialect.common)
        if len(call.args) > len(names):
            raise self.refuse(call)
        given = [*zip(names, call.args, strict=False), *((one.arg or "", one.value) for one in call.keywords)]
        if any(name in ("mask", "discriminator") for name, _ in given):
            raise self.refuse(call)
        kept = ("nullable", "as_list") if kind == "Nested" else ()
        told = {*self.dialect.documented, "nullable", "as_list"} - set(kept)
        deciding = [(name, value) for name, value in given if name not in told]
        checking = told - TEXTS - {"required", "readonly", "nullable", "as_list"}
        is_told = call in self.entries_told
        self.tells_all &= is_told or not any(name in checking for name, _ in given)
        self.tells_all &= all(is_literal(value) for name, value in given if name in told - TEXTS)
        first = names[0] if names and names[0] not in self.dialect.common else ""
        return [(None if name == first else name, value) for name, value in deciding]

    def may_be_null(self, kind: str, given: dict[str | None, ast.expr], call: ast.Call) -> bool:
        if self.dialect.models:
            return not any(one.arg == "required" and ast.unparse(one.value) == "True" for one in call.keywords)
        if kind in self.dialect.never_null:
            return False
        default = given.get("default")
        if default is None and kind in ("Integer", "String", "Float", "Boolean") and call.args:
            default = call.args[0]
        if default is not None:
            return not isinstance(default, ast.Constant) or default.value is None
        return (kind != "Integer" or not self.dialect.zero) and (
            kind != "Nested" or len(call.args) > 1 or "allow_null" in given
        )
