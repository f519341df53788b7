"""Werkzeug's rules as Starlette's paths.

/orders/<int:order_id>/items/<name>    →    /orders/{order_id:int}/items/{name}
"""

import re

from codemods.findings import Diagnostic, Location
from codemods.model import Rule, Variable
from codemods.view.refusal import refuse

RULE_FEATURE = Diagnostic(
    "FM111",
    "blocked",
    "a rule uses a part of Werkzeug's routing that is not converted yet",
    "Hosts, defaults, redirects and converters with arguments have no direct form in a path.",
    "Keep the route on Flask; the gateway routes it there.",
)

TYPES = {"default": "str", "string": "str", "int": "int", "float": "float", "path": "str", "uuid": "UUID"}
CONVERTORS = {
    "default": "",
    "string": "",
    "int": ":int",
    "float": ":flask_float",
    "path": ":flask_path",
    "uuid": ":flask_uuid",
}
NEED_CONVERTORS = frozenset({"float", "path", "uuid"})

VARIABLE = re.compile(r"<(?:[^<>:]*:)?(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)>")


def convertible(rule: Rule, location: Location | None) -> None:
    """Raise `Refused` for a rule that has no path of the same meaning."""
    if rule.host or rule.subdomain:
        raise refuse(RULE_FEATURE, location, f"'{rule.rule}' is bound to a host")
    if rule.redirect_to is not None:
        raise refuse(RULE_FEATURE, location, f"'{rule.rule}' redirects")
    if rule.defaults:
        raise refuse(RULE_FEATURE, location, f"'{rule.rule}' has defaults")
    for variable in rule.variables:
        if variable.converter not in TYPES or variable.arguments or variable.converter_class:
            raise refuse(RULE_FEATURE, location, f"the converter of '{variable.name}' in '{rule.rule}'")
    if "{" in rule.rule or "}" in rule.rule:
        raise refuse(RULE_FEATURE, location, f"'{rule.rule}' has braces")


def path(rule: Rule) -> str:
    """The path of a convertible rule."""
    convertors = {one.name: CONVERTORS[one.converter] for one in rule.variables}
    return VARIABLE.sub(lambda found: f"{{{found['name']}{convertors[found['name']]}}}", rule.rule)


def python_type(variable: Variable) -> str:
    """The annotation of a path parameter."""
    return TYPES[variable.converter]
