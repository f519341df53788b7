"""`FlaskRequest` against Werkzeug's: query strings, cookies, headers and forms."""

from typing import Annotated, Any

import flask
import pytest
from fastapi import FastAPI, File, Form, Header, Query, Request, Response, UploadFile
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.sansio.http import parse_cookie
from werkzeug.sansio.request import Request as SansIORequest

from codemods.compat.json_body import JsonBody
from codemods.compat.lifecycle import Lifecycle
from codemods.compat.query import arg, arglist, lenient_list, required
from codemods.compat.request import FormValues, QueryValues, parse_cookies
from codemods.compat.responses import FlaskJSONResponse, make_response
from codemods.compat.routing import FlaskRoute


def werkzeug_args(query: bytes) -> MultiDict[str, str]:
    return SansIORequest("GET", "http", None, "", "/", query, Headers(), None).args


@given(st.text("ab=&%+;1é \xff", max_size=30).map(lambda text: text.encode()))
def test_any_query_string(query):
    expected = werkzeug_args(query)
    found = QueryValues(query)
    assert list(found.items()) == list(expected.items())
    assert {key: found.getlist(key) for key in found} == dict(expected.lists())
    assert arg(found, "a", "none") == expected.get("a", "none")
    assert arg(found, "a", 7, int) == expected.get("a", 7, type=int)
    assert arglist(found, "a", int) == expected.getlist("a", type=int)


@pytest.mark.parametrize("query", [b"a=%FF", b"a=%C3%A9&a=%C3", b"%E9=1", b"a=1;b=2", b"&&a&=1", b"a=+%2B"])
def test_bytes_that_are_no_text_stay_encoded(query):
    assert list(QueryValues(query).items()) == list(werkzeug_args(query).items())


def test_raw_bytes_that_are_no_text_fail_as_in_flask():
    with pytest.raises(UnicodeDecodeError):
        werkzeug_args(b"a=\xff")
    with pytest.raises(UnicodeDecodeError):
        QueryValues(b"a=\xff")


@given(st.text('ab=;," \\\t1é\x80/@:303', max_size=40))
def test_any_cookie_header(header):
    expected: Any = parse_cookie(header)
    assert list(parse_cookies(header).items()) == [(key, expected[key]) for key in expected]


@pytest.mark.parametrize("header", ["a=1; a=2", "d", 'a="\\303\\274"', 'a="x\\"y"; b=2', "=1; a=2", 'a="b;c"', '"'])
def test_cookies_that_browsers_and_others_send(header):
    expected: Any = parse_cookie(header)
    assert parse_cookies(header) == {key: expected[key] for key in expected}


def flask_app() -> flask.Flask:
    app = flask.Flask(__name__)

    @app.get("/query")
    def query() -> Any:
        args = flask.request.args
        return {
            "x": args.get("x"),
            "many": args.getlist("x"),
            "numbers": args.getlist("n", type=int),
            "all": list(args.items()),
        }

    @app.get("/headers")
    def headers() -> Any:
        return {"x": flask.request.headers.get("X-One"), "typed": flask.request.headers.get("X-Two", "none")}

    @app.get("/cookies")
    def cookies() -> Any:
        return {"all": dict(flask.request.cookies), "a": flask.request.cookies["a"]}

    @app.post("/form")
    def form() -> Any:
        found = flask.request.form
        return {
            "name": found["name"],
            "empty": found.get("empty"),
            "many": found.getlist("many"),
            "all": list(found.items()),
        }

    @app.post("/upload")
    def upload() -> Any:
        file = flask.request.files["file"]
        content = file.read().decode()
        return {"name": file.filename, "content": content, "type": file.mimetype, "form": dict(flask.request.form)}

    @app.post("/method")
    def method() -> Any:
        return flask.request.method

    return app


def fastapi_app() -> FastAPI:
    app = FastAPI()
    app.router.route_class = FlaskRoute

    @app.get("/query")
    async def query(
        request: Request,
        x: str | None = None,
        n: Annotated[list[int] | None, Query(), lenient_list(int)] = None,
    ) -> Response:
        many = request.query_params.getlist("x")
        items = list(request.query_params.items())
        return FlaskJSONResponse({"x": x, "many": many, "numbers": n or [], "all": items})

    @app.get("/headers")
    async def headers(
        x_one: Annotated[str | None, Header()] = None, x_two: Annotated[str, Header()] = "none"
    ) -> Response:
        return FlaskJSONResponse({"x": x_one, "typed": x_two})

    @app.get("/cookies")
    async def cookies(request: Request) -> Response:
        return FlaskJSONResponse({"all": request.cookies, "a": required(request.cookies.get("a"), "a")})

    @app.post("/form")
    async def form(
        request: Request,
        name: Annotated[str | None, Form()] = None,
        empty: Annotated[str | None, Form()] = None,
    ) -> Response:
        values = await request.form()
        many = values.getlist("many")
        given_name = required(name, "name")
        items = list(values.items())
        return FlaskJSONResponse({"name": given_name, "empty": empty, "many": many, "all": items})

    @app.post("/upload")
    async def upload(request: Request, file: Annotated[UploadFile, File()]) -> Response:
        content = (await file.read()).decode()
        kind = (file.content_type or "").partition(";")[0]
        form = dict((await request.form()).items())
        return FlaskJSONResponse({"name": file.filename, "content": content, "type": kind, "form": form})

    return app


@pytest.mark.parametrize(
    "target",
    ["/query", "/query?x=", "/query?x=1&x=2&y=3&y=4", "/query?n=1&n=x&n=2", "/query?x=%FF&x", "/query?x=a+b%2B"],
)
def test_query_parameters(pair, target):
    pair(flask_app(), fastapi_app()).same("GET", target)


def test_repeated_headers_are_one(pair):
    both = pair(flask_app(), fastapi_app())
    both.same("GET", "/headers", [("X-One", "1"), ("X-One", "2"), ("X-Two", "")])
    both.same("GET", "/headers")


@pytest.mark.parametrize("header", ["a=1; a=2; b", "b=1", "", 'a="\\303\\274"'])
def test_cookies(pair, header):
    pair(flask_app(), fastapi_app()).same("GET", "/cookies", {"Cookie": header} if header else {})


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "body", [b"name=x", b"name=", b"", b"name=1&name=2&many=a&many=b&empty=", b"other=1", b"name=%FF", b"name=\xff"]
)
def test_urlencoded_forms(pair, body):
    pair(flask_app(), fastapi_app()).same("POST", "/form", FORM, body)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "multipart/form-data", "Application/X-WWW-form-urlencoded;a=b"]
)
def test_forms_of_another_type(pair, kind):
    pair(flask_app(), fastapi_app()).same("POST", "/form", {"Content-Type": kind}, b"name=x")


def part(name: str, content: str, filename: str | None = None, kind: str | None = None) -> str:
    disposition = f'form-data; name="{name}"' + ("" if filename is None else f'; filename="{filename}"')
    type_line = f"Content-Type: {kind}\r\n" if kind else ""
    return f"--limit\r\nContent-Disposition: {disposition}\r\n{type_line}\r\n{content}\r\n"


MULTIPART = {"Content-Type": "multipart/form-data; boundary=limit"}


@pytest.mark.parametrize(
    "parts",
    [
        [part("name", "x"), part("empty", ""), part("many", "1"), part("many", "2")],
        [part("file", "content", "a.txt", "text/plain; charset=utf-8"), part("name", "x")],
        [part("file", "", "")],
        [part("file", "text instead of a file")],
        [part("file", "1", "a"), part("file", "2", "b")],
        [part("name", "a file instead of text", "a.txt")],
        [part("name", "x" * 500_000)],
        [part("name", "x" * 500_001)],
        [part("file", "x" * 600_000, "large.txt")],
        [part(f"name{number}", "x") for number in range(1000)],
        [part(f"name{number}", "x") for number in range(1001)],
    ],
    ids=[
        "text",
        "file",
        "no file",
        "text for file",
        "two",
        "file for text",
        "max",
        "large",
        "large file",
        "many",
        "too many",
    ],
)
@pytest.mark.parametrize("target", ["/form", "/upload"])
def test_multipart_forms(pair, target, parts):
    pair(flask_app(), fastapi_app()).same("POST", target, MULTIPART, ("".join(parts) + "--limit--\r\n").encode())


@pytest.mark.parametrize("body", [b"nonsense", b"--limit\r\n", b"--limit\r\nContent-Disposition: form-data\r\n\r\nx"])
def test_broken_multipart_forms_are_empty(pair, body):
    pair(flask_app(), fastapi_app()).same("POST", "/form", MULTIPART, body)


def test_files_are_apart_from_text():
    sent = [("a", "1"), ("b", UploadFile(None, filename="x"))]  # type: ignore[arg-type]
    values = FormValues(sent, frozenset({"b"}))
    assert list(values) == ["a"]
    assert list(values.files) == ["b"]
    assert values.get("b").filename == "x"
    assert FormValues(sent).get("b") is None


def test_an_endpoint_that_reads_the_body_itself_gets_bytes(fastapi_answer):
    app = FastAPI()
    app.router.route_class = FlaskRoute

    @app.post("/raw")
    async def raw(request: Request) -> Response:
        body = await request.body()
        return FlaskJSONResponse([type(body).__name__, bool(body)])

    assert fastapi_answer(app, "POST", "/raw").body == b'["bytes",false]\n'


@pytest.mark.parametrize("size", [9, 10, 11])
@pytest.mark.parametrize("guarded", [False, True])
def test_a_body_that_is_too_large_is_refused_where_it_is_read(pair, size, guarded):
    flask_app = flask.Flask(__name__)
    flask_app.config["MAX_CONTENT_LENGTH"] = 10
    app = FastAPI()
    app.router.route_class = FlaskRoute
    app.state.limits = {"MAX_CONTENT_LENGTH": 10}

    def flask_view(what: str) -> Any:
        if guarded:
            flask.abort(401)
        match what:
            case "json":
                return flask.jsonify(flask.request.get_json(silent=True))
            case "data":
                return flask.request.get_data()
            case "form":
                return dict(flask.request.form)
        return "unread"

    async def view(request: Request, what: str) -> Response:
        if guarded:
            raise HTTPException(401)
        if what == "form":
            return FlaskJSONResponse(dict((await request.form()).items()))
        return make_response((await request.body()) if what == "data" else "unread")

    async def json_view(body: JsonBody[Any]) -> Response:
        if guarded:
            raise HTTPException(401)
        return FlaskJSONResponse(body.json(silent=True))

    flask_app.add_url_rule("/<what>", "view", flask_view, methods=["POST"])
    app.add_api_route("/json", json_view, methods=["POST"])
    app.add_api_route("/{what}", view, methods=["POST"])
    both = pair(flask_app, app)
    for kind in ("application/json", FORM["Content-Type"], "multipart/form-data; boundary=limit"):
        for what in ("json", "data", "form", "nothing"):
            both.same("POST", f"/{what}", {"Content-Type": kind}, b'"' + b"x" * (size - 2) + b'"')


def test_a_hook_may_read_the_body_ahead_of_a_json_body(fastapi_answer):
    app = FastAPI()
    app.router.route_class = FlaskRoute
    seen: list[bytes] = []

    async def hook(request: Request) -> None:
        seen.append(await request.body())

    app.state.lifecycle = Lifecycle(before={"": [hook]})

    @app.post("/")
    async def view(request: Request, body: JsonBody[Any]) -> Response:
        seen.append(await request.body())
        return FlaskJSONResponse(body.json(force=True))

    assert fastapi_answer(app, "POST", "/", {}, b"[1]").body == b"[1]\n"
    assert seen == [b"[1]", b"[1]"]
