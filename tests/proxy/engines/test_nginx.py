"""The configuration for nginx, run by an nginx, between two servers that tell what has reached them."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map
from werkzeug.routing import Rule as WerkzeugRule

from proxy.engines import ENGINES, load
from proxy.model import RouteTable, Rule, Upstream, Variable

engine = load("nginx")

UUID = "00000000-0000-4000-8000-00000000000A"
RULES = {
    "/": "GET",
    "/users/me": "GET",
    "/users/<int:id>": "GET DELETE",
    "/users/<name>": "GET POST",
    "/short/<string(length=2):code>": "GET",
    "/ratio/<float:x>": "GET",
    "/choice/<any(red, 'a.b'):colour>": "GET",
    "/things/<uuid:id>": "GET",
    "/files/<path:path>": "GET",
    "/files/<path:path>/meta": "GET",
    "/docs/": "GET POST",
    "/export/<name>.<kind>": "GET",
    "/Mixed/case": "GET",
    "/mixed/Case": "POST",
    "/same/a": "GET",
    "/same/A": "GET",
    "/a b/<n>": "GET",
    "/pay/$5": "GET",
    '/quote/"\\': "GET",
}


def url_map(rules: dict[str, str] | None = None) -> Map:
    return Map(
        [WerkzeugRule(rule, endpoint=rule, methods=methods.split()) for rule, methods in (rules or RULES).items()]
    )


class Echo(BaseHTTPRequestHandler):
    """Answers any request with what it was, and which side it has reached."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Tell."""
        length = int(self.headers.get("Content-Length") or 0)
        told = {
            "side": self.server.side,
            "target": self.requestline.split()[1],
            "method": self.command,
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
            "length": len(self.rfile.read(length)),
        }
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Side", self.server.side)
        self.send_header("Location", "http://flask/elsewhere")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
    setattr(Echo, f"do_{method}", Echo.answer)


@contextmanager
def echoing(side: str) -> Iterator[str]:
    """The address of an echo."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.side = side
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def upstreams() -> Iterator[list[Upstream]]:
    with echoing("flask") as flask, echoing("fastapi") as fastapi:
        yield [Upstream("flask", (flask,)), Upstream("fastapi", (fastapi,))]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Nginx:
    """An nginx that runs a rendered table."""

    def __init__(self, executable: str, directory: Path) -> None:
        self.executable, self.directory, self.port = executable, directory, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def write(self, table: RouteTable, only: str | None = None) -> None:
        for name, text in engine.render(table).items():
            if only in (None, name):
                temporary = self.directory / f"{name}.tmp"
                temporary.write_text(text)
                temporary.replace(self.directory / name)

    def check(self) -> subprocess.CompletedProcess[str]:
        command = [self.executable, *engine.validation(self.directory)[1:]]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def start(self, wait_until: Callable[[Callable[[], bool]], None]) -> None:
        command = [self.executable, "-p", str(self.directory), "-c", "nginx.conf", "-g", "daemon off;"]
        with (self.directory / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until(self.is_listening)

    def is_listening(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.directory / "log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def reload(self) -> None:
        self.process.send_signal(1)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def raw(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(request)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def ask(self, target: str, method: str = "GET", *headers: str, host: str = "shop.example") -> dict[str, Any]:
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]
        response = self.raw("\r\n".join(lines).encode())
        head, _, body = response.partition(b"\r\n\r\n")
        side = re.search(rb"X-Side: (\w+)", head)
        told = json.loads(body) if body and side else {}
        return {"side": side and side[1].decode(), "status": int(head.split()[1]), "head": head.decode(), **told}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nginx")
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def running(nginx: str, directory: Path, upstreams: list[Upstream], table_of: Any, wait_until: Any) -> Iterator[Nginx]:
    server = Nginx(nginx, directory)
    server.write(table_of(url_map(), upstreams=upstreams, listen=f"127.0.0.1:{server.port}"))
    server.start(wait_until)
    yield server
    server.stop()


TARGETS = ["/", "/users/me", "/users/5", "/users/bob", "/users/5?x=/users/me", "/users/%35", "/short/ab", "/ratio/1.5"]
TARGETS += ["/choice/a.b", f"/things/{UUID}", "/files/a/b.txt", "/files/a/b/meta", "/docs/", "/export/a.b.c"]
TARGETS += ["/Mixed/case", "/same/a", "/same/A", "/a%20b/1", "/pay/$5", "/pay/%245", "/quote/%22%5C", "/users/a%3Eb"]
TARGETS += ["/users/a;b=c", "/users/*", "/users/%3F"]


@pytest.mark.parametrize("target", TARGETS)
def test_a_promoted_route_goes_to_fastapi_with_its_target_untouched(target: str, running: Nginx):
    answer = running.ask(target)
    assert (answer["side"], answer["target"]) == ("fastapi", target)


OTHERS = [
    "/nowhere",
    "/docs",
    "/users/",
    "/users/me/",
    "/users//5",
    "//users/5",
    "/Users/me",
    "/users/ME/",
    "/short/abc",
]
OTHERS += ["/USERS/5", "/mixed/case", "/mixed/Case", "/MIXED/CASE", "/short/a%2F", "/users%2F5", "/users/%D9%A5"]
OTHERS += ["/users/./me", "/users/../users/me", "/users/%2e%2e/users/me", "/users/x/..", "/users/5/", "/users/%C3%BC"]
OTHERS += ["/users/a%0Ab", "/users/a%01", "/users/..", "/docs/..;/users/me", "/choice/axb", "/ratio/5", "/things/5"]
OTHERS += ["/export/ab", "/files/", "/files/a//b", "/users/5/posts", "/ratio/1x5"]


@pytest.mark.parametrize("target", OTHERS)
def test_everything_else_goes_to_flask_with_its_target_untouched(target: str, running: Nginx):
    answer = running.ask(target)
    assert (answer["side"], answer["target"]) == ("flask", target)


@pytest.mark.parametrize(
    "target", [*TARGETS, *(target for target in OTHERS if "%" not in target and "." not in target)]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT"])
def test_what_goes_to_fastapi_is_what_werkzeug_matches(target: str, method: str, running: Nginx):
    path = unquote(target.partition("?")[0])
    try:
        url_map().bind("shop.example").match(path, method)
        is_match = method != "OPTIONS" and "//" not in path
    except HTTPException:
        is_match = False
    assert running.ask(target, method)["side"] == ("fastapi" if is_match else "flask")


@pytest.mark.parametrize(
    "header",
    ["Upgrade: websocket", "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE"],
)
def test_a_request_to_change_protocol_or_method_goes_to_flask(header: str, running: Nginx):
    answer = running.ask("/users/5", "GET", header)
    assert answer["side"] == "flask"
    name, _, value = header.partition(": ")
    assert [name.lower(), value] in answer["headers"]


@pytest.mark.parametrize(
    "target", [f"/users/{'a%20b' * 2500}", f"/files/{'a/' * 6000}b", f"/users/5?q={'%20x' * 3000}"]
)
def test_a_long_target_is_matched_too(target: str, running: Nginx):
    assert running.ask(target)["side"] == "fastapi"


def test_an_upgrade_is_passed_on(running: Nginx):
    request = b"GET /socket HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
        connection.sendall(request)
        received = b""
        while b"}" not in received:
            received += connection.recv(65536)
    assert ["connection", "upgrade"] in json.loads(received.partition(b"\r\n\r\n")[2])["headers"]


def test_what_a_client_says_of_itself_is_not_passed_on(running: Nginx):
    forged = ["X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil", "X-Forwarded-Port: 1"]
    forged += [
        "X-Forwarded-Prefix: /evil",
        "Forwarded: for=6.6.6.6",
        "X-Real-IP: 6.6.6.6",
        "X_User: forged",
        "X-Own: kept",
    ]
    headers = dict(running.ask("/users/5", "GET", *forged)["headers"])
    assert headers == {
        "host": "shop.example",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "shop.example",
        "x-forwarded-port": str(running.port),
        "x-real-ip": "127.0.0.1",
        "x-own": "kept",
    }


def test_a_location_is_not_rewritten(running: Nginx):
    assert "Location: http://flask/elsewhere" in running.ask("/nowhere")["head"]


@pytest.mark.parametrize("target", ["/docs/", "/upload"])
def test_a_large_body_is_passed_on(target: str, running: Nginx):
    head = f"POST {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 5000000\r\n\r\n"
    response = running.raw(head.encode() + bytes(5_000_000))
    assert json.loads(response.partition(b"\r\n\r\n")[2])["length"] == 5_000_000


def test_a_promotion_changes_the_state_file_only_and_a_reload_applies_it(
    nginx: str, tmp_path: Path, upstreams: list[Upstream], table_of: Any, wait_until: Any
):
    tmp_path.chmod(0o755)
    server = Nginx(nginx, tmp_path)
    options = {"upstreams": upstreams, "listen": f"127.0.0.1:{server.port}"}
    before = table_of(url_map(), lambda key: False, **options)
    after = table_of(url_map(), lambda key: key == "GET /users/<int:id>", **options)
    files = engine.render(before), engine.render(after)
    assert [name for name in files[0] if files[0][name] != files[1][name]] == [engine.STATE]
    server.write(before)
    server.start(wait_until)
    try:
        assert server.ask("/users/5")["side"] == "flask"
        server.write(after, only=engine.STATE)
        server.reload()
        wait_until(lambda: server.ask("/users/5")["side"] == "fastapi")
        assert {server.ask("/users/5", "DELETE")["side"], server.ask("/users/me")["side"]} == {"flask"}
        server.write(before, only=engine.STATE)
        server.reload()
        wait_until(lambda: server.ask("/users/5")["side"] == "flask")
    finally:
        server.stop()


def test_a_canary_serves_its_share_and_always_the_same_clients(
    nginx: str, tmp_path: Path, upstreams: list[Upstream], wait_until: Any
):
    tmp_path.chmod(0o755)
    server = Nginx(nginx, tmp_path)
    rules = [Rule("GET", "/x", "x", side="fastapi", weight=30), Rule("GET", "/y", "y", side="fastapi", weight=0)]
    server.write(RouteTable.of(upstreams, rules, f"127.0.0.1:{server.port}"))
    server.start(wait_until)
    try:
        for header in ("X-User-Id: {}", "Cookie: migrate_id={}", "User-Agent: program/{}"):
            first = [server.ask("/x", "GET", header.format(number))["side"] for number in range(40)]
            assert first == [server.ask("/x", "GET", header.format(number))["side"] for number in range(40)]
            assert 3 <= first.count("fastapi") <= 25
        assert server.ask("/y")["side"] == "flask"
    finally:
        server.stop()


def test_rules_of_hosts(nginx: str, tmp_path: Path, upstreams: list[Upstream], wait_until: Any):
    tmp_path.chmod(0o755)
    server = Nginx(nginx, tmp_path)
    rules = [
        Rule("GET", "/x", "a", host="a.example", side="fastapi", rank=0),
        Rule("GET", "/x", "b", host="b.example", rank=1),
        Rule("GET", "/<name>", "c", (Variable("name"),), host="b.example", side="fastapi", rank=2),
    ]
    server.write(RouteTable.of(upstreams, rules, f"127.0.0.1:{server.port}"))
    server.start(wait_until)
    try:
        asked = [
            ("/x", "a.example"),
            ("/x", "A.Example"),
            ("/x", "b.example"),
            ("/y", "b.example"),
            ("/y", "a.example"),
        ]
        asked += [("/x", "c.example"), ("/x", "a.example:81")]
        sides = [server.ask(target, host=host)["side"] for target, host in asked]
        assert sides == ["fastapi", "fastapi", "flask", "fastapi", "flask", "flask", "flask"]
    finally:
        server.stop()


def test_many_shapes_and_rules(nginx: str, tmp_path: Path, upstreams: list[Upstream], wait_until: Any):
    """More shapes than nginx takes in one chain of variables, and keys longer than its buckets are by default."""
    tmp_path.chmod(0o755)
    server = Nginx(nginx, tmp_path)
    variable = (Variable("v", "int"),)
    rules = [
        Rule("GET", f"/p{depth}{'/<int:v>' * depth}/s{number}", f"{depth}", variable, side="fastapi", rank=depth)
        for depth in range(150)
        for number in range(4)
    ]
    rules.append(Rule("GET", f"/{'long' * 200}", "long", side="fastapi", rank=1000))
    server.write(RouteTable.of(upstreams, rules, f"127.0.0.1:{server.port}"))
    checked = server.check()
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr
    server.start(wait_until)
    try:
        targets = ["/p1/5/s0", f"/p149{'/5' * 149}/s3", f"/{'long' * 200}", "/p1/5/s9", f"/p149{'/5' * 148}/s3"]
        assert [server.ask(target)["side"] for target in targets] == ["fastapi"] * 3 + ["flask"] * 2
    finally:
        server.stop()


@pytest.mark.parametrize("rules", [{}, {"/x": "OPTIONS"}, RULES], ids=["none", "of no use", "many"])
def test_nginx_accepts_the_configuration(rules: dict[str, str], nginx: str, tmp_path: Path, table_of: Any):
    server = Nginx(nginx, tmp_path)
    server.write(table_of(url_map(rules) if rules else Map()))
    checked = server.check()
    assert checked.returncode == 0, checked.stderr


def test_a_table_with_errors_is_not_rendered():
    with pytest.raises(ValueError, match="nothing serves the side 'fastapi'"):
        engine.render(RouteTable.of([Upstream("flask", ("localhost:1",))], [Rule("GET", "/", "x", side="fastapi")]))


def test_the_names_of_the_engines_need_no_templates():
    code = "import sys, proxy.engines, proxy.engines.nginx; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0
    assert list(ENGINES) == ["nginx"]
