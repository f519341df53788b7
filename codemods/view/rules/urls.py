"""`url_for`, and what a request says of its own URL.

url_for(".show", id=1)    →    url_for(request, "orders.show", id=1)
"""

import libcst as cst

from codemods.findings import Diagnostic
from codemods.obstacles import BUILD_ERRORS
from codemods.view.rule import NodeRule, Rule, Translation, code, expression, string

URL_ENDPOINT = Diagnostic(
    "FM221",
    "blocked",
    "url_for is called with an endpoint that is not spelled out",
    "A relative endpoint means another one in another blueprint; the tool resolves it while converting.",
    "Pass the endpoint as a string.",
)


def url_for(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`url_for(endpoint, **values)`; a view's relative endpoint is resolved now, that of other code by the request."""
    if not call.args or call.args[0].star or call.args[0].keyword is not None:
        raise translation.refuse(URL_ENDPOINT, written, code(written))
    first = call.args[0]
    endpoint = string(first.value)
    if endpoint is None:
        if translation.kind(written.args[0].value) != "endpoint":
            raise translation.refuse(URL_ENDPOINT, written, code(written))
    elif endpoint.startswith(".") and translation.endpoint:
        prefix = f"{translation.blueprint}." if translation.blueprint else ""
        first = first.with_changes(value=cst.SimpleString(f'"{prefix}{endpoint[1:]}"'))
    if BUILD_ERRORS in translation.names.project.application.overridden:
        translation.needs_application(written, "a handler of URLs that cannot be built")
    helper = translation.need(".compat.urls", "url_for")
    return call.with_changes(func=cst.Name(helper), args=[cst.Arg(translation.request()), first, *call.args[1:]])


def is_endpoint_expecting(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`current_app.url_map.is_endpoint_expecting(endpoint, name)`."""
    if any(one.star or one.keyword for one in call.args):
        raise translation.refuse(URL_ENDPOINT, written, code(written))
    helper = translation.need(".compat.urls", "is_endpoint_expecting")
    return call.with_changes(func=cst.Name(helper), args=[cst.Arg(translation.request()), *call.args])


def simple(template: str) -> NodeRule:
    """A property that Starlette's request has in another place."""

    def rule(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
        return expression(template, request=translation.request())

    return rule


def user_agent(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.user_agent.to_header()`, which is its text."""
    return expression('{request}.headers.get("user-agent", "")', request=translation.request())


def unknown(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """A part of the user agent, which Werkzeug no longer takes apart (`werkzeug.user_agent.UserAgent`)."""
    return cst.Name("None")


def helper(name: str) -> NodeRule:
    """A property that a function of `compat.request_info` reads."""

    def rule(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
        return expression(translation.need(".compat.request_info", name) + "({request})", request=translation.request())

    return rule


EXPECTING = "flask.current_app.url_map.is_endpoint_expecting"
PARTS = ("host", "path", "full_path", "host_url", "url_root", "base_url", "url", "remote_addr", "content_length")
"""What `compat.request_info` reads under the name that it has in Flask."""
MORE_PARTS = ("access_route", "max_forwards", "mimetype_params")
HEADERS = {
    "content_type": "content-type",
    "content_encoding": "content-encoding",
    "content_md5": "content-md5",
    "origin": "origin",
    "referrer": "referer",
}
"""What is the text of a header."""

RULE = Rule(
    calls={
        "flask.url_for": url_for,
        EXPECTING: is_endpoint_expecting,
        "flask.request.user_agent.to_header": user_agent,
    },
    attributes={
        "flask.request.method": simple("{request}.method"),
        **{f"flask.request.{name}": helper(name) for name in (*PARTS, *MORE_PARTS)},
        "flask.request.root_url": helper("url_root"),
        "flask.request.root_path": helper("root_path"),
        "flask.request.script_root": helper("root_path"),
        "flask.request.mimetype": simple('{request}.headers.get("content-type", "").partition(";")[0].strip().lower()'),
        **{f"flask.request.{name}": simple(f'{{request}}.headers.get("{header}")') for name, header in HEADERS.items()},
        "flask.request.user_agent.string": simple('{request}.headers.get("user-agent", "")'),
        **{f"flask.request.user_agent.{name}": unknown for name in ("browser", "language", "platform", "version")},
        "flask.request.is_secure": simple('({request}.url.scheme == "https")'),
        "flask.request.scheme": simple("{request}.url.scheme"),
        "flask.request.query_string": simple('{request}.scope["query_string"]'),
    },
    diagnostics=(URL_ENDPOINT,),
)
