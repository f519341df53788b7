"""What a view sees of a request: the same bytes sent to the bridge under uvicorn and to Werkzeug's own server."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import flask
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.serving import WSGIRequestHandler, make_server

from proxy.runtime.bridge import WSGIBridge
from proxy.runtime.environ import build_environ

Exchange = Callable[[int, bytes], bytes]

CLOSE = b"\r\nConnection: close\r\n"
HOST = b" HTTP/1.1\r\nHost: shop.example:8080" + CLOSE


def reporting_app() -> flask.Flask:
    """An application that answers with all that it is told about a request."""
    app = flask.Flask(__name__)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "OPTIONS"])
    @app.route("/<path:path>", methods=["GET", "POST", "PUT", "OPTIONS"])
    def report(path: str):
        request = flask.request
        request.get_data()
        return {
            "method": request.method,
            "view": path,
            "url": request.url,
            "full_path": request.full_path,
            "script_root": request.script_root,
            "host": request.host,
            "args": request.args.to_dict(flat=False),
            "form": request.form.to_dict(flat=False),
            "data": request.get_data().decode("latin-1"),
            "cookies": request.cookies.to_dict(flat=False),
            "length": request.content_length,
            "type": request.content_type,
            "remote": request.remote_addr,
            "chunked": request.environ.get("wsgi.input_terminated", False),
            "query": request.environ["QUERY_STRING"],
            "headers": sorted((name, value) for name, value in request.headers.items() if name != "Connection"),
        }

    return app


class QuietHandler(WSGIRequestHandler):
    """Werkzeug's handler without its log."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def legacy_port() -> Iterator[int]:
    server = make_server("127.0.0.1", 0, reporting_app(), threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


REQUESTS = {
    "a plain path": b"GET /orders/5" + HOST + b"\r\n",
    "a query with repeated keys": b"GET /x?a=1&a=2&b=&c" + HOST + b"\r\n",
    "an empty query": b"GET /x?" + HOST + b"\r\n",
    "an encoded slash": b"GET /a%2Fb" + HOST + b"\r\n",
    "an encoded letter and space": b"GET /%61%20b?q=%61+b" + HOST + b"\r\n",
    "UTF-8": b"GET /%C3%BC?q=%C3%BC" + HOST + b"\r\n",
    "bytes that are not UTF-8": b"GET /%ff%C3x" + HOST + b"\r\n",
    "an encoded replacement character": b"GET /%EF%BF%BD" + HOST + b"\r\n",
    "doubled slashes": b"GET /a//b" + HOST + b"\r\n",
    "dots": b"GET /a/../b/./c" + HOST + b"\r\n",
    "semicolons and other signs": b"GET /a;v=1/b=2,c:d@e!$&'()*+" + HOST + b"\r\n",
    "a percent sign that encodes nothing": b"GET /100%" + HOST + b"\r\n",
    "another method": b"PUT /x" + HOST + b"Content-Length: 2\r\n\r\nhi",
    "automatic OPTIONS": b"OPTIONS /x" + HOST + b"\r\n",
    "a method that no rule has": b"DELETE /x" + HOST + b"\r\n",
    "HEAD": b"HEAD /x" + HOST + b"\r\n",
    "a form": b"POST /x"
    + HOST
    + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\na=1&a=2",
    "an empty body": b"POST /x" + HOST + b"Content-Length: 0\r\n\r\n",
    "a chunked body": b"POST /x" + HOST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "a repeated header": b"GET /x" + HOST + b"X-A: 1\r\nX-A: 2\r\n\r\n",
    "an underscore that would pass for a dash": b"GET /x" + HOST + b"X-User: real\r\nX_User: forged\r\n\r\n",
    "a cookie": b"GET /x" + HOST + b'Cookie: a=1; b="two"; a=3\r\n\r\n',
    "a header that is not ASCII": b"GET /x" + HOST + b"X-A: \xc3\xbc\r\n\r\n",
    "no host": b"GET /x HTTP/1.0" + CLOSE + b"\r\n",
    "a bad host": b"GET /x HTTP/1.1\r\nHost: a b" + CLOSE + b"\r\n",
    "the default port": b"GET /x HTTP/1.1\r\nHost: shop.example:80" + CLOSE + b"\r\n",
}


@pytest.fixture(scope="module")
def port(serve_for_module: Callable[[Any], int]) -> int:
    return serve_for_module(WSGIBridge(reporting_app()))


@pytest.mark.parametrize("request_bytes", REQUESTS.values(), ids=REQUESTS)
def test_a_view_sees_what_it_sees_under_a_wsgi_server(
    request_bytes: bytes, legacy_port: int, port: int, exchange: Exchange
):
    legacy, bridged = comparable(exchange(legacy_port, request_bytes)), comparable(exchange(port, request_bytes))
    # Without a host there is the server's own address to tell.
    assert json.loads(json.dumps(bridged).replace(str(port), str(legacy_port))) == legacy


def comparable(response: bytes) -> list[Any]:
    """Status, `Allow` and content of a response."""
    head, _, body = response.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    is_json = headers.get("content-type") == "application/json" and body
    allowed = ", ".join(sorted(headers["allow"].split(", "))) if "allow" in headers else None
    return [int(status.split()[1]), allowed, json.loads(body) if is_json else body.decode("latin-1")]


def scope(**changes: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "headers": [],
        "client": None,
        "server": None,
        **changes,
    }


@given(path=st.binary(max_size=20), root=st.sampled_from(["", "/app", "/ü"]))
@settings(max_examples=200, deadline=None)
def test_path_info_is_the_bytes_that_were_sent(path: bytes, root: str):
    raw = root.encode() + b"/" + path
    quoted = "".join(f"%{byte:02X}" for byte in raw).encode()
    environ = build_environ(scope(path=raw.decode("utf-8", "replace"), raw_path=quoted, root_path=root))
    assert environ["SCRIPT_NAME"].encode("latin-1") == root.encode()
    assert environ["PATH_INFO"].encode("latin-1") == b"/" + path


@pytest.mark.parametrize(
    ("root_path", "path", "script_name", "path_info"),
    [
        ("", "/x", "", "/x"),
        ("/app", "/app/x", "/app", "/x"),
        ("/app/", "/app/x", "/app", "/x"),
        ("/app", "/app", "/app", ""),
        ("/app", "/apple", "/app", "/apple"),
        ("/app", "/x", "/app", "/x"),
    ],
)
def test_the_prefix_is_not_part_of_the_path(root_path: str, path: str, script_name: str, path_info: str):
    environ = build_environ(scope(root_path=root_path, path=path))
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == (script_name, path_info)


def test_the_raw_target_is_kept():
    environ = build_environ(scope(path="/a b", raw_path=b"/a%20b", query_string=b"q=%20"))
    assert environ["RAW_URI"] == environ["REQUEST_URI"] == "/a%20b?q=%20"


def test_repeated_headers_are_joined_and_cookies_by_a_semicolon():
    headers = [(b"cookie", b"a=1"), (b"accept", b"x/y"), (b"cookie", b"b=2"), (b"accept", b"z/*")]
    environ = build_environ(scope(headers=headers))
    assert (environ["HTTP_COOKIE"], environ["HTTP_ACCEPT"]) == ("a=1; b=2", "x/y,z/*")


def test_a_unix_socket_has_no_port():
    environ = build_environ(scope(server=("/run/app.sock", None)))
    assert flask.Flask(__name__).request_class(environ).host == ""
    assert "REMOTE_ADDR" not in environ
