"""JSON answers as FastAPI writes them, where a team adopts its dates and its order of keys.

return FlaskJSONResponse({"error": "gone"}, 410)    →    return JSONResponse({"error": "gone"}, 410)
return FlaskJSONResponse(rows)                      →    return JSONResponse(jsonable_encoder(rows))
"""

import libcst as cst

from codemods.parity import JSON

from . import patterns as m
from .asking import Asking
from .search import findall
from .visiting import Visitor

FLASK_RESPONSE = (".compat.responses", "FlaskJSONResponse")


def with_plain_json(translation: Asking, function: cst.FunctionDef) -> cst.FunctionDef:
    """The function with plain JSON responses in the place of Flask's; unchanged unless both kinds are adopted."""
    locals_ = {one.local: one for one in translation.needs if (one.module, one.name) == FLASK_RESPONSE}
    if not locals_ or not translation.adopted >= JSON:
        return function
    plain = _PlainJson(translation, frozenset(locals_))
    changed = plain.rewrite(function)
    left = {one.value for one in findall(changed, m.Name()) if isinstance(one, cst.Name)}
    translation.needs.difference_update(need for name, need in locals_.items() if name not in left)
    return changed


class _PlainJson(Visitor):
    def __init__(self, translation: Asking, names: frozenset[str]) -> None:
        self.translation = translation
        self.names = names

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        match updated_node:
            case cst.Call(func=cst.Name(value=name), args=[cst.Arg(star="", keyword=None) as content, *rest]) if (
                name in self.names and all(_is_status_or_mapping(one) for one in rest)
            ):
                value = content.value
                if not _is_plain(value):
                    encoder = self.translation.need("fastapi.encoders", "jsonable_encoder")
                    value = cst.Call(cst.Name(encoder), [cst.Arg(value)])
                response = cst.Name(self.translation.need("fastapi.responses", "JSONResponse"))
                return updated_node.with_changes(func=response, args=[content.with_changes(value=value), *rest])
        return updated_node


def _is_status_or_mapping(argument: cst.Arg) -> bool:
    """Whether Starlette takes an argument after the content: a status, or headers as a dictionary."""
    if argument.star:
        return False
    return isinstance(argument.value, cst.Integer | cst.Dict)


def _is_plain(value: cst.BaseExpression) -> bool:
    """Whether a value is JSON as it stands: text, numbers, and displays of these."""
    match value:
        case cst.SimpleString() | cst.FormattedString() | cst.ConcatenatedString() | cst.Integer():
            return True
        case cst.Name(value="None" | "True" | "False"):
            return True
        case cst.Dict(elements=elements):
            return all(
                isinstance(one, cst.DictElement) and isinstance(one.key, cst.SimpleString) and _is_plain(one.value)
                for one in elements
            )
        case cst.List(elements=elements):
            return all(isinstance(one, cst.Element) and _is_plain(one.value) for one in elements)
        case _:
            return False
