"""The dictionaries of fields that webargs is given, each as a schema class.

@use_args({"q": fields.Str(required=True)}, location="query")    →    class SearchQuery(Schema):
def search(args): ...                                                     q: Str
"""

import ast
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import libcst as cst

from codemods.findings import Location
from codemods.model import Module, Project
from codemods.view.names import canonical, meaning, split
from codemods.view.refusal import Refused
from codemods.view.source import Sources

from ..basis.attribute_names import free_name
from .argument_parsers import Parsing, UnreadError, argument_parser, parsing

PARTS = {
    "json": "Body", "json_or_form": "Body", "query": "Query", "querystring": "Query", "form": "Form",
    "headers": "Headers", "cookies": "Cookies", "files": "Files", "view_args": "Path", "path": "Path",
}  # fmt: skip
"""What the arguments of a view are called, by the place that they come from."""


TAKING = frozenset({"Nested", "from_dict", "parse", "use_args", "use_kwargs"})
"""What is given a dictionary of fields and does not change it."""


@dataclass(frozen=True, slots=True)
class ArgumentMap:
    """A dictionary of fields as the class of the same fields, named after its variable, or after view and place.

    `text` is the expression that stands for the class in the code, where that may be both loaded and dumped.
    """

    module: Module
    node: cst.ClassDef
    location: Location
    text: str = ""


def argument_maps(project: Project, sources: Sources) -> Mapping[str, ArgumentMap]:
    """The dictionaries by qualified name: that of their variable, or the one that `inline_name` makes.

    Those that are no displays of constant names, that may change, or that would have one name are not among them.
    """
    found: dict[str, ArgumentMap] = {}
    twice: set[str] = set()
    for module in project.modules.values():
        for call, owner, function, location in _calls(project, sources, module):
            inline = is_written_there(call.args[0])
            if inline:
                one = _inline(sources, module, call, owner, function, location)
            else:
                one = _of_class(sources, module, call.args[0], owner) or _named(project, sources, module, call.args[0])
            if one is None:
                continue
            qualified, made = one
            if inline and (qualified in found or made.node.name.value in module.definitions):
                twice.add(qualified)
            found[qualified] = made
    return {name: one for name, one in found.items() if name not in twice}


def inline_name(owner: str, function: str, location: str) -> str:
    """The class for a dictionary that is written where it is used: of `search` and its query `SearchQuery`.

    A method's is named after the class that is its owner, too; one for all methods of a class after that alone.
    """
    return f"{camel(owner)}{camel(function)}{PARTS.get(location, 'Arguments')}"


def class_name(owner: str, name: str) -> str:
    """The class for a dictionary that a class keeps under a name: `UsersSearchArgs` for `search_args` of `Users`."""
    return f"{camel(owner)}{camel(name)}"


def owner_at(sources: Sources, module: Module, line: int) -> str:
    """The class at the top of a module in which a line is; empty where there is none."""
    for node in sources.tree(module.file).body:
        if isinstance(node, ast.ClassDef) and node.lineno <= line <= (node.end_lineno or node.lineno):
            return node.name
    return ""


def is_for_all(sources: Sources, module: Module, line: int) -> bool:
    """Whether a line is a class's own, and not one of its methods': `decorators = [use_kwargs({...})]`."""
    for node in sources.tree(module.file).body:
        if isinstance(node, ast.ClassDef) and node.lineno <= line <= (node.end_lineno or node.lineno):
            return any(
                isinstance(one, ast.Assign | ast.AnnAssign) and one.lineno <= line <= (one.end_lineno or one.lineno)
                for one in node.body
            )
    return False


def camel(name: str) -> str:
    """`user_args` as the name of a class: `UserArgs`."""
    return "".join(word[:1].upper() + (word[1:].lower() if name.isupper() else word[1:]) for word in name.split("_"))


def _calls(project: Project, sources: Sources, module: Module) -> Iterator[tuple[ast.Call, str, str, str]]:
    """Every call of webargs that is given something to parse, with the class and the function that it decorates or
    stands in, and where that comes from."""
    if not any(
        one.partition(".")[0] in ("webargs", "flask_apispec")
        for each in project.modules.values()
        for one in each.imports.values()
    ):
        return
    waiting: list[tuple[ast.AST, str]] = [(sources.tree(module.file), "")]
    while waiting:
        node, function = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function = node.name
        if isinstance(node, ast.Call) and node.args:
            found = parsing(project, sources, meaning(project, module, node.func))
            if found is not None:
                owner = owner_at(sources, module, node.lineno)
                yield node, owner, function, _location(project, sources, found, node)
        waiting += [(child, function) for child in ast.iter_child_nodes(node)]


def _location(project: Project, sources: Sources, found: Parsing, call: ast.Call) -> str:
    given = [one.value for one in call.keywords if one.arg == "location"]
    if given:
        return str(given[0].value) if isinstance(given[0], ast.Constant) else ""
    try:
        return argument_parser(project, sources, found.parser).location
    except UnreadError:
        return ""


def _inline(
    sources: Sources, module: Module, call: ast.Call, owner: str, function: str, location: str
) -> tuple[str, ArgumentMap] | None:
    name = inline_name(owner, function, location)
    node = class_of(sources, module, name, call.args[0], f"What `{function or owner}` is sent.")
    place = Location(module.file, call.lineno)
    return (f"{module.name}.{name}", ArgumentMap(module, node, place)) if node is not None else None


def _of_class(sources: Sources, module: Module, variable: ast.expr, owner: str) -> tuple[str, ArgumentMap] | None:
    """The dictionary that a class keeps under a name, once, for its methods' decorators."""
    if not isinstance(variable, ast.Name) or not owner:
        return None
    piece = next(one for one in sources.tree(module.file).body if isinstance(one, ast.ClassDef) and one.name == owner)
    found = [
        one
        for one in piece.body
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for name in ast.walk(one)
        if isinstance(name, ast.Name) and name.id == variable.id and not isinstance(name.ctx, ast.Load)
    ]
    match found:
        case [ast.Assign(targets=[ast.Name()], value=ast.Dict() as value)]:
            pass
        case _:
            return None
    name = class_name(owner, variable.id)
    node = class_of(sources, module, name, value, f"What methods of `{owner}` are sent that parse `{variable.id}`.")
    place = Location(module.file, found[0].lineno)
    return (f"{module.name}.{name}", ArgumentMap(module, node, place)) if node is not None else None


def _named(project: Project, sources: Sources, module: Module, variable: ast.expr) -> tuple[str, ArgumentMap] | None:
    text = ast.unparse(variable)
    root, _, _ = text.partition(".")
    known = f"{module.name}.{text}" if root in module.definitions else module.imports.get(root, "") + text[len(root) :]
    home, name = split(project, canonical(project, known))
    definition = home.definitions.get(name) if home is not None else None
    if home is None or definition is None or definition.kind in ("class", "function") or definition.rebound:
        return None
    try:
        value = sources.assignment(home, definition, name).value
    except Refused:
        value = held_dictionary(project, sources, home, name)
    if value is None:
        return None
    node = class_of(sources, home, camel(name), value, f"What views are sent that parse `{name}`.")
    return (f"{home.name}.{name}", ArgumentMap(home, node, definition.location)) if node is not None else None


def held_dictionary(project: Project, sources: Sources, module: Module, name: str) -> ast.Dict | None:
    """The dictionary that a module keeps under a name for fields to hold, and for what is given fields."""
    definition = module.definitions.get(name)
    if definition is None or definition.kind in ("class", "function") or definition.rebound:
        return None
    tree, target = sources.tree(module.file), f"{module.name}.{name}"
    given = {
        id(one)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in TAKING
        for one in call.args[:1]
    }
    used = [one for one in ast.walk(tree) if isinstance(one, ast.Name) and one.id == name]
    made = [one for one in tree.body if isinstance(one, ast.Assign) and used and one.targets == [used[0]]]
    is_shared = any(target in one.imports.values() for one in project.modules.values())
    if len(made) != 1 or is_shared or {id(one) for one in used[1:]} - given:
        return None
    return made[0].value if isinstance(made[0].value, ast.Dict) else None


def is_written_there(node: ast.expr) -> bool:
    """Whether an expression makes a dictionary, and is no name of one."""
    match node:
        case ast.Dict() | ast.BinOp(op=ast.BitOr()) | ast.Call(func=ast.Name(id="dict")):
            return True
    return False


def class_of(sources: Sources, module: Module, name: str, fields: ast.expr, about: str) -> cst.ClassDef | None:
    """`class Name` with the fields of a dictionary; None where their names are not written out."""
    entries = _entries(sources, module, fields) if name.isidentifier() and is_written_there(fields) else None
    lines = _lines(sources, module, entries) if entries is not None else None
    if lines is None:
        return None
    lines = [*([f'"""{about}"""'] if about else []), *(lines or ["pass"])]
    body = "".join(f"    {line}\n" for line in lines)
    return cst.ensure_type(cst.parse_statement(f"class {name}:\n{body}"), cst.ClassDef)


def _entries(sources: Sources, module: Module, node: ast.expr | None) -> dict[object, ast.expr] | None:
    """The entries of a dictionary that is written out, others of its module in it included: `{**page_args, "q": …}`.

    None where one of them is said twice in the same place, or by something else.
    """
    match node:
        case ast.Dict(keys=keys, values=values):
            parts = [
                _entries(sources, module, value) if key is None else {_constant(key): value}
                for key, value in zip(keys, values, strict=True)
            ]
            said = [_constant(key) for key in keys if key is not None]
            return None if len(said) != len(set(said)) else _joined(parts)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _joined([_entries(sources, module, left), _entries(sources, module, right)])
        case ast.Call(func=ast.Name(id="dict"), args=args, keywords=keywords):
            parts = [_entries(sources, module, one) for one in args]
            parts += [{one.arg: one.value} if one.arg else _entries(sources, module, one.value) for one in keywords]
            return _joined(parts)
        case ast.Name(id=name) if name in module.definitions and not module.definitions[name].rebound:
            try:
                value = sources.assignment(module, module.definitions[name], name).value
            except Refused:
                return None
            return _entries(sources, module, value) if value is not None and is_written_there(value) else None
    return None


def _joined(parts: Iterable[dict[object, ast.expr] | None]) -> dict[object, ast.expr] | None:
    found: dict[object, ast.expr] = {}
    for one in parts:
        if one is None:
            return None
        found |= one
    return found


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _field(sources: Sources, module: Module, value: ast.expr) -> ast.expr:
    """A field that a variable of the module, or a dictionary of fields there, holds."""
    match value:
        case ast.Name(id=name) if name in module.definitions and not module.definitions[name].rebound:
            held = sources.value(module, name)
            return held if isinstance(held, ast.Call) else value
        case ast.Subscript(value=ast.Name() as owner, slice=ast.Constant(value=key)):
            held = (_entries(sources, module, owner) or {}).get(key)
            return value if held is None else _field(sources, module, held)
    return value


def _text(sources: Sources, module: Module, value: ast.expr) -> str:
    """A field as it is written, on one line."""
    written = ast.get_source_segment("\n".join(sources.text_lines(module.file)), value) or ""
    return written if isinstance(value, ast.Call) and "\n" not in written else ast.unparse(value)


def _lines(sources: Sources, module: Module, entries: Mapping[object, ast.expr]) -> list[str] | None:
    """The fields of a class; None where a key is no text, or a field may have names that cannot be seen."""
    lines: dict[str, str] = {}
    for key, value in entries.items():
        field = _field(sources, module, value)
        if not isinstance(key, str):
            return None
        if re.fullmatch(r"[A-Za-z]\w*", key, re.ASCII) and not keyword.iskeyword(key):
            lines[key] = _text(sources, module, field)
            continue
        if isinstance(field, ast.Call) and any(one.arg is None for one in field.keywords):
            return None
        lines[free_name(key, {*lines, *map(str, entries)})] = _named_as(key, field)
    return [f"{name} = {text}" for name, text in lines.items()]


def _named_as(key: str, field: ast.expr) -> str:
    """A field that clients, and the code, know by a key that its own name is not."""
    call = field if isinstance(field, ast.Call) else ast.Call(field, [], [])
    given = {one.arg for one in call.keywords}
    told = [ast.keyword(one, ast.Constant(key)) for one in ("data_key", "attribute") if one not in given]
    return ast.unparse(ast.Call(call.func, call.args, [*call.keywords, *told]))
