"""What a client accepts and brings along: `request.accept_mimetypes`, `authorization`, `if_match` and the like.

request.accept_mimetypes.best_match(TYPES)    →    best_match(request.headers.get("accept"), TYPES)
"""

import libcst as cst

from codemods.view.rule import CallRule, Rule, Translation, expression


def of_header(module: str, name: str, header: str) -> CallRule:
    """A method of a parsed header as a function of its text."""

    def rule(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
        text = expression(f'{{request}}.headers.get("{header}")', request=translation.request())
        return call.with_changes(func=cst.Name(translation.need(module, name)), args=[cst.Arg(text), *call.args])

    return rule


def authorization(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """`request.authorization`."""
    helper = translation.need(".compat.authorization", "authorization")
    return expression(helper + "({request})", request=translation.request())


RULE = Rule(
    calls={
        "flask.request.accept_mimetypes.best_match": of_header(".compat.accept", "best_match", "accept"),
        "flask.request.accept_languages.best_match": of_header(".compat.accept", "best_language", "accept-language"),
        "flask.request.if_match.contains": of_header(".compat.etags", "contains", "if-match"),
    },
    attributes={"flask.request.authorization": authorization},
)
