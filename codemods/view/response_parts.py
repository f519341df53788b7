"""What each attribute and method of Flask's response object is on a response of Starlette's.

In the templates `{response}` and `{value}` stand for expressions, `{text}` for the value as text, and every other name
in braces is a helper of `HELPERS`, which is imported.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from .rule import Translation, expression

HELPERS: Mapping[str, str] = {
    name: module
    for module, names in {
        ".compat.responses": "status_code update_headers with_charset",
        ".compat.response_body": "read_body read_json has_json mimetype_of is_passthrough is_streamed set_body "
        "set_passthrough call_on_close",
        ".compat.response_headers": "add_header add_to_set age_text assign_set content_length extend_headers "
        "is_in_set pop_header replace_headers retry_after set_header set_list set_retry_after status_line",
        ".compat.dates": "http_date parse_date",
        ".compat.etags": "add_etag conditional freeze get_etag set_etag",
        ".compat.cookies": "delete_cookie set_cookie",
        ".compat.caching": "cache_control cache_directive",
        ".compat.security_policy": "security_policy",
    }.items()
    for name in names.split()
}
"""The helpers for responses, each with its module."""


@dataclass(frozen=True, slots=True)
class Part:
    """An attribute: how it is read and how it is assigned to; None where there is no such form."""

    read: str | None = None
    write: str | None = None


def _text_header(name: str) -> Part:
    item = f'{{response}}.headers["{name}"]'
    return Part(f'{{response}}.headers.get("{name}")', f"{item} = {{text}}")


def _date_header(name: str) -> Part:
    return Part(
        f'{{parse_date}}({{response}}.headers.get("{name}"))',
        f'{{response}}.headers["{name}"] = {{http_date}}({{value}})',
    )


def _url_header(name: str) -> Part:
    return Part(f'{{response}}.headers.get("{name}")', f'{{set_header}}({{response}}.headers, "{name}", {{value}})')


SETS: Mapping[str, str] = {
    "vary": "Vary",
    "allow": "Allow",
    "content_language": "Content-Language",
}
"""Headers that are sets of names; each is assigned to, added to and asked."""

POLICIES: Mapping[str, str] = {
    "content_security_policy": "Content-Security-Policy",
    "content_security_policy_report_only": "Content-Security-Policy-Report-Only",
}
"""Headers that are security policies, whose directives are set one by one."""

PARTS: Mapping[str, Part] = {
    "status_code": Part("{response}.status_code", "{response}.status_code = {value}"),
    "status": Part("{status_line}({response})", "{response}.status_code = {status_code}({value})"),
    "data": Part("{read_body}({response})", "{set_body}({response}, {value})"),
    "json": Part("{read_json}({response})"),
    "is_json": Part("{has_json}({response})"),
    "is_streamed": Part("{is_streamed}({response})"),
    "direct_passthrough": Part("{is_passthrough}({response})", "{set_passthrough}({response}, {value})"),
    "is_sequence": Part("(not {is_streamed}({response}))"),
    "mimetype": Part("{mimetype_of}({response})", '{response}.headers["Content-Type"] = {with_charset}({value})'),
    "content_type": _text_header("Content-Type"),
    "content_length": Part("{content_length}({response})", '{response}.headers["Content-Length"] = {text}'),
    "content_encoding": _text_header("Content-Encoding"),
    "content_md5": _text_header("Content-MD5"),
    "accept_ranges": _text_header("Accept-Ranges"),
    "access_control_allow_origin": _text_header("Access-Control-Allow-Origin"),
    "access_control_max_age": Part(None, '{response}.headers["Access-Control-Max-Age"] = {text}'),
    "location": _url_header("Location"),
    "content_location": _url_header("Content-Location"),
    "date": _date_header("Date"),
    "expires": _date_header("Expires"),
    "last_modified": _date_header("Last-Modified"),
    "age": Part(None, '{response}.headers["Age"] = {age_text}({value})'),
    "retry_after": Part("{retry_after}({response})", "{set_retry_after}({response}, {value})"),
    **{
        name: Part(None, f'{{assign_set}}({{response}}.headers, "{header}", {{value}})')
        for name, header in SETS.items()
    },
    **{
        f"access_control_{name}": Part(
            None, f'{{response}}.headers["Access-Control-{name.replace("_", "-").title()}"] = ", ".join({{value}})'
        )
        for name in ("allow_headers", "allow_methods", "expose_headers")
    },
    **{name: Part(None, f'{{response}}.headers["{header}"] = {{text}}') for name, header in POLICIES.items()},
}
"""The attributes that a response has in Flask."""

METHODS: Mapping[str, str] = {
    "set_cookie": "set_cookie",
    "delete_cookie": "delete_cookie",
    "set_etag": "set_etag",
    "get_etag": "get_etag",
    "add_etag": "add_etag",
    "freeze": "freeze",
    "get_json": "read_json",
    "set_data": "set_body",
    "call_on_close": "call_on_close",
}
"""The methods that are functions of the response with the same arguments."""


def filled(translation: Translation, template: str, **nodes: cst.BaseExpression) -> cst.BaseExpression:
    """The expression of a template."""
    return expression(template, **nodes, **_helpers(translation, template, nodes))


def statement(translation: Translation, template: str, **nodes: cst.BaseExpression) -> cst.BaseSmallStatement:
    """The assignment or call of a template."""
    target, assigns, value = template.partition(" = ")
    made = filled(translation, value if assigns else target, **nodes)
    if not assigns:
        return cst.Expr(made)
    place = filled(translation, target, **nodes)
    assert isinstance(place, cst.Attribute | cst.Subscript)
    return cst.Assign([cst.AssignTarget(place)], made)


def _helpers(
    translation: Translation, template: str, nodes: Mapping[str, cst.BaseExpression]
) -> dict[str, cst.BaseExpression]:
    fields = {field for _, field, _, _ in string.Formatter().parse(template) if field}
    return {name: cst.Name(translation.need(HELPERS[name], name)) for name in sorted(fields - nodes.keys())}
