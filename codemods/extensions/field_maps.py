"""Flask-RESTful's dictionaries of fields, each as a class.

task_fields = {                                    class TaskFields(Fields):
    "id": fields.Integer,                 →            id: Annotated[int, Integer()]
    "title": fields.String(attribute="name"),          title: Annotated[str | None, String(attribute="name")]
}
"""

import ast
import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from codemods.findings import Diagnostic, Location
from codemods.model import Module, Project
from codemods.schemas.argument_maps import camel
from codemods.view.names import canonical, split
from codemods.view.refusal import Refused, refuse
from codemods.view.source import Piece, Sources

from .options import quoted

LIBRARY = "flask_restful.fields"
HELPER = ".compat.marshalling"

FIELDS_UNREADABLE = Diagnostic(
    "FM776",
    "blocked",
    "fields of Flask-RESTful that cannot be read from their module",
    "Which fields clients see, or how they are written, is decided while the application runs, or by a class that "
    "changes more than one value.",
    "Write the fields in one dictionary at the top of a module, and let classes of your own inherit from simple fields "
    "and have the methods format or output.",
)

SHOWN = {
    "String": "str", "Integer": "int", "Float": "float", "Boolean": "bool", "Fixed": "str", "Price": "str",
    "Arbitrary": "str", "DateTime": "str", "FormattedString": "str", "Url": "str",
}  # fmt: skip
"""What clients see of a field, beside null."""
BASES = frozenset({"Raw", *SHOWN} - {"Url"})
"""The fields that classes of a project may inherit from."""
NEVER_NULL = frozenset({"FormattedString", "Url"})
OF_MODELS = frozenset({"construct", "copy", "dict", "fields_of", "from_orm", "json", "schema", "validate"})
"""Names of Pydantic's own on models."""
CHANGES = frozenset({"update", "pop", "popitem", "setdefault", "clear"})


@dataclass(frozen=True, slots=True)
class FieldsClass:
    """A dictionary of fields as the text of classes, the last of which is its own.

    `helpers` are names of the compat module, `parts` what the text takes from the project's module, `others` are the
    classes of other dictionaries. `links` tells that there are URLs, for which the request is needed.
    """

    name: str
    text: str
    helpers: frozenset[str]
    parts: tuple[ast.expr, ...]
    others: frozenset[str]
    links: bool


Others = Callable[[str], FieldsClass]
"""Gives the class for the dictionary of a qualified name; raises `Refused`."""


def class_name(name: str) -> str:
    """`task_fields` as a class: `TaskFields`; `author` as well: `AuthorFields`."""
    found = camel(name)
    return found if found.endswith("Fields") else f"{found}Fields"


def fields_class(
    project: Project, sources: Sources, module: Module, node: ast.expr, name: str, about: str, others: Others
) -> FieldsClass:
    """The class for a dictionary, or for one field; raises `Refused`."""
    reading = _Reading(project, sources, module, others)
    reading.classes(name, node, about)
    return reading.made(name, "\n\n".join(reading.texts))


def single_field(
    project: Project, sources: Sources, module: Module, node: ast.expr, name: str, others: Others
) -> FieldsClass:
    """One field as an expression, which is the text; classes of dictionaries in it are not read. Raises `Refused`."""
    reading = _Reading(project, sources, module, others)
    _, text = reading.field(node, name)
    if reading.texts:
        raise reading.refuse(node)
    return reading.made(name, text)


def named_map(project: Project, sources: Sources, qualified: str) -> tuple[Module, str, ast.expr]:
    """The module, name and value of a dictionary that a module makes once; raises `Refused`."""
    module, name = split(project, qualified)
    definition = module.definitions.get(name) if module is not None else None
    if module is None or definition is None or definition.rebound or definition.kind in ("function", "class"):
        raise refuse(FIELDS_UNREADABLE, definition.location if definition is not None else None, f"'{qualified}'")
    value = sources.value(module, name)
    if value is None or _changed(project, sources, module, name):
        raise refuse(FIELDS_UNREADABLE, definition.location, f"'{name}' is changed")
    return module, name, value


def _changed(project: Project, sources: Sources, home: Module, name: str) -> bool:
    """Whether code anywhere puts something into a dictionary, or takes it out."""
    for module in project.modules.values():
        if name.encode() not in sources.files.get(module.file, b""):
            continue
        for node in ast.walk(sources.tree(module.file)):
            match node:
                case ast.Subscript(value=target, ctx=ast.Store() | ast.Del()):
                    pass
                case ast.Call(func=ast.Attribute(value=target, attr=attr)) if attr in CHANGES:
                    pass
                case ast.AugAssign(target=target):
                    pass
                case _:
                    continue
            if meaning(project, module, target) == f"{home.name}.{name}":
                return True
    return False


@dataclass(slots=True)
class _Reading:
    """Reads one dictionary and those that are written in it."""

    project: Project
    sources: Sources
    module: Module
    others: Others
    texts: list[str] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    parts: list[ast.expr] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    links: bool = False

    def made(self, name: str, text: str) -> FieldsClass:
        return FieldsClass(name, text, frozenset(self.helpers), tuple(self.parts), frozenset(self.named), self.links)

    def refuse(self, node: ast.AST) -> Refused:
        place = Location(self.module.file, getattr(node, "lineno", 1))
        return refuse(FIELDS_UNREADABLE, place, f"'{ast.unparse(node).splitlines()[0]}'")

    def meaning(self, node: ast.AST) -> str:
        return meaning(self.project, self.module, node)

    def classes(self, name: str, node: ast.expr, about: str) -> None:
        """The class of a dictionary, behind those of the dictionaries in it."""
        self.helpers.add("Fields")
        lines = []
        for key, value in self.entries(node):
            annotation, text = self.field(value, f"{name.removesuffix('Fields')}{camel(key)}Fields")
            own = usable(key)
            alias = f', Field(alias="{key}")' if own != key else ""
            self.helpers |= {"Field"} if alias else set()
            lines.append(f"    {own}: Annotated[{annotation}, {text}{alias}]\n")
        if len({one.split(":")[0] for one in lines}) != len(lines) or not lines:
            raise self.refuse(node)
        self.texts.append(f'class {name}(Fields):\n    """{about}"""\n\n{"".join(lines)}')

    def entries(self, node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
        """The fields by key, those of other dictionaries that are spread in it included."""
        pairs: Sequence[tuple[ast.expr | None, ast.expr]]
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

    def is_dict(self, func: ast.expr) -> bool:
        return ast.unparse(func) in ("dict", "OrderedDict", "collections.OrderedDict")

    def spread(self, node: ast.expr) -> ast.expr:
        """The dictionary of this module whose fields stand in another."""
        module, _, value = named_map(self.project, self.sources, self.meaning(node))
        if module is not self.module:
            raise self.refuse(node)
        return value

    def field(self, node: ast.expr, inner: str) -> tuple[str, str]:
        """The type that clients see, and the expression that makes the field; `inner` would be a class in it."""
        match node:
            case ast.Dict():
                name = self.inner(node, inner)
                self.helpers.add("Inside")
                return name, f"Inside({name})"
            case ast.Call(func=func) if self.is_dict(func):
                name = self.inner(node, inner)
                self.helpers.add("Inside")
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
        module, _, value = named_map(self.project, self.sources, found)
        if isinstance(value, ast.Call) and not self.is_dict(value.func):
            if module is not self.module:
                raise self.refuse(node)
            return self.field(value, inner)
        name = self.inner(node, inner)
        self.helpers.add("Inside")
        return name, f"Inside({name})"

    def inner(self, node: ast.expr, name: str) -> str:
        """The class for a dictionary in a field, which is written out there or has a name of its own."""
        if isinstance(node, ast.Name | ast.Attribute):
            qualified = self.meaning(node)
            made = self.others(qualified)
            self.named.add(qualified)
            self.links |= made.links
            return made.name
        self.classes(name, node, "A part of what clients see.")
        return name

    def kind_of(self, qualified: str) -> str | None:
        """The library's field that a class is, or inherits from; None for what is no class of fields."""
        if qualified.startswith(f"{LIBRARY}."):
            name = qualified.removeprefix(f"{LIBRARY}.")
            return name if name in {*SHOWN, "Raw", "Nested", "List"} else None
        module, name = split(self.project, qualified)
        definition = module.definitions.get(name) if module is not None else None
        if module is None or definition is None or definition.kind != "class":
            return None
        piece = self.sources.piece(definition.location, name)
        bases = piece.bases if isinstance(piece, ast.ClassDef) else []
        if len(bases) != 1 or not isinstance(bases[0], ast.Name | ast.Attribute):
            return None
        base = meaning(self.project, module, bases[0])
        return None if base == qualified else self.kind_of(base)

    def made_field(self, call: ast.Call, qualified: str, inner: str) -> tuple[str, str]:
        kind = self.kind_of(qualified)
        is_own = not qualified.startswith(f"{LIBRARY}.")
        if kind is None or (is_own and kind not in BASES) or any(one.arg is None for one in call.keywords):
            raise self.refuse(call)
        if is_own:
            self.parts.append(call.func)
            text, shown = ast.unparse(call.func), "Any"
        else:
            self.helpers.add(kind)
            text, shown = kind, SHOWN.get(kind, "Any")
        self.links |= kind == "Url"
        arguments = [*((None, one) for one in call.args), *((one.arg, one.value) for one in call.keywords)]
        texts = []
        for place, (name, value) in enumerate(arguments):
            if kind == "Nested" and (name == "nested" or (name is None and place == 0)):
                shown = self.inner(value, inner)
                texts.append(shown)
            elif kind == "List" and (name == "cls_or_instance" or (name is None and place == 0)):
                each, made = self.field(value, inner)
                shown = f"list[{each}]"
                texts.append(made)
            else:
                self.parts.append(value)
                shown_value = quoted(value.value) if isinstance(value, ast.Constant) else ast.unparse(value)
                texts.append(f"{name}={shown_value}" if name else shown_value)
        if self.may_be_null(kind, dict(arguments), call) and shown != "Any":
            shown += " | None"
        return shown, f"{text}({', '.join(texts)})"

    def may_be_null(self, kind: str, given: dict[str | None, ast.expr], call: ast.Call) -> bool:
        if kind in NEVER_NULL:
            return False
        default = given.get("default")
        if default is None and kind in ("Integer", "String", "Float", "Boolean") and call.args:
            default = call.args[0]
        if default is not None:
            return not isinstance(default, ast.Constant) or default.value is None
        return kind != "Integer" and (kind != "Nested" or len(call.args) > 1 or "allow_null" in given)


def usable(key: str) -> str:
    """The name of an attribute for a key."""
    name = re.sub(r"\W", "_", key, flags=re.ASCII).strip("_") or "field"
    name = f"field_{name}" if name[0].isdigit() else name
    is_taken = keyword.iskeyword(name) or name in OF_MODELS or name.startswith(("model_", "parse_"))
    return f"{name}_" if is_taken else name


def meaning(project: Project, module: Module, node: ast.AST) -> str:
    """What a chain of names of a module stands for."""
    root, dot, rest = ast.unparse(node).partition(".")
    target = f"{module.name}.{root}" if root in module.definitions else module.imports.get(root, "")
    return canonical(project, f"{target}{dot}{rest}") if target else ""


def place_of(sources: Sources, module: Module, location: Location) -> str:
    """What a dictionary is called that a decorator in this line is given: after its class and function."""
    found = []
    for node in ast.walk(sources.tree(module.file)):
        if isinstance(node, Piece):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            if first <= location.line <= (node.end_lineno or node.lineno):
                found.append(node.name)
    return "".join(camel(one) for one in found) + "Fields"
