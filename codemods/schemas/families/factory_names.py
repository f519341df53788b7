"""What classes are called that functions make: as the function says, or after what it is given."""

import ast
from collections.abc import Mapping

from codemods.view.names import BUILTINS

from ..fields.argument_maps import camel
from .factories import Factory


def made_name(factory: Factory, given: Mapping[str, ast.expr]) -> str:
    """`UserPage` for `page(UserSchema)` with a class `Page` inside, where the function itself says nothing else."""
    if factory.naming is not None:
        told = _text(factory.naming, factory.texts, given)
        if told is not None and told.isidentifier() and told not in BUILTINS and told != factory.made:
            return told
    stems = [_stem(name) for one in given.values() if (name := class_name(one))]
    inner = _stem(factory.made)
    parts = [inner, *stems] if inner.endswith("ed") else [*stems, inner]
    return "".join(map(camel, parts))


def _stem(name: str) -> str:
    return name.removesuffix("Schema") or name


def class_name(node: ast.expr) -> str:
    """The class that an argument is, or is an object of; empty for anything else."""
    owner = node.func if isinstance(node, ast.Call) else node
    name = owner.attr if isinstance(owner, ast.Attribute) else ""
    return name if name[:1].isupper() and (len(name) == 1 or not name.isupper()) else ""


def _text(node: ast.expr, texts: Mapping[str, ast.expr], given: Mapping[str, ast.expr]) -> str | None:
    """The text that an expression comes to; None where that is not known."""

    def of(one: ast.expr) -> str | None:
        return _text(one, texts, given)

    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Name(id=name) if name in texts:
            return of(texts[name])
        case ast.Name(id=name) if isinstance(value := given.get(name), ast.Constant):
            return value.value if isinstance(value.value, str) else None
        case ast.Attribute(value=owner, attr="__name__"):
            return _named(owner, given)
        case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
            return of(value)
        case ast.JoinedStr(values=values):
            return _joined([of(one) for one in values])
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined([of(left), of(right)])
        case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod(), right=right) if text.count("%") == 1:
            found = of(right)
            return text.replace("%s", found) if found is not None else None
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format"), args=[one]):
            found = of(one)
            return text.replace("{}", found) if found is not None else None
        case ast.Call(
            func=ast.Attribute(value=owner, attr="replace" | "removesuffix" | "removeprefix" as method), args=args
        ):
            words = [of(owner), *map(of, args)]
            first, *rest = [one for one in words if one is not None] or [""]
            expected = 2 if method == "replace" else 1
            known = len(rest) == expected == len(words) - 1
            return str(getattr(first, method)(*rest)) if known else None
        case _:
            return None


def _joined(parts: list[str | None]) -> str | None:
    known = [one for one in parts if one is not None]
    return "".join(known) if len(known) == len(parts) else None


def _named(owner: ast.expr, given: Mapping[str, ast.expr]) -> str | None:
    """What a class that is given is called, or the class of an object that is, without the word for schemas."""
    match owner:
        case ast.Name(id=name):
            value, is_object = given.get(name), False
        case ast.Attribute(value=ast.Name(id=name), attr="__class__"):
            value, is_object = given.get(name), True
        case ast.Call(func=ast.Name(id="type"), args=[ast.Name(id=name)]):
            value, is_object = given.get(name), True
        case _:
            return None
    found = class_name(value) if value is not None and isinstance(value, ast.Call) == is_object else ""
    return _stem(found) or None
