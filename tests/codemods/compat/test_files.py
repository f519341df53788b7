"""Files and conditional answers against Flask and Werkzeug, header by header."""

import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask
import pytest
from fastapi import FastAPI, Request, Response
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from werkzeug.http import parse_etags as werkzeug_parse_etags
from werkzeug.http import parse_range_header, unquote_etag
from werkzeug.wrappers import Response as WerkzeugResponse

from codemods.compat import etags
from codemods.compat.files import disposition, send_file, send_from_directory
from codemods.compat.head import HeadAsGet
from codemods.compat.responses import text
from codemods.compat.routing import FlaskRoute

CONTENT = bytes(range(256)) * 600


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for name in ("a.txt", "b.tar.gz", "no suffix", "ü ö.html", 'quote".svg', "empty.json", "below/deep.css"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"" if name.startswith("empty") else CONTENT)
        os.utime(path, (1_700_000_000.25, 1_700_000_000.25))
    (folder.parent / "secret.txt").write_text("secret")
    return folder


def sides(view: Any) -> tuple[flask.Flask, FastAPI]:
    """A view on both sides; it is handed the two functions for files."""
    flask_app = flask.Flask(__name__, static_folder=None)
    app = FastAPI(redirect_slashes=False)
    app.router.route_class = FlaskRoute
    app.add_middleware(HeadAsGet)

    def flask_view(name: str) -> Any:
        return view(flask.send_file, flask.send_from_directory, name)

    def fastapi_view(request: Request, name: str) -> Response:
        def file(*args: Any, **options: Any) -> Response:
            return send_file(request, *args, **options)

        def from_directory(*args: Any, **options: Any) -> Response:
            return send_from_directory(request, *args, **options)

        answer: Response = view(file, from_directory, name)
        return answer

    flask_app.add_url_rule("/<path:name>", "view", flask_view, methods=["GET", "POST"])
    app.add_api_route("/{name:path}", fastapi_view, methods=["GET", "POST"])
    return flask_app, app


@pytest.mark.parametrize(
    "target",
    [
        "/a.txt",
        "/b.tar.gz",
        "/no%20suffix",
        "/%C3%BC%20%C3%B6.html",
        "/quote%22.svg",
        "/empty.json",
        "/below/deep.css",
        "/below",
        "/none",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/below/../../secret.txt",
        "/a%00b",
        "/below/../a.txt",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_files_of_a_directory(pair, folder, target, method):
    both = pair(*sides(lambda _, from_directory, name: from_directory(str(folder), name)))
    both.same(method, target)


def an_hour(path: str | None) -> int:
    """How long a file may be cached: what a browser shows longer than what has no path."""
    return 3600 if path else 60


def shown(options: dict[str, Any]) -> str:
    """The same name in every process: a function's `repr` has its address."""
    return ", ".join(f"{name}={getattr(value, '__name__', repr(value))}" for name, value in options.items()) or "none"


OPTIONS: list[dict[str, Any]] = [
    {"mimetype": "text/x-own"},
    {"as_attachment": True},
    {"as_attachment": True, "download_name": "x.tar.gz"},
    {"download_name": "né\"w\\ n'ame.txt"},
    {"download_name": "日本.txt", "as_attachment": True},
    {"download_name": "a\nb.txt"},
    {"conditional": False},
    {"etag": False},
    {"etag": "own"},
    {"last_modified": datetime(2020, 1, 1)},
    {"last_modified": datetime(2020, 1, 1, 5, 6, 7, 8, tzinfo=UTC)},
    {"last_modified": 1_000_000_000},
    {"max_age": 0},
    {"max_age": an_hour},
]


def same_but_for_seconds(both: Any, method: str, target: str, headers: Any = ()) -> None:
    """Compare, without the seconds of `Expires`, which follow the clock."""
    both.ignored = {"expires"}
    found = both.same(method, target, headers)
    expected, _ = both.both(method, target, headers)
    assert (found.header("expires") or "")[:-6] == (expected.header("expires") or "")[:-6]


@pytest.mark.parametrize("options", OPTIONS, ids=shown)
def test_options_of_send_file(pair, folder, options):
    both = pair(*sides(lambda file, _, name: file(str(folder / name), **options)))
    for headers in ({}, {"Range": "bytes=1-5"}, {"If-None-Match": '"own"'}):
        same_but_for_seconds(both, "GET", "/a.txt", headers)


@pytest.mark.parametrize(
    "options",
    [{"download_name": "x.txt"}, {"mimetype": "text/css"}, {}, {"mimetype": "text/css", "as_attachment": True}],
    ids=repr,
)
@pytest.mark.parametrize(
    "kind", [io.BytesIO, lambda content: io.BufferedReader(io.BytesIO(content)), lambda _: io.StringIO("x")]
)
def test_file_objects(pair, kind, options):
    opened: list[Any] = []

    def view(file: Any, _: Any, name: str) -> Any:
        opened.append(kind(CONTENT))
        return file(opened[-1], **options)

    both = pair(*sides(view))
    for headers in ({}, {"Range": "bytes=5-"}):
        both.same("GET", "/x", headers)


def test_a_path_object_and_a_missing_file(pair, folder):
    both = pair(*sides(lambda file, _, name: file(folder / name)))
    both.same("GET", "/a.txt")
    both.same("GET", "/none.txt")


def test_a_file_is_closed_however_it_is_answered(folder, fastapi_answer):
    opened: list[io.BytesIO] = []

    def view(file: Any, _: Any, name: str) -> Any:
        opened.append(io.BytesIO(CONTENT))
        return file(opened[-1], mimetype="text/css", etag="x")

    _, app = sides(view)
    for headers in ({}, {"Range": "bytes=1-2"}, {"Range": "bytes=999999-"}, {"If-None-Match": '"x"'}):
        fastapi_answer(app, "GET", "/x", headers)
    fastapi_answer(app, "HEAD", "/x")
    assert [file.closed for file in opened] == [True] * 5


ETAG = '"1700000000.25-153600-'
RANGES = [
    "bytes=0-0",
    "bytes=0-",
    "bytes=-5",
    "bytes=-0",
    "bytes=-153600",
    "bytes=-153601",
    "bytes=5-2",
    "bytes=153599-",
    "bytes=153600-",
    "bytes=1-2,4-5",
    "bytes= 1 - 2 ",
    "BYTES=1-2",
    "items=1-2",
    "bytes",
    "bytes=",
    "bytes=a-b",
    "bytes=1-x",
    "bytes=1-999999",
    "bytes=+1-2",
    "bytes=--1",
    "bytes=1--2",
]


@pytest.mark.parametrize("header", RANGES)
def test_ranges_of_a_file(pair, folder, header):
    both = pair(*sides(lambda _, from_directory, name: from_directory(str(folder), name)))
    for target in ("/a.txt", "/empty.json"):
        for method in ("GET", "HEAD"):
            both.same(method, target, {"Range": header})


@given(st.text("bytes=-, 0123456789", max_size=16).map(lambda text: f"bytes={text}"), st.integers(1, 2000))
def test_any_range(header, length):
    parsed = parse_range_header(header)
    assert etags.parse_range(header, length) == (parsed.range_for_length(length) if parsed else None)


DATES = [
    "Tue, 14 Nov 2023 22:13:20 GMT",
    "Tue, 14 Nov 2023 22:13:19 GMT",
    "Thu, 01 Jan 2099 00:00:00 GMT",
    "nonsense",
    "",
]
TAGS = ['"own"', 'W/"own"', "own", '"other"', '"other", "own"', "*", '"*"', "", ",", '"own']


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("name", ["If-None-Match", "If-Match"])
@pytest.mark.parametrize("weak", [False, True])
def test_conditional_answers(pair, tag, name, weak):
    def flask_view(kind: str) -> Any:
        response = flask.Response("body", headers={"Last-Modified": DATES[0]})
        response.set_etag("own", weak) if kind == "set" else response.add_etag(weak=weak)
        return response.make_conditional(flask.request)

    async def view(request: Request, kind: str) -> Response:
        response = text("body", headers={"Last-Modified": DATES[0]})
        etags.set_etag(response, "own", weak) if kind == "set" else etags.add_etag(response, weak=weak)
        return etags.conditional(request, response)

    flask_app = flask.Flask(__name__)
    flask_app.add_url_rule("/<kind>", "view", flask_view, methods=["GET", "PUT"])
    app = FastAPI()
    app.router.route_class = FlaskRoute
    app.add_middleware(HeadAsGet)
    app.add_api_route("/{kind}", view, methods=["GET", "PUT"])
    both = pair(flask_app, app)
    for date in (None, *DATES):
        headers = {name: tag} if date is None else {name: tag, "If-Modified-Since": date}
        for method in ("GET", "HEAD", "PUT"):
            both.same(method, "/set", headers)
            both.same(method, "/add", headers)


@pytest.mark.parametrize("if_range", ['"own"', 'W/"own"', '"other"', *DATES])
def test_ranges_of_a_response(pair, if_range):
    def flask_view() -> Any:
        response = flask.Response("0123456789", headers={"Last-Modified": DATES[0]})
        response.set_etag("own")
        return response.make_conditional(flask.request, accept_ranges=True, complete_length=10)

    async def view(request: Request) -> Response:
        response = text("0123456789", headers={"Last-Modified": DATES[0]})
        etags.set_etag(response, "own")
        return etags.conditional(request, response, accept_ranges=True, complete_length=10)

    flask_app = flask.Flask(__name__)
    flask_app.add_url_rule("/", "view", flask_view)
    app = FastAPI()
    app.router.route_class = FlaskRoute
    app.add_api_route("/", view)
    both = pair(flask_app, app)
    for span in RANGES:
        both.same("GET", "/", {"Range": span})
        both.same("GET", "/", {"Range": span, "If-Range": if_range})
        both.same("GET", "/", {"Range": span, "If-Range": if_range, "If-None-Match": '"own"'})


@given(st.text('Ww/"*, ab\t', max_size=20))
def test_any_header_of_tags(header):
    expected = werkzeug_parse_etags(header)
    found = etags.parse_etags(header)
    assert (found.strong, found.weak, found.star_tag) == (
        frozenset(expected._strong),
        frozenset(expected._weak),
        expected.star_tag,
    )
    for tag in ("a", "b", "ab", ""):
        assert (found.contains(tag), tag in found) == (expected.contains(tag), tag in expected)
        assert found.contains_weak(tag) == expected.contains_weak(tag)
    assert (bool(found), len(found), set(found)) == (bool(expected), len(expected), set(expected))
    assert (found.as_set(), found.as_set(True)) == (expected.as_set(), expected.as_set(True))
    assert etags.unquoted(header) == (unquote_etag(header)[0] or "")


def test_a_tag_with_a_quote():
    with pytest.raises(ValueError, match="invalid etag"):
        etags.set_etag(Response(), 'a"b')


@given(
    st.text(st.characters(blacklist_characters="\r\n", blacklist_categories=["Cs"]), min_size=1, max_size=20),
    st.booleans(),
)
def test_any_download_name(download_name, as_attachment):
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET"}
    from werkzeug.utils import send_file as werkzeug_send_file

    expected = werkzeug_send_file(
        io.BytesIO(b""),
        environ,
        "text/css",
        as_attachment=as_attachment,
        download_name=download_name,
        response_class=WerkzeugResponse,
    )
    assert disposition(download_name, as_attachment) == expected.headers["Content-Disposition"]


def test_a_directory_outside_is_a_404():
    with pytest.raises(HTTPException):
        send_from_directory(Request({"type": "http"}), "/", "../etc/passwd")
