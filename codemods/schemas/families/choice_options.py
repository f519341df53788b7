"""What a schema that chooses another one hands on to that of its `only` and `exclude`.

    self.SCHEMAS[kind]()                                               nothing
    self.SCHEMAS[kind](only=self.only, exclude=self.exclude)           all
    self.SCHEMAS[kind](only=self.known(kind, self.only), …)            what the chosen one has

By then Marshmallow has taken what is inside of nested schemas out of both (`Schema._normalize_nested_options`).
"""

import ast

import libcst as cst

from codemods.view.names import canonical, split

from ..basis.constants import CHANGING
from ..basis.diagnostics import BASE
from ..basis.reading import Reader, UnconvertibleError, code

META_CLASSES = frozenset({"marshmallow.SchemaMeta", "marshmallow.schema.SchemaMeta"})
OPTIONS = ("only", "exclude", "load_only", "dump_only")
"""What a schema may be made with; the last two say nothing about what is dumped that its class does not say."""
COLLECTIONS = frozenset({"set", "list", "tuple", "frozenset"})


def handed_on(made: cst.Call, own: str) -> str:
    """ "nothing", "all", or the method that finds out; empty where a call does something else."""
    found: dict[str, str] = {}
    for one in made.args:
        name = one.keyword.value if one.keyword else ""
        match one.value:
            case cst.Attribute() as value if name in OPTIONS and code(value) == f"{own}.{name}":
                found[name] = "all"
            case cst.Call(func=cst.Attribute(cst.Name(owner), cst.Name(method)), args=[_, last]) if (
                name in OPTIONS and owner == own and code(last.value) == f"{own}.{name}" and not last.keyword
                and _asks_for(one.value, made)
            ):  # fmt: skip
                found[name] = method
            case _:
                return ""
    if not {"only", "exclude"} & found.keys():
        return "nothing" if not found else ""
    ways = set(found.values())
    return ways.pop() if len(ways) == 1 and {"only", "exclude"} <= found.keys() else ""


def _asks_for(call: cst.BaseExpression, made: cst.Call) -> bool:
    """Whether the first argument of a call is the schema that is made."""
    first = cst.ensure_type(call, cst.Call).args[0]
    return not first.keyword and not first.star and code(first.value) == code(made.func)


def known_by(function: cst.FunctionDef) -> str:
    """What a method of a schema and of names asks for the fields of the schema, whose names it gives back: "Meta" or
    "declared"; empty for a method that does something else."""
    tree = ast.parse(code(function.with_changes(decorators=(), leading_lines=())).strip()).body[0]
    match tree:
        case ast.FunctionDef(args=ast.arguments(args=[*_, ast.arg(schema), ast.arg(names)]), body=[*body]):
            body = [one for one in body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
            if not body or ast.unparse(body[0]).split() != f"if {names} is None: return None".split():
                return ""
            known: dict[str, str] = {}
            for statement in body[1:]:
                match statement:
                    case ast.Assign(targets=[ast.Name(name)], value=value) if name not in (schema, names):
                        known[name] = _source(value, schema)
                    case ast.Return(value=ast.Call(ast.Name(kind), [value], [])) if kind in COLLECTIONS:
                        return _filtered(value, schema, names, known)
                    case ast.Return(value=ast.ListComp() | ast.SetComp() as value):
                        return _filtered(value, schema, names, known)
                    case _:
                        return ""
    return ""


def _filtered(value: ast.expr, schema: str, names: str, known: dict[str, str]) -> str:
    """What the names are looked for in that are given back."""
    match value:
        case ast.Call(ast.Name("filter"), [ast.Lambda(ast.arguments(args=[ast.arg(each)]), test), ast.Name(given)], []):
            pass
        case (
            ast.ListComp(ast.Name(each), [loop])
            | ast.SetComp(ast.Name(each), [loop])
            | ast.GeneratorExp(ast.Name(each), [loop])
        ) if isinstance(loop.iter, ast.Name) and len(loop.ifs) == 1 and ast.unparse(loop.target) == each:
            test, given = loop.ifs[0], loop.iter.id
        case _:
            return ""
    heads = (each, f"{each}.split('.')[0]", f"{each}.split('.', 1)[0]", f"{each}.partition('.')[0]")
    match test:
        case ast.Compare(left, [ast.In()], [where]) if given == names and ast.unparse(left) in heads:
            return known[where.id] if isinstance(where, ast.Name) and where.id in known else _source(where, schema)
    return ""


def _source(node: ast.expr, schema: str) -> str:
    """What an expression has the names of the schema's fields from."""
    match node:
        case ast.Call(ast.Name(kind), [inner], []) if kind in COLLECTIONS:
            return _source(inner, schema)
        case ast.Call(ast.Attribute(inner, "keys"), [], []):
            return _source(inner, schema)
        case ast.Attribute(value, "fields") if _uncast(value) == f"{schema}.Meta":
            return "Meta"
        case ast.Attribute(value, "_declared_fields") if _uncast(value) == schema:
            return "declared"
        case ast.Attribute(value, "fields") if _uncast(value) == f"{schema}()":
            return "declared"
    return ""


def _uncast(node: ast.expr) -> str:
    match node:
        case ast.Call(ast.Name("cast") | ast.Attribute(ast.Name("typing"), "cast"), [_, inner], []):
            return ast.unparse(inner)
    return ast.unparse(node)


def collects_fields(reader: Reader, node: cst.ClassDef, kept_as: str) -> bool:
    """Whether the class has the fields of the schemas that it chooses from, by way of a metaclass.

    Raises `UnconvertibleError` for any other metaclass.
    """
    if not node.keywords:
        return False
    refused = UnconvertibleError(BASE, node, f"the metaclass of '{node.name.value}'")
    qualified = reader.qualified(node.keywords[0].value)
    owner, name = split(reader.project, qualified)
    definition = owner.definitions.get(name) if owner else None
    if len(node.keywords) > 1 or owner is None or definition is None or definition.kind != "class":
        raise refused
    piece = reader.sources.piece(definition.location, name)
    match piece:
        case ast.ClassDef(bases=[base], keywords=[], body=[ast.FunctionDef(name="get_declared_fields") as method]):
            root = ast.unparse(base).partition(".")[0]
            found = canonical(reader.project, owner.imports.get(root, root) + ast.unparse(base).removeprefix(root))
            loops = [one for one in ast.walk(method) if isinstance(one, ast.For | ast.comprehension)]
            taken = [one.attr for one in ast.walk(method) if isinstance(one, ast.Attribute)]
            iterated = any(kept_as in ast.unparse(one.iter) for one in loops)
            if found in META_CLASSES and iterated and taken.count("_declared_fields") == 1 and "pop" not in taken:
                return True
    raise refused


def changes_elsewhere(reader: Reader, kept_as: str) -> bool:
    """Whether code of the project changes what classes have under a name: it registers schemas, say."""
    for module in reader.project.modules.values():
        if f".{kept_as}".encode() not in reader.sources.files.get(module.file, b""):
            continue
        for node in ast.walk(reader.sources.tree(module.file)):
            match node:
                case ast.Subscript(ast.Attribute(attr=name), ctx=context) | ast.Attribute(attr=name, ctx=context) if (
                    name == kept_as and not isinstance(context, ast.Load)
                ):
                    return True
                case ast.Call(func=ast.Attribute(ast.Attribute(attr=name), called)) if (
                    name == kept_as and called in CHANGING
                ):
                    return True
    return False
