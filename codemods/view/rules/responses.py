"""What a view answers with: `jsonify`, `make_response`, `redirect`, `Response`.

return jsonify(items)    →    return FlaskJSONResponse(items)
"""

import libcst as cst

from codemods.findings import Diagnostic
from codemods.view.kinds import RESPONSES
from codemods.view.rule import TIGHT, Rule, Translation, arguments, bind, code, expression

RESPONSE_ARGUMENTS = Diagnostic(
    "FM301",
    "blocked",
    "a response is made in a way that has no counterpart yet",
    "Only response, status, headers, mimetype and content_type of Flask's Response have a direct form.",
    "Make the response with these arguments, or return a (body, status, headers) tuple.",
)

REDIRECTS = ("flask.redirect", "werkzeug.utils.redirect", "flask.current_app.redirect")
CLASSES = tuple(sorted(RESPONSES))
MADE = (*CLASSES, "flask.current_app.response_class")
JSONIFY = ("flask.jsonify", "flask.json.jsonify", "flask.current_app.json.response")
JSON_DEFAULTS = ("flask.json.provider.DefaultJSONProvider.default", "flask.json.provider._default")
DUMPS = ("flask.json.dumps", "flask.current_app.json.dumps")


def json_response(translation: Translation) -> str:
    """The local name of the JSON response class."""
    return translation.need(".compat.responses", "FlaskJSONResponse")


def jsonify(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`jsonify(value)`, `jsonify(a=1)`, `jsonify(a, b)`."""
    found = arguments(call)
    if found is None or all(found):
        return call.with_changes(func=cst.Name(translation.need(".compat.responses", "jsonify")))
    positional, keywords = found
    if "self" in keywords:  # of `flask.json.provider.JSONProvider.response`, which then has two of it
        raise translation.refuse(RESPONSE_ARGUMENTS, written, code(written))
    if len(positional) == 1 and not keywords:
        return cst.Call(
            cst.Name(json_response(translation)), [call.args[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)]
        )
    if not positional and not keywords:
        return cst.Call(cst.Name(json_response(translation)), [cst.Arg(cst.Name("None"))])
    if not positional:
        entries = [cst.DictElement(cst.SimpleString(f'"{name}"'), value) for name, value in keywords.items()]
        return cst.Call(cst.Name(json_response(translation)), [cst.Arg(cst.Dict(entries))])
    content = cst.List([cst.Element(one) for one in positional])
    return cst.Call(cst.Name(json_response(translation)), [cst.Arg(content)])


def make_response(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`make_response(value)`, `make_response(body, status, headers)`."""
    found = arguments(call)
    if found is None or found[1] or len(found[0]) > 3:
        raise translation.refuse(RESPONSE_ARGUMENTS, written, code(written))
    original = arguments(written)
    if original and len(original[0]) == 1 and translation.kind(original[0][0]) == "response":
        return found[0][0]
    if not found[0]:
        return expression(html(translation) + '("")')
    helper = translation.need(".compat.responses", "make_response")
    if len(found[0]) == 1:
        return cst.Call(cst.Name(helper), [cst.Arg(found[0][0])])
    return cst.Call(cst.Name(helper), [cst.Arg(cst.Tuple([cst.Element(one) for one in found[0]]))])


def html(translation: Translation) -> str:
    """The local name of the response class for text."""
    return translation.need("fastapi.responses", "HTMLResponse")


def redirect(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`redirect(url, code=302, Response=flask.Response)`."""
    bound, original = bind(call, "location", "code", "Response"), bind(written, "location", "code", "Response")
    kind = translation.names.qualified(original["Response"]) if original and "Response" in original else None
    if bound is None or original is None or "location" not in bound or kind not in (None, *CLASSES):
        raise translation.refuse(RESPONSE_ARGUMENTS, written, code(written))
    helper = translation.need(".compat.responses", "redirect")
    return cst.Call(cst.Name(helper), [cst.Arg(bound[name]) for name in ("location", "code") if name in bound])


def response(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`Response(body, status, headers, mimetype, content_type)`."""
    bound = bind(call, "response", "status", "headers", "mimetype", "content_type", "direct_passthrough")
    if bound is None:
        raise translation.refuse(RESPONSE_ARGUMENTS, written, code(written))
    is_werkzeugs = (translation.names.qualified(written.func) or "").startswith("werkzeug.")
    helper = translation.need(".compat.responses", "response")
    parts = [cst.Arg(bound["response"])] if "response" in bound else []
    parts += [
        cst.Arg(bound[name], keyword=cst.Name(name), equal=TIGHT)
        for name in ("status", "headers", "mimetype", "content_type", "direct_passthrough")
        if name in bound
    ]
    if is_werkzeugs:
        parts.append(cst.Arg(cst.Name("True"), keyword=cst.Name("is_plain"), equal=TIGHT))
    return cst.Call(cst.Name(helper), parts)


def headers(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`Headers()`, `Headers({...})` of Werkzeug's: Starlette's mutable ones."""
    if any(one.keyword or one.star for one in call.args) or len(call.args) > 1:
        raise translation.refuse(RESPONSE_ARGUMENTS, written, code(written))
    empty = f"{translation.need('starlette.datastructures', 'MutableHeaders')}()"
    if not call.args:
        return expression(empty)
    helper = translation.need(".compat.response_headers", "headers_of")
    return cst.Call(cst.Name(helper), [cst.Arg(call.args[0].value)])


def dumps(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`flask.json.dumps(value, ...)`, with the settings of the application's JSON; without, where Flask has none."""
    if translation.is_sent_later(written):
        if any(one.star or (one.keyword and one.keyword.value == "default") for one in call.args):
            raise translation.refuse(RESPONSE_ARGUMENTS, written, code(written))
        default = cst.Name(translation.need(".compat.responses", "json_default"))
        args = [*call.args, cst.Arg(default, keyword=cst.Name("default"), equal=TIGHT)]
        return call.with_changes(func=cst.Name(translation.need("json", "dumps")), args=args)
    return call.with_changes(func=cst.Name(translation.need(".compat.responses", "dumps")))


def json_default(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`DefaultJSONProvider.default(value)`."""
    return call.with_changes(func=cst.Name(translation.need(".compat.responses", "json_default")))


def loads(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`flask.json.loads(text)`, which is Python's own."""
    return call.with_changes(func=cst.Name(translation.need("json", "loads")))


RULE = Rule(
    calls={
        **dict.fromkeys(JSONIFY, jsonify),
        **dict.fromkeys(DUMPS, dumps),
        **dict.fromkeys(JSON_DEFAULTS, json_default),
        **dict.fromkeys(("flask.json.loads", "flask.current_app.json.loads"), loads),
        "flask.current_app.make_response": make_response,
        "flask.make_response": make_response,
        **dict.fromkeys(REDIRECTS, redirect),
        **dict.fromkeys(MADE, response),
        "werkzeug.datastructures.Headers": headers,
    },
    kinds={
        **dict.fromkeys(JSONIFY, "response"),
        **dict.fromkeys(DUMPS, "text"),
        "flask.make_response": "response",
        "flask.current_app.make_response": "response",
        **dict.fromkeys(REDIRECTS, "response"),
        **dict.fromkeys(MADE, "response"),
        "werkzeug.datastructures.Headers": "headers",
        "flask.send_file": "response",
        "flask.send_from_directory": "response",
        "flask.url_for": "text",
        "builtins.str": "text",
        "builtins.repr": "text",
        "builtins.format": "text",
        "builtins.dict": "json",
        "builtins.list": "json",
        "builtins.sorted": "json",
        "json.dumps": "text",
    },
    diagnostics=(RESPONSE_ARGUMENTS,),
)
