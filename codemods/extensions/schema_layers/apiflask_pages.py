"""APIFlask's `pagination_builder`: what it tells of a page, with links to others of the same route.

pagination_builder(page, kind=kind)    →    pagination_builder(request, page, kind=kind)
"""

import libcst as cst

from codemods.findings import Diagnostic
from codemods.obstacles import BUILD_ERRORS
from codemods.view.rule import Rule, Translation, code, string

PAGE = Diagnostic(
    "FM737",
    "blocked",
    "APIFlask's pagination_builder is called in a way that has no counterpart",
    "It makes one of APIFlask's own models, or its arguments are spread from a value that is only known when the code "
    "runs.",
    "Give it the page, and the values of the path by their names.",
)
NAME = "apiflask.pagination_builder"
KIND = "schema_type"


def pagination_builder(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`pagination_builder(page, kind=kind)`; what makes a dictionary by itself need not say so."""
    kinds = [one for one in call.args[1:] if one.keyword is not None and one.keyword.value == KIND]
    values = [one for one in call.args[1:] if one not in kinds]
    first = call.args[0] if call.args else None
    is_page = first is not None and not first.star and (not first.keyword or first.keyword.value == "pagination")
    is_named = all(one.keyword is not None and not one.star for one in values)
    if first is None or not is_page or not is_named or any(string(one.value) != "marshmallow" for one in kinds):
        raise translation.refuse(PAGE, written, code(written))
    if BUILD_ERRORS in translation.names.project.application.overridden:
        translation.needs_application(written, "a handler of URLs that cannot be built")
    helper = cst.Name(translation.need(".compat.api_pages", "pagination_builder"))
    page = cst.Arg(first.value)
    return call.with_changes(func=helper, args=[cst.Arg(translation.request()), page, *values])


RULE = Rule(calls={NAME: pagination_builder}, kinds={NAME: "json"}, diagnostics=(PAGE,))
