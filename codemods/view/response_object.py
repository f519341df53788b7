"""What code does with a response object before it is returned: Flask's attributes on Starlette's responses.

response.headers["X-Total"] = len(rows)    →    response.headers["X-Total"] = str(len(rows))
response.set_cookie("seen", "1")           →    set_cookie(response, "seen", "1")
response.make_conditional(request)         →    conditional(request, response)
"""

import re

import libcst as cst

from codemods.findings import Diagnostic

from . import patterns as m
from . import response_headers
from .response_parts import METHODS, PARTS, POLICIES, SETS, filled, statement
from .rule import Translation, bind, code, expression, string

RESPONSE_ATTRIBUTE = Diagnostic(
    "FM302",
    "blocked",
    "an attribute of a response object that Starlette's responses do not have",
    "Flask's response object has some eighty attributes; those without a direct form are not guessed at.",
    "Set the header itself, or give body, status and headers when the response is made.",
)

TELLING = frozenset({
    "set_cookie", "delete_cookie", "set_data", "get_data", "make_conditional", "set_etag", "add_etag", "cache_control",
    "call_on_close", "direct_passthrough", "is_streamed", "mimetype", "calculate_content_length", "iter_encoded",
    "make_sequence", "get_etag", "content_security_policy",
})  # fmt: skip
"""Attributes that only a response object has: used on something else, that something may be one."""


def check(translation: Translation, node: cst.Attribute) -> None:
    """Raise `Refused` for an attribute of a response that is read and has no counterpart."""
    part = PARTS.get(node.attr.value)
    if node.attr.value != "call_on_close" and (part is None or part.read is None):
        raise translation.refuse(RESPONSE_ATTRIBUTE, node, code(node))


def read(translation: Translation, written: cst.Attribute, updated: cst.Attribute) -> cst.BaseExpression:
    """`response.status`, `response.cache_control.max_age`, `response.call_on_close` as a decorator."""
    name = written.attr.value
    if part_of_response(translation, written.value) == "cache_control":
        owner = cst.ensure_type(updated.value, cst.Attribute).value
        return filled(translation, f'{{cache_directive}}({{response}}, "{name}")', response=owner)
    if name == "call_on_close":
        partial = translation.need("functools", "partial")
        return filled(translation, partial + "({call_on_close}, {response})", response=updated.value)
    return filled(translation, PARTS[name].read or "", response=updated.value)


def part_of_response(translation: Translation, node: cst.BaseExpression) -> str | None:
    """The attribute that `response.ATTRIBUTE` names where the response is known to be one."""
    if isinstance(node, cst.Attribute) and translation.kind(node.value) == "response":
        return node.attr.value
    return None


def is_call(translation: Translation, call: cst.Call) -> bool:
    """Whether a call is one of a response's methods, or of its parts', which `call` converts."""
    if not isinstance(call.func, cst.Attribute):
        return False
    owner = call.func.value
    return translation.kind(owner) in ("response", "headers") or part_of_response(translation, owner) is not None


def call(translation: Translation, written: cst.Call, updated: cst.Call) -> cst.BaseExpression:
    """`response.set_cookie(…)`, `response.headers.add(…)`, `response.vary.add(…)`."""
    func = cst.ensure_type(written.func, cst.Attribute)
    owner = cst.ensure_type(updated.func, cst.Attribute).value
    name = func.attr.value
    if any(one.star == "*" for one in written.args):
        raise translation.refuse(RESPONSE_ATTRIBUTE, written, code(written))
    made: cst.BaseExpression | None
    if translation.kind(func.value) == "headers":
        made = response_headers.call(translation, owner, name, written, updated)
    elif translation.kind(func.value) == "response":
        made = _method(translation, owner, name, updated)
    else:
        part = cst.ensure_type(func.value, cst.Attribute).attr.value
        made = _method_of_part(translation, cst.ensure_type(owner, cst.Attribute).value, part, name, updated)
    if made is None:
        raise translation.refuse(RESPONSE_ATTRIBUTE, written, code(written))
    return made


def _method(
    translation: Translation, owner: cst.BaseExpression, name: str, updated: cst.Call
) -> cst.BaseExpression | None:
    if name in METHODS:
        helper = filled(translation, f"{{{METHODS[name]}}}")
        return updated.with_changes(func=helper, args=[cst.Arg(owner), *updated.args])
    if name == "get_data":
        bound = bind(updated, "as_text")
        as_text = code(bound["as_text"]) if bound and "as_text" in bound else "False"
        if bound is None or as_text not in ("True", "False"):
            return None
        return filled(translation, "{read_body}({response})" + ".decode()" * (as_text == "True"), response=owner)
    if name == "calculate_content_length" and not updated.args:
        return filled(translation, "len({read_body}({response}))", response=owner)
    if name == "make_sequence" and not updated.args:
        return filled(translation, "{read_body}({response})", response=owner)
    if name == "make_conditional" and updated.args and updated.args[0].keyword is None:
        helper = filled(translation, "{conditional}")
        rest = [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in updated.args[1:]]
        return cst.Call(helper, [cst.Arg(translation.request()), cst.Arg(owner), *rest])
    return None


def _method_of_part(
    translation: Translation, owner: cst.BaseExpression, part: str, name: str, updated: cst.Call
) -> cst.BaseExpression | None:
    items = [one.value for one in updated.args]
    if any(one.keyword for one in updated.args):
        return None
    if part in SETS and name == "add" and len(items) == 1:
        return filled(
            translation,
            f'{{add_to_set}}({{response}}.headers, "{SETS[part]}", {{value}})',
            response=owner,
            value=items[0],
        )
    if part in SETS and name == "update" and len(items) == 1:
        return filled(
            translation,
            f'{{add_to_set}}({{response}}.headers, "{SETS[part]}", *{{value}})',
            response=owner,
            value=items[0],
        )
    if part in SETS and name == "clear" and not items:
        return filled(translation, f'{{assign_set}}({{response}}.headers, "{SETS[part]}", None)', response=owner)
    if part in SETS and name == "to_header" and not items:
        return filled(translation, f'{{response}}.headers.get("{SETS[part]}", "")', response=owner)
    if part in PARTS and PARTS[part].read is not None and part != "status_code":
        value = filled(translation, PARTS[part].read or "", response=owner)
        return updated.with_changes(func=cst.Attribute(value, cst.Name(name)))
    return None


def is_request_argument(translation: Translation, call: cst.Call) -> bool:
    """Whether the call is `response.make_conditional(request, …)`, whose argument becomes FastAPI's request."""
    return (
        m.matches(call.func, m.Attribute(attr=m.Name("make_conditional")))
        and translation.kind(cst.ensure_type(call.func, cst.Attribute).value) == "response"
        and bool(call.args)
        and translation.names.qualified(call.args[0].value) in ("flask.request", "flask.request.environ")
    )


def assigned(translation: Translation, target: cst.BaseExpression) -> str | None:
    """What an assignment's target is to a response: `header`, the attribute's name, `cache_control.…`; else None."""
    match target:
        case cst.Subscript(value=owner):
            return "header" if translation.kind(owner) == "headers" else None
        case cst.Attribute(value=cst.Attribute() as part, attr=cst.Name(value=name)):
            owner_part = part_of_response(translation, part)
            if owner_part is not None:
                return f"{owner_part}.{name}"
            return part_of_response(translation, target)
        case _:
            return part_of_response(translation, target)


def assign(
    translation: Translation, what: str, written: cst.BaseExpression, updated: cst.Assign
) -> cst.BaseSmallStatement:
    """An assignment to a part of a response."""
    target, value = updated.targets[0].target, updated.value
    if what == "header":
        return _assign_header(translation, cst.ensure_type(target, cst.Subscript), written, updated)
    owner = cst.ensure_type(target, cst.Attribute).value
    part, _, directive = what.partition(".")
    if directive:
        owner = cst.ensure_type(owner, cst.Attribute).value
        if part == "cache_control":
            return statement(
                translation, f"{{cache_control}}({{response}}, {directive}={{value}})", response=owner, value=value
            )
        if part in POLICIES:
            header = "" if part == "content_security_policy" else f'"{POLICIES[part]}", '
            template = f"{{security_policy}}({{response}}, {header}{directive}={{value}})"
            return statement(translation, template, response=owner, value=value)
    elif part == "status" and (number := _leading_number(value)):
        return statement(translation, "{response}.status_code = {value}", response=owner, value=number)
    elif part in SETS and string(value):
        return statement(translation, f'{{response}}.headers["{SETS[part]}"] = {{value}}', response=owner, value=value)
    elif part == "access_control_allow_credentials" and code(value) == "True":
        template = '{response}.headers["Access-Control-Allow-Credentials"] = {value}'
        return statement(translation, template, response=owner, value=cst.SimpleString('"true"'))
    elif part == "headers" and _is_own_mapping(translation, written):
        return statement(translation, "{replace_headers}({response}, {value})", response=owner, value=value)
    elif part == "location" and _is_plain_url(value):
        return statement(translation, '{response}.headers["Location"] = {value}', response=owner, value=value)
    elif part in PARTS and PARTS[part].write is not None:
        template = PARTS[part].write or ""
        text = response_headers.as_text(translation, written, value) if "{text}" in template else value
        return statement(translation, template, **_used(template, response=owner, value=value, text=text))
    raise translation.refuse(RESPONSE_ATTRIBUTE, written, code(target))


def _used(template: str, **nodes: cst.BaseExpression) -> dict[str, cst.BaseExpression]:
    return {name: node for name, node in nodes.items() if f"{{{name}}}" in template}


def _assign_header(
    translation: Translation, target: cst.Subscript, written: cst.BaseExpression, updated: cst.Assign
) -> cst.BaseSmallStatement:
    index = target.slice[0].slice
    name = string(index.value) if isinstance(index, cst.Index) else None
    if (name or "").lower() in ("location", "content-location") and not _is_plain_url(written):
        return statement(
            translation, f'{{set_header}}({{headers}}, "{name}", {{value}})', headers=target.value, value=updated.value
        )
    return updated.with_changes(value=response_headers.as_text(translation, written, updated.value))


def _is_own_mapping(translation: Translation, node: cst.BaseExpression) -> bool:
    """Whether a mapping was made in this function: Flask's hooks write into that of a module, and it stays so."""
    while isinstance(node, cst.Subscript):
        node = node.value
    return translation.kind(node) in ("json", "headers") or (
        isinstance(node, cst.Name) and node.value in translation.names.local
    )


def _is_plain_url(node: cst.BaseExpression) -> bool:
    """Whether a URL is written out in characters that are never quoted."""
    return re.fullmatch(r"[A-Za-z0-9/._~-]+", string(node) or "") is not None


def _leading_number(value: cst.BaseExpression) -> cst.Integer | None:
    """The number of a status that is written as a text: 201 of "201 Created"."""
    number = (string(value) or "").partition(" ")[0]
    return cst.Integer(str(int(number))) if number.isdecimal() and number.isascii() else None


def is_in_set(translation: Translation, written: cst.Comparison, updated: cst.Comparison) -> cst.BaseExpression | None:
    """`"Accept" in response.vary`; None where the comparison is of something else."""
    match written.comparisons, updated.comparisons:
        case [one], [cst.ComparisonTarget(comparator=cst.Attribute(value=owner))]:
            part = part_of_response(translation, one.comparator)
            if part is not None and part in SETS and isinstance(one.operator, cst.In | cst.NotIn):
                negation = "not " if isinstance(one.operator, cst.NotIn) else ""
                template = f'{negation}{{is_in_set}}({{item}}, {{response}}.headers, "{SETS[part]}")'
                return filled(translation, template, item=updated.left, response=owner)
    return None


def added(
    translation: Translation, what: str, written: cst.AugAssign, updated: cst.AugAssign
) -> cst.BaseSmallStatement | None:
    """`response.data += text`: the part is read and assigned; None where the statement may stand as it is."""
    if what in ("header", "status_code"):
        return None
    part = PARTS.get(what)
    if part is None or part.read is None or part.write is None or "{text}" in part.write:
        raise translation.refuse(RESPONSE_ATTRIBUTE, written, code(written))
    owner = cst.ensure_type(updated.target, cst.Attribute).value
    operator = code(updated.operator).strip().removesuffix("=")
    value = expression(
        f"{{before}} {operator} {{value}}", before=filled(translation, part.read, response=owner), value=updated.value
    )
    return statement(translation, part.write, response=owner, value=value)


def removed(translation: Translation, written: cst.Expr, updated: cst.Expr) -> cst.Del | None:
    """`response.headers.pop(name, None)` and `.remove(name)` as statements are `del`, which Starlette takes too."""
    match written.value:
        case cst.Call(
            func=cst.Attribute(value=owner, attr=cst.Name(value="pop")), args=[_, cst.Arg(value=default)]
        ) if code(default) == "None" or string(default) is not None:
            pass
        case cst.Call(func=cst.Attribute(value=owner, attr=cst.Name(value="remove")), args=[_]):
            pass
        case _:
            return None
    if translation.kind(owner) != "headers":
        return None
    call = cst.ensure_type(updated.value, cst.Call)
    item = cst.Subscript(call.args[0].value, [cst.SubscriptElement(cst.Index(call.args[1].value))])
    return cst.Del(item)
