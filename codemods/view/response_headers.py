"""The methods of a response's headers, Werkzeug's on Starlette's.

response.headers.add("X-Tag", tag)       →    response.headers.append("X-Tag", str(tag))
response.headers.set("X-Tag", "new")     →    response.headers.update({"X-Tag": "new"})
"""

import libcst as cst

from .response_parts import filled
from .rule import Translation, arguments

NATIVE = frozenset({"get", "getlist", "values"})
"""Methods that both have, with the same meaning."""

Operands = list[cst.BaseExpression]


def call(
    translation: Translation, headers: cst.BaseExpression, name: str, written: cst.Call, updated: cst.Call
) -> cst.BaseExpression | None:
    """The call of a method of headers; None where there is no counterpart."""
    found, original = arguments(updated), arguments(written)
    if found is None or original is None:
        return None
    (values, keywords), (written_values, _) = found, original
    name = {"get_all": "getlist", "add_header": "add"}.get(name, name)
    if name in NATIVE and not keywords.keys() - {"default"} and len(values) <= 2:
        return updated.with_changes(func=cst.Attribute(headers, cst.Name(name)))
    if name in ("add", "set") and keywords and len(values) == 2:
        helper = filled(translation, "{add_header}" if name == "add" else "{set_header}")
        return updated.with_changes(func=helper, args=[cst.Arg(headers), *updated.args])
    if keywords:
        return None
    return _plain(translation, headers, name, written_values, values)


def _plain(
    translation: Translation, headers: cst.BaseExpression, name: str, written: Operands, values: Operands
) -> cst.BaseExpression | None:
    match name, values:
        case "add", [key, value]:
            text = as_text(translation, written[1], value)
            return filled(translation, "{headers}.append({key}, {text})", headers=headers, key=key, text=text)
        case "setdefault", [key, value]:
            text = as_text(translation, written[1], value)
            return filled(translation, "{headers}.setdefault({key}, {text})", headers=headers, key=key, text=text)
        case "set", [key, value]:
            text = as_text(translation, written[1], value)
            return cst.Call(
                cst.Attribute(headers, cst.Name("update")), [cst.Arg(cst.Dict([cst.DictElement(key, text)]))]
            )
        case "update", [given]:
            return _update(translation, headers, written[0], given)
        case "extend", [given]:
            return filled(translation, "{extend_headers}({headers}, {given})", headers=headers, given=given)
        case "setlist", [key, given]:
            return filled(translation, "{set_list}({headers}, {key}, {given})", headers=headers, key=key, given=given)
        case "pop", [key]:
            return filled(translation, "{pop_header}({headers}, {key})", headers=headers, key=key)
        case "pop", [key, default]:
            template = "{pop_header}({headers}, {key}, {default})"
            return filled(translation, template, headers=headers, key=key, default=default)
        case "remove", [key]:
            return filled(translation, "{pop_header}({headers}, {key}, None)", headers=headers, key=key)
        case "clear", []:
            return filled(translation, "{headers}.raw.clear()", headers=headers)
        case _:
            return None


def _update(
    translation: Translation, headers: cst.BaseExpression, written: cst.BaseExpression, given: cst.BaseExpression
) -> cst.BaseExpression:
    """Starlette's own method takes a mapping of texts; others need a helper."""
    if isinstance(written, cst.Dict) and isinstance(given, cst.Dict):
        pairs = list(zip(written.elements, given.elements, strict=True))
        if all(_is_single(translation, before) for before, _ in pairs):
            entries = [
                after.with_changes(value=as_text(translation, before.value, after.value)) for before, after in pairs
            ]
            return cst.Call(cst.Attribute(headers, cst.Name("update")), [cst.Arg(given.with_changes(elements=entries))])
    return filled(translation, "{update_headers}({headers}, {given})", headers=headers, given=given)


def _is_single(translation: Translation, element: cst.BaseDictElement) -> bool:
    """Whether an entry of a dict sets one header to one value, whatever its name."""
    if not isinstance(element, cst.DictElement) or translation.kind(element.key) != "text":
        return False
    is_simple = isinstance(element.value, cst.Integer | cst.Float) or translation.kind(element.value) == "text"
    return is_simple and "location" not in cst.Module([]).code_for_node(element.key).lower()


def as_text(translation: Translation, written: cst.BaseExpression, value: cst.BaseExpression) -> cst.BaseExpression:
    """A header's value as text: Werkzeug converts what is not, Starlette fails on it."""
    if translation.kind(written) == "text":
        return value
    if isinstance(value, cst.Integer):
        return cst.SimpleString(f'"{value.evaluated_value}"')
    return cst.Call(cst.Name("str"), [cst.Arg(value)])
