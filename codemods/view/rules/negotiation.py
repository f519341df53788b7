"""What a client accepts, knows already and brings along: headers that Flask parses.

request.accept_mimetypes.best_match(TYPES)    →    accept_mimetypes(request).best_match(TYPES)
request.if_none_match.contains(etag)          →    parse_etags(request.headers.get("if-none-match")).contains(etag)
"""

import libcst as cst

from codemods.view.rule import NodeRule, Rule, Translation, expression


def of_request(module: str, name: str) -> NodeRule:
    """A header as a function of the request reads it."""

    def rule(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
        return expression(translation.need(module, name) + "({request})", request=translation.request())

    return rule


def of_header(module: str, name: str, header: str) -> NodeRule:
    """A header as a function of its text reads it."""

    def rule(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
        helper = translation.need(module, name)
        return expression(f'{helper}({{request}}.headers.get("{header}"))', request=translation.request())

    return rule


ACCEPTED = ("accept_mimetypes", "accept_languages", "accept_charsets", "accept_encodings")

RULE = Rule(
    attributes={
        **{f"flask.request.{name}": of_request(".compat.accept", name) for name in ACCEPTED},
        "flask.request.authorization": of_request(".compat.authorization", "authorization"),
        "flask.request.cache_control": of_header(".compat.caching", "requested_caching", "cache-control"),
        "flask.request.if_match": of_header(".compat.etags", "parse_etags", "if-match"),
        "flask.request.if_none_match": of_header(".compat.etags", "parse_etags", "if-none-match"),
        "flask.request.if_modified_since": of_header(".compat.dates", "parse_date", "if-modified-since"),
        "flask.request.if_unmodified_since": of_header(".compat.dates", "parse_date", "if-unmodified-since"),
        "flask.request.date": of_header(".compat.dates", "parse_date", "date"),
        "flask.request.range": of_header(".compat.ranges", "parse_range", "range"),
        "flask.request.if_range": of_header(".compat.ranges", "parse_if_range", "if-range"),
    },
)
