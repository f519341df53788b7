"""What a type checker sees of a field's annotation."""

import ast

from ..basis.plan import Part

#: the field types that are no classes themselves
PLAIN = {
    **dict.fromkeys(("Str", "Email", "Url", "EmailText", "UrlText"), "str"),
    **{"Int": "int", "Float": "float", "Bool": "bool", "Raw": "Any"},
    **{"Date": "dt.date", "Time": "dt.time", "DateTime": "dt.datetime", "TimeDelta": "dt.timedelta"},
}
#: types that stand in for others
NARROWER = frozenset({("bool", "int"), ("bool", "float"), ("int", "float"), ("dt.datetime", "dt.date")})


def narrows(annotation: tuple[Part, ...], base: tuple[Part, ...]) -> bool:
    """Whether a field of this type may stand for one of the base class's type."""
    own, other = seen(annotation), seen(base)
    if "Any" in own | other:
        return True
    return all(one in other or any((one, wide) in NARROWER for wide in other) for one in own)


def seen(annotation: tuple[Part, ...]) -> frozenset[str]:
    """The types of a union, without what stands beside them in `Annotated`."""
    text = "".join(part.qualified.replace(".", "_") if not isinstance(part, str) else part for part in annotation)
    return frozenset(_types(ast.parse(text, mode="eval").body))


def _types(node: ast.expr) -> list[str]:
    match node:
        case ast.BinOp(left=left, right=right):
            return [*_types(left), *_types(right)]
        case ast.Subscript(value=ast.Name("Annotated"), slice=ast.Tuple(elts=[first, *_])):
            return _types(first)
        case ast.Subscript(value=value, slice=ast.Tuple(elts=elements)):
            return [f"{ast.unparse(value)}[{', '.join('|'.join(sorted(_types(one))) for one in elements)}]"]
        case ast.Subscript(value=value, slice=inner):
            return [f"{ast.unparse(value)}[{'|'.join(sorted(_types(inner)))}]"]
    text = ast.unparse(node)
    return [PLAIN.get(text, text)]
