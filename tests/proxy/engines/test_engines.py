"""What every engine does: run as a real process, between two servers that tell what has reached them."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from proxy.engines import ENGINES, load, marking
from proxy.model import RouteTable, Rule, Upstream, Variable
from proxy.runtime.canary import is_chosen

from ...programs import INSTALLATIONS, installed
from .conftest import Proxy, free_port, told, url_map

WITH_CANARIES = ("nginx", "haproxy", "envoy")

UUID = "00000000-0000-4000-8000-00000000000A"
RULES = {
    "/": "GET",
    "/users/me": "GET",
    "/users/<int:id>": "GET DELETE",
    "/users/<name>": "GET POST PATCH",
    "/short/<string(length=2):code>": "GET",
    "/ratio/<float:x>": "GET",
    "/choice/<any(red, 'a.b', 'c,\"d'):colour>": "GET",
    "/things/<uuid:id>": "GET",
    "/files/<path:path>": "GET",
    "/files/<path:path>/meta": "GET",
    "/docs/": "GET POST",
    "/export/<name>.<kind>": "GET",
    "/odd/'`${x}#\"\\<name>": "GET",
    "/Mixed/case": "GET",
    "/mixed/Case": "POST",
    "/same/a": "GET",
    "/same/A": "GET",
    "/a b/<n>": "GET",
    "/a%20b/<n>": "GET",
    "/pay/$5": "GET",
    '/quote/"\\': "GET",
    "/brace/{http.request.method}": "GET",
    "/tick/`'": "GET",
}

TARGETS = ["/", "/users/me", "/users/5", "/users/bob", "/users/5?x=/users/me", "/users/%35", "/short/ab", "/ratio/1.5"]
TARGETS += ["/choice/a.b", f"/things/{UUID}", "/files/a/b.txt", "/files/a/b/meta", "/docs/", "/export/a.b.c"]
TARGETS += ["/Mixed/case", "/same/a", "/same/A", "/a%20b/1", "/a%2520b/1", "/pay/$5", "/pay/%245", "/quote/%22%5C"]
TARGETS += ["/users/a;b=c", "/users/*", "/users/%3F", "/users/a%3Eb", "/choice/c,%22d", "/users/'", "/users/x?//"]
TARGETS += ["/odd/'%60$%7Bx%7D%23%22%5Cz", "/brace/%7Bhttp.request.method%7D", "/tick/%60'"]

OTHERS = ["/nowhere", "/docs", "/users/", "/users/me/", "/users//5", "//users/5", "/Users/me", "/users/ME/"]
OTHERS += ["/USERS/5", "/mixed/case", "/mixed/Case", "/MIXED/CASE", "/short/a%2F", "/users%2F5", "/users/%D9%A5"]
OTHERS += ["/users/./me", "/users/../users/me", "/users/%2e%2e/users/me", "/users/x/..", "/users/5/", "/users/%C3%BC"]
OTHERS += ["/users/a%0Ab", "/users/a%01", "/users/..", "/docs/..;/users/me", "/choice/axb", "/ratio/5", "/things/5"]
OTHERS += [
    "/export/ab",
    "/files/",
    "/files/a//b",
    "/users/5/posts",
    "/ratio/1x5",
    "/short/abc",
    "/brace/GET",
    "/users/me%2f",
]

Start = Callable[..., Proxy]


@pytest.fixture(scope="module", params=ENGINES)
def running(
    request: Any, tmp_path_factory: Any, upstreams: list[Upstream], table_of: Any, wait_until: Any
) -> Iterator[Proxy]:
    """An engine with all of `RULES` promoted."""
    directory = tmp_path_factory.mktemp(request.param)
    proxy = Proxy(request.param, directory, wait_until)
    proxy.write(table_of(url_map(RULES), upstreams=upstreams, listen=proxy.listen))
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture(params=ENGINES)
def name(request: Any) -> str:
    """Each engine."""
    engine: str = request.param
    return engine


@pytest.mark.parametrize("target", TARGETS)
def test_a_promoted_route_goes_to_fastapi_with_its_target_untouched(target: str, running: Proxy):
    answer = running.ask(target)
    assert (answer["side"], answer["target"]) == (running.side_of_match(target), running.as_passed_on(target))


@pytest.mark.parametrize("target", OTHERS)
def test_everything_else_goes_to_flask_with_its_target_untouched(target: str, running: Proxy):
    answer = running.ask(target)
    assert (answer["side"], answer["target"]) == ("flask", running.as_passed_on(target))


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"])
def test_what_goes_to_fastapi_is_what_werkzeug_matches(method: str, running: Proxy):
    adapter = url_map(RULES).bind("shop.example")
    for target in [*TARGETS, *(target for target in OTHERS if "%" not in target and "." not in target)]:
        path = unquote(target.partition("?")[0])
        try:
            adapter.match(path, method)
            is_match = method != "OPTIONS" and "//" not in path
        except HTTPException:
            is_match = False
        assert running.side(target, method) == (running.side_of_match(target) if is_match else "flask"), target


@pytest.mark.parametrize(
    "header",
    ["Upgrade: h2c", "X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE"],
)
def test_a_request_to_change_protocol_or_method_goes_to_flask(header: str, running: Proxy):
    answer = running.ask("/users/5", "GET", header)
    name, _, value = header.partition(": ")
    if name == "Upgrade":
        assert answer["side"] == "flask" or name.lower() not in dict(answer["headers"])
    else:
        assert (answer["side"], dict(answer["headers"])[name.lower()]) == ("flask", value)


@pytest.mark.parametrize(
    "target", [f"/users/{'a%20b' * 2500}", f"/files/{'a/' * 6000}b", f"/users/5?q={'%20x' * 3000}"]
)
def test_a_long_target_is_matched_too(target: str, running: Proxy):
    assert running.side(target) == running.side_of_match(target)


ATTACKS = [
    b"GET /users/\xc3\xbc HTTP/1.1\r\nHost: h\r\n",
    b"GET /users/5%00 HTTP/1.1\r\nHost: h\r\n",
    b"GET /users/5\x00 HTTP/1.1\r\nHost: h\r\n",
    b"GET /users\\5 HTTP/1.1\r\nHost: h\r\n",
    b"GET /users/5#/x HTTP/1.1\r\nHost: h\r\n",
    b"GET /users/5%zz HTTP/1.1\r\nHost: h\r\n",
    b"get /users/5 HTTP/1.1\r\nHost: h\r\n",
    b"BREW /users/5 HTTP/1.1\r\nHost: h\r\n",
    b"GET /users/5%2f HTTP/1.1\r\nHost: h\r\n",
    b"GET /nowhere/%2e%2e/users/5 HTTP/1.1\r\nHost: h\r\n",
    b"GET /nowhere/..%2fusers/5 HTTP/1.1\r\nHost: h\r\n",
    b"GET /nowhere/%2e%2e%2fusers/5 HTTP/1.1\r\nHost: h\r\n",
    b"GET /nowhere/..%5cusers/5 HTTP/1.1\r\nHost: h\r\n",
    b"GET ///users/5 HTTP/1.1\r\nHost: h\r\n",
    b"GET /users/5 HTTP/1.1\r\nHost: h\r\nX_HTTP_METHOD_OVERRIDE: DELETE\r\nX-HTTP-Method-Override: DELETE\r\n",
    b"GET /users/5 HTTP/1.1\r\nHost: h\r\nupgrade: h2c\r\nconnection: upgrade\r\nHTTP2-Settings: AA\r\n",
]


@pytest.mark.parametrize("request_head", ATTACKS, ids=range(len(ATTACKS)))
def test_an_attack_on_what_is_read_never_reaches_fastapi(request_head: bytes, running: Proxy):
    answer = told(running.raw(request_head + b"Connection: close\r\n\r\n") or b"HTTP/1.1 400 closed\r\n\r\n")
    is_refused = answer["side"] is None and answer["status"] >= 400
    is_plain = b"h2c" in request_head and "upgrade" not in dict(answer.get("headers", ()))
    assert answer["side"] == "flask" or is_refused or is_plain


SMUGGLED = b"GET /users/5 HTTP/1.1\r\nHost: h\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n",
        b"Content-Length: 0\r\nContent-Length: %d\r\n",
        b"Content-Length : %d\r\n",
        b"Content-Length: +%d\r\n",
        b"Transfer-Encoding: xchunked\r\nContent-Length: %d\r\n",
    ],
)
def test_two_lengths_never_make_two_requests_of_one_for_a_side(framing: bytes, running: Proxy):
    """What follows is either refused, or a request that the proxy has decided on, never a body for one of the sides."""
    body = b"0\r\n\r\n" + SMUGGLED
    head = b"POST /docs/ HTTP/1.1\r\nHost: h\r\n" + framing % len(body) + b"\r\n"
    first, *others = [told(b"HTTP/1.1 " + one) for one in running.raw(head + body + LAST).split(b"HTTP/1.1 ")[1:]]
    if first["side"] is None:
        assert first["status"] in (400, 411, 501)
        return
    names = [name for name, _ in first["headers"]]
    assert names.count("content-length") + names.count("transfer-encoding") == 1
    assert first["length"] in (0, len(body))
    if first["length"] == 0 and others:
        assert (others[0]["target"], others[0]["side"]) == ("/users/5", "fastapi")


UPGRADE = """\
GET /users/5 HTTP/1.1
Host: shop.example
Connection: Upgrade
Upgrade: websocket
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

"""


def test_an_upgrade_is_passed_on(running: Proxy):
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
        connection.sendall(UPGRADE.replace("\n", "\r\n").encode())
        received = b""
        while b"}" not in received and (piece := connection.recv(65536)):
            received += piece
    assert told(received)["side"] == "flask", received
    headers = [[name, value.lower()] for name, value in told(received)["headers"]]
    assert ["connection", "upgrade"] in headers
    assert ["upgrade", "websocket"] in headers


FORGED = ["X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil", "X-Forwarded-Port: 1"]
FORGED += ["X-Forwarded-Prefix: /evil", "Forwarded: for=6.6.6.6", "X-Real-IP: 6.6.6.6", "X_User: forged", "X-Own: kept"]


def test_what_a_client_says_of_itself_is_not_passed_on(running: Proxy):
    for target in ("/users/5", "/nowhere"):
        headers = dict(running.ask(target, "GET", *FORGED)["headers"])
        for of_the_hop in ("connection", "accept-encoding", "user-agent", "via"):
            headers.pop(of_the_hop, None)
        assert headers == {
            "host": "shop.example",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-proto": "http",
            "x-forwarded-host": "shop.example",
            "x-forwarded-port": str(running.port),
            "x-real-ip": "127.0.0.1",
            "x-own": "kept",
        }


def test_a_location_is_not_rewritten(running: Proxy):
    assert re.search(r"(?i)^location: http://flask/elsewhere", running.ask("/nowhere")["head"], re.MULTILINE)


@pytest.mark.parametrize("target", ["/docs/", "/upload"])
def test_a_large_body_is_passed_on(target: str, running: Proxy):
    head = f"POST {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 5000000\r\n\r\n"
    assert told(running.raw(head.encode() + bytes(5_000_000)))["length"] == 5_000_000


def test_a_promotion_changes_the_state_file_only(name: str, start: Start, table_of: Any, monkeypatch: Any):
    urls = url_map(RULES)

    def table(*promoted: str) -> Callable[..., RouteTable]:
        return lambda **options: table_of(urls, lambda key: key in promoted, **options)

    proxy = start(name, table())
    options = {"upstreams": list(proxy.table.upstreams), "listen": proxy.listen}
    before, after = table()(**options), table("GET /users/<int:id>", "GET /same/A")(**options)
    files = proxy.engine.render(before), proxy.engine.render(after)
    assert [file for file in files[0] if files[0][file] != files[1][file]] == [proxy.engine.STATE]
    assert proxy.side("/users/5") == "flask"
    proxy.promote(after, monkeypatch)
    proxy.wait_until(lambda: proxy.side("/users/5") == "fastapi" == proxy.side("/same/A"))
    assert {proxy.side("/users/5", "DELETE"), proxy.side("/users/me"), proxy.side("/same/a")} == {"flask"}
    proxy.promote(before, monkeypatch)
    proxy.wait_until(lambda: proxy.side("/users/5") == "flask")


CLIENTS = [
    ("X-User-Id: {}", "user:{}"),
    ("Cookie: a=b; migrate_id={}; c=d", "cookie:{}"),
    ("User-Agent: program/{}", "address:127.0.0.1:program/{}"),
]


@pytest.mark.parametrize("name", [name for name in ENGINES if name not in WITH_CANARIES])
def test_an_engine_without_canaries_leaves_them_to_flask_and_says_so(name: str, start: Start):
    def table(**options: Any) -> RouteTable:
        rules = [Rule("GET", "/x", "x", side="fastapi", weight=99), Rule("GET", "/y", "y", side="fastapi")]
        return RouteTable.of(options["upstreams"], rules, options["listen"])

    proxy = start(name, table)
    assert (proxy.side("/x"), proxy.side("/y")) == ("flask", "fastapi")
    assert [problem.key for problem in load(name).limits(proxy.table)] == ["GET /x"]


@pytest.mark.parametrize("weight", [1, 30, 99])
@pytest.mark.parametrize("name", WITH_CANARIES)
def test_a_canary_serves_the_clients_that_the_gateway_serves(weight: int, name: str, start: Start):
    def table(**options: Any) -> RouteTable:
        rules = [
            Rule("GET", "/x", "x", side="fastapi", weight=weight),
            Rule("GET", "/y", "y", side="fastapi", weight=0),
        ]
        return RouteTable.of(options["upstreams"], rules, options["listen"])

    proxy = start(name, table)
    for header, identity in CLIENTS:
        for number in range(0, 4000, 101):
            expected = "fastapi" if is_chosen(identity.format(number), weight) else "flask"
            assert proxy.side("/x", "GET", header.format(number)) == expected, identity.format(number)
    assert proxy.side("/y", "GET", "X-User-Id: 1") == "flask"


def test_rules_of_hosts(name: str, start: Start):
    def table(**options: Any) -> RouteTable:
        rules = [
            Rule("GET", "/x", "a", host="a.example", side="fastapi", rank=0),
            Rule("GET", "/x", "b", host="b.example", rank=1),
            Rule("GET", "/<name>", "c", (Variable("name"),), host="b.example", side="fastapi", rank=2),
        ]
        return RouteTable.of(options["upstreams"], rules, options["listen"])

    proxy = start(name, table)
    asked = {("/x", "a.example"): "fastapi", ("/x", "A.Example"): "fastapi", ("/x", "b.example"): "flask"}
    asked |= {("/y", "b.example"): "fastapi", ("/y", "a.example"): "flask", ("/x", "c.example"): "flask"}
    asked |= {("/x", "a.example:81"): "flask", ("/x", "a.example."): "flask"}
    assert {(target, host): proxy.side(target, host=host) for target, host in asked} == asked
    for named, header in (("a.example", "b.example"), ("b.example", "a.example")):
        answer = proxy.ask(f"http://{named}/x", host=header)
        assert answer["side"] != "fastapi" or dict(answer["headers"])["host"] == "a.example"


def test_many_shapes_and_rules(name: str, start: Start, monkeypatch: Any):
    """More shapes than nginx takes in one chain of variables, and keys longer than its buckets are by default."""
    variable = (Variable("v", "int"),)

    def table(**options: Any) -> RouteTable:
        rules = [
            Rule("GET", f"/p{depth}{'/<int:v>' * depth}/s{number}", f"{depth}", variable, side="fastapi", rank=depth)
            for depth in range(60)
            for number in range(4)
        ]
        rules.append(Rule("GET", f"/{'long' * 200}", "long", side="fastapi", rank=1000))
        return RouteTable.of(options["upstreams"], rules, options["listen"])

    proxy = start(name, table)
    assert proxy.check(monkeypatch) == ""
    left = {problem.key for problem in load(name).limits(proxy.table)}
    assert left == ({f"GET /{'long' * 200}"} if name == "caddy" else set())
    targets = ["/p1/5/s0", f"/p59{'/5' * 59}/s3", f"/{'long' * 200}", "/p1/5/s9", f"/p59{'/5' * 58}/s3"]
    sides = ["fastapi", "fastapi", "flask" if left else "fastapi", "flask", "flask"]
    assert [proxy.side(target) for target in targets] == sides


def test_more_rules_than_one_expression_of_caddy_holds(name: str, start: Start):
    def table(**options: Any) -> RouteTable:
        names = [f"/{'resource' * 8}{number}" for number in range(1500)]
        rules = [
            Rule(
                "GET", text, text, (Variable("v"),), side="fastapi" if number % 2 else "flask", rank=2 * number + place
            )
            for number, one in enumerate(names)
            for place, text in enumerate((one, f"{one}/<v>"))
        ]
        return RouteTable.of(options["upstreams"], rules, options["listen"])

    proxy = start(name, table)
    targets = [f"/{'resource' * 8}{number}{rest}" for number in (0, 1, 748, 749, 1498, 1499) for rest in ("", "/x")]
    assert [proxy.side(target) for target in targets] == ["flask", "flask", "fastapi", "fastapi"] * 3


def test_a_side_that_is_down_is_no_reason_to_ask_the_other(name: str, start: Start):
    """A request that FastAPI may have begun is never repeated, and what is on Flask is served."""

    def table(**options: Any) -> RouteTable:
        down = Upstream("fastapi", (f"127.0.0.1:{free_port()}",))
        rules = [Rule(method, "/x", "x", side="fastapi") for method in ("GET", "POST")]
        return RouteTable.of([options["upstreams"][0], down], rules, options["listen"])

    proxy = start(name, table)
    for method in ("GET", "POST"):
        answer = proxy.ask("/x", method, "Content-Length: 0")
        assert (answer["side"], answer["status"]) in ((None, 502), (None, 503), (None, 504))
    assert proxy.side("/y") == "flask"


@pytest.mark.parametrize("name", [name for name in ENGINES if load(name).STATE != marking.STATE])
def test_half_a_state_file_promotes_nothing_else(name: str, start: Start, table_of: Any, monkeypatch: Any):
    """Either the engine does not take it, or it serves at most what was promoted before."""
    promoted = [f"GET /{text}" for text in ("same/a", "users/me", "docs/", "mixed/case")]
    proxy = start(name, lambda **options: table_of(url_map(RULES), lambda key: key in promoted, **options))
    state = proxy.directory / proxy.engine.STATE
    whole = state.read_bytes()
    for share in (0.3, 0.6, 0.9):
        state.write_bytes(whole[: int(len(whole) * share)])
        proxy.stop()
        proxy.run()
        while proxy.is_running() and not proxy.is_connected():
            time.sleep(0.02)
        if proxy.is_running():
            if not proxy.check(monkeypatch):  # Traefik listens before it has read the file
                proxy.wait_until(lambda: proxy.side("/") is not None)
            sides = {proxy.side(target) for target in ("/users/5", "/same/A", "/Mixed/case", "/files/a")}
            assert sides in ({"flask"}, {None})


@pytest.mark.parametrize("rules", [{}, {"/x": "OPTIONS"}, RULES], ids=["none", "of no use", "many"])
def test_the_engine_accepts_the_configuration(
    rules: dict[str, str], name: str, tmp_path: Path, table_of: Any, wait_until: Any, monkeypatch: Any
):
    proxy = Proxy(name, tmp_path, wait_until)
    proxy.write(table_of(url_map(rules) if rules else Map()))
    assert proxy.check(monkeypatch) == ""


def test_a_table_with_errors_is_not_rendered(name: str):
    with pytest.raises(ValueError, match="nothing serves the side 'fastapi'"):
        load(name).render(RouteTable.of([Upstream("flask", ("localhost:1",))], [Rule("GET", "/", "x", side="fastapi")]))


def test_every_engine_is_known_to_the_tests(name: str):
    assert name in INSTALLATIONS
    assert installed(name)


def test_the_names_of_the_engines_need_no_templates():
    code = "import sys, proxy.engines, proxy.engines.nginx; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=os.environ, check=False).returncode == 0
