"""A grammar of Flask modules: the idioms that are said to convert, put together at random, and requests to them.

A piece of the grammar is source text in which everything is drawn: names, types, defaults, order. What it produces is
an ordinary module that Flask runs; nothing in it knows of the conversion.
"""

from dataclasses import dataclass, field

from hypothesis import strategies as st

HEAD = """\
from functools import wraps

from flask import (
    Blueprint, Flask, Response, abort, current_app, g, jsonify, make_response, redirect, request, session, url_for,
)

app = Flask(__name__)
app.secret_key = "not so secret"


class OutOfStock(Exception):
    def __init__(self, item):
        super().__init__(item)
        self.item = item


def pages(total, size):
    return (total + size - 1) // size


def wanted_language():
    return request.headers.get("X-Language", "en")


def flag(name):
    return request.args.get(name) == "yes"


def token_required(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.headers.get("X-Token") != "secret":
            return jsonify(error="token"), 401
        return view(*args, **kwargs)
    return wrapper


def role_required(role):
    def decorate(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if request.args.get("role") != role:
                abort(403)
            return view(*args, **kwargs)
        return wrapper
    return decorate
"""

NAMES = ("page", "size", "q", "name", "sort", "tag")
DECORATORS = ("", "@token_required", '@role_required("admin")')
CONVERTERS = {
    "": ("alpha", "a b", "x%2Fy", "\u00e9", ""),
    "string(length=2)": ("ab", "abc"),
    "int": ("7", "007", "-1", "x", "7.5"),
    "int(min=1, max=9)": ("1", "9", "0", "10"),
    "float": ("1.5", "1", "x"),
    "path": ("a/b", "a", "a//b", "/a"),
    "any(red, blue)": ("red", "green"),
    "uuid": ("a8098c1a-f86e-11da-bd1a-00112444be1e", "A8098C1A-F86E-11DA-BD1A-00112444BE1E", "x"),
}


@dataclass(frozen=True)
class Request:
    """What a client sends."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Application:
    """The source of a module with an `app`, and requests to it, in order."""

    source: str
    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Step:
    """A statement that binds `name`, and what of a request makes a difference to it."""

    text: str
    name: str
    query: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    reads_body: bool = False


@st.composite
def steps(draw: st.DrawFn, index: int, methods: tuple[str, ...]) -> Step:
    """One statement of a view."""
    name, key = f"value_{index}", draw(st.sampled_from(NAMES))
    query = (f"{key}=3", f"{key}=x", f"{key}=", f"{key}=1&{key}=2", f"{key}=%C3%A9+%26", "")
    default = draw(st.sampled_from(("1", "None", "20")))
    word = draw(st.sampled_from(('"all"', "None", '""')))
    kinds = {
        "typed": (f'request.args.get("{key}", {default}, type=int)', query, (), False),
        "text": (f'request.args.get("{key}", {word})', query, (), False),
        "needed": (f'request.args["{key}"]', query, (), False),
        "all": (f'request.args.getlist("{key}")', query, (), False),
        "there": (f'"{key}" in request.args', query, (), False),
        "number": (f'int(request.args.get("{key}", "4"))', query, (), False),
        "header": ('request.headers.get("X-Name", "nobody")', (), (("X-Name", "ann"), ("X-Name", "")), False),
        "cookie": ('request.cookies.get("theme")', (), (("Cookie", "theme=dark"), ("Cookie", "theme=")), False),
        "language": ("wanted_language()", (), (("X-Language", "de"),), False),
        "flag": ('flag("verbose")', ("verbose=yes", "verbose=no"), (), False),
        "pure": ("pages(41, 10)", (), (), False),
        "method": ("request.method", (), (), False),
        "path": ("request.path", (), (), False),
        "url": (f'url_for("{draw(st.sampled_from(("index", "static")))}", filename="a b.css", q="1&2")', (), (), False),
        "session": ('session.get("count", 0)', (), (), False),
        "g": ('g.get("user", "anonymous")', (), (("X-User", "bob"),), False),
        "config": ("current_app.testing", (), (), False),
    }
    if set(methods) & {"POST", "PUT", "PATCH"}:
        kinds |= {
            "json": ("request.get_json()", (), (), True),
            "lenient json": ("request.get_json(silent=True)", (), (), True),
            "json field": ('(request.get_json(silent=True) or {}).get("name")', (), (), True),
            "form": (f'request.form.get("{key}", "none")', (), (), True),
            "form needed": (f'request.form["{key}"]', (), (), True),
        }
    text, asked, headers, reads_body = kinds[draw(st.sampled_from(sorted(kinds)))]
    return Step(f"{name} = {text}", name, asked, headers, reads_body)


@st.composite
def conditions(draw: st.DrawFn, known: list[Step]) -> str:
    """An `if` that leaves the view early, or changes what was read."""
    name = draw(st.sampled_from(known)).name if known else "1"
    leave = draw(
        st.sampled_from(
            (
                "abort(404)",
                'abort(400, description="no such thing")',
                'raise OutOfStock("tea")',
                'return {"early": True}',
                'return "gone", 410',
                "return jsonify([]), 202",
                'return redirect(url_for("index"))',
            )
        )
    )
    test = draw(st.sampled_from((f"not {name}", f"{name} == 3", f'{name} == "x"', f"isinstance({name}, list)")))
    return f"if {test}:\n    {leave}"


@st.composite
def answers(draw: st.DrawFn, known: list[Step], arguments: list[str]) -> str:
    """What a view returns."""
    fields = ", ".join(f'"{one.name}": {one.name}' for one in known)
    fields += "".join(f', "{one}": str({one})' for one in arguments)
    body = "{" + fields.removeprefix(", ") + "}"
    values = "[" + ", ".join(one.name for one in known) + "]"
    text = 'f"<p>' + " ".join("{" + one.name + "}" for one in known) + '</p>"'
    return draw(
        st.sampled_from(
            (
                f"return {body}",
                f"return {body}, 201",
                f'return {body}, 200, {{"X-After": "yes"}}',
                f"return jsonify({body})",
                f"return jsonify({values})",
                f"return jsonify(data={body}), 200",
                f"return {values}",
                f"return {text}",
                f'return {text}, 203, {{"Content-Type": "text/plain"}}',
                f'return Response({text}, status=202, mimetype="text/plain")',
                'return ""',
                'return "", 204',
                'return redirect("/elsewhere")',
                f'response = make_response({text})\nresponse.headers["X-After"] = "made"\nreturn response',
                f"response = jsonify({body})\nresponse.status_code = 207\nreturn response",
                'response = make_response("cookie")\nresponse.set_cookie("theme", "dark", max_age=60)\nreturn response',
                'session["count"] = session.get("count", 0) + 1\nreturn {"count": session["count"]}',
            )
        )
    )


def indented(text: str) -> str:
    """Text one level deeper."""
    return "".join(f"    {line}\n" for line in text.splitlines())


@st.composite
def views(draw: st.DrawFn, owner: str, prefix: str, index: int) -> tuple[str, list[Request]]:
    """A view with its route, and requests to it."""
    methods = draw(st.sampled_from((("GET",), ("GET",), ("POST",), ("GET", "POST"), ("PUT", "DELETE"), ("PATCH",))))
    words = [f"/{draw(st.sampled_from(('items', 'users', 'a-b')))}{index}"]
    arguments, urls = [], [""]
    for position in range(draw(st.integers(0, 2))):
        converter = draw(st.sampled_from(sorted(CONVERTERS)))
        if position and "path" in words[-1]:
            break
        arguments.append(f"part_{position}")
        words.append(f"/<{converter}{':' if converter else ''}part_{position}>")
        urls = [f"{url}/{value}" for url in urls for value in CONVERTERS[converter]]
    slash = draw(st.sampled_from(("", "", "/")))
    rule = "".join(words) + slash
    known: list[Step] = [draw(steps(number, methods)) for number in range(draw(st.integers(0, 3)))]
    body = [one.text for one in known]
    if draw(st.booleans()):
        body.insert(draw(st.integers(len(known), len(body))), draw(conditions(known)))
    body.append(draw(answers(known, arguments)))
    decorator = draw(st.sampled_from(DECORATORS))
    route = f'@{owner}.route("{rule}", methods={list(methods)!r})'
    lines = [route, *([decorator] if decorator else []), f"def view_{index}({', '.join(arguments)}):"]
    source = "\n".join(lines) + "\n" + "".join(map(indented, body))
    requests = [draw(requests_to(f"{prefix}{words[0]}", urls, slash, methods, known)) for _ in range(4)]
    return source, requests


@st.composite
def requests_to(
    draw: st.DrawFn, start: str, urls: list[str], slash: str, methods: tuple[str, ...], known: list[Step]
) -> Request:
    """A request to a view, mostly one that it takes."""
    method = draw(st.sampled_from((*methods, *methods, *methods, "HEAD", "OPTIONS", "DELETE")))
    path = start + draw(st.sampled_from(urls)) + draw(st.sampled_from((slash, slash, slash, "", "/")))
    queries = [draw(st.sampled_from(one.query)) for one in known if one.query]
    if draw(st.booleans()):
        queries.append("role=admin")
    headers: dict[str, str] = {}
    for one in known:
        if one.headers and draw(st.booleans()):
            name, value = draw(st.sampled_from(one.headers))
            headers[name] = value
    if draw(st.booleans()):
        headers["X-Token"] = "secret"
    if draw(st.booleans()):
        headers["X-User"] = draw(st.sampled_from(("bob", "stop")))
    body = b""
    if any(one.reads_body for one in known):
        kind, body = draw(
            st.sampled_from(
                (
                    ("application/json", b'{"name": "tea", "size": 3}'),
                    ("application/json", b"[1, 2]"),
                    ("application/json", b"{broken"),
                    ("application/json", b""),
                    ("text/plain", b"{}"),
                    ("application/x-www-form-urlencoded", b"name=tea&name=milk&size=&page=1"),
                    ("application/x-www-form-urlencoded", b"tag=%E9"),
                )
            )
        )
        headers["Content-Type"] = kind
    return Request(method, path, "&".join(one for one in queries if one), headers, body)


HOOKS = (
    '@{owner}.before_request\ndef load_user_{index}():\n    g.user = request.headers.get("X-User", "nobody")\n',
    "@{owner}.before_request\ndef stop_{index}():\n"
    '    if request.headers.get("X-User") == "stop":\n        return {{"stopped": {index}}}, 403\n',
    '@{owner}.after_request\ndef sign_{index}(response):\n    response.headers["X-After"] = "{index}"\n'
    "    return response\n",
)
HANDLERS = (
    "@{owner}.errorhandler(404)\ndef missing_{index}(error):\n    return jsonify(error=404, where={index}), 404\n",
    '@{owner}.errorhandler(OutOfStock)\ndef out_of_stock_{index}(error):\n    return {{"error": error.item}}, 409\n',
    '@{owner}.errorhandler(ValueError)\ndef bad_value_{index}(error):\n    return "bad value", 400\n',
    "@{owner}.errorhandler(400)\ndef bad_request_{index}(error):\n"
    "    return jsonify(error=error.description), error.code\n",
)


@st.composite
def applications(draw: st.DrawFn) -> Application:
    """A module with up to two blueprints and five views, hooks and handlers."""
    owners = [("app", "")]
    parts = [HEAD]
    for number in range(draw(st.integers(0, 2))):
        prefix = draw(st.sampled_from(("", f"/part{number}", f"/part{number}/deep")))
        name = f"blueprint_{number}"
        given = f', url_prefix="{prefix}"' if prefix else ""
        parts.append(f'{name} = Blueprint("{name}", __name__{given})\n')
        owners.append((name, prefix))
    for index in range(draw(st.integers(0, 3))):
        owner, _ = draw(st.sampled_from(owners))
        parts.append(draw(st.sampled_from((*HOOKS, *HANDLERS))).format(owner=owner, index=index))
    parts.append('@app.get("/")\ndef index():\n    return "index"\n')
    requests = [Request("GET", "/"), Request("GET", "/nowhere"), Request("GET", "//")]
    for index in range(draw(st.integers(1, 5))):
        owner, prefix = draw(st.sampled_from(owners))
        source, more = draw(views(owner, prefix, index))
        parts.append(source)
        requests += more
    parts += [f"app.register_blueprint({name})\n" for name, _ in owners[1:]]
    return Application("\n\n".join(parts), tuple(draw(st.permutations(requests))))
