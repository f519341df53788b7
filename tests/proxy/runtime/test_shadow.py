"""The new side beside Flask: in its place when it fails, unseen when it is only compared."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import fastapi
import flask
import pytest
from fastapi.responses import JSONResponse, StreamingResponse

from proxy.runtime import shadow as shadowing
from proxy.runtime.comparing import Answer, differences
from proxy.runtime.fallback import Begun
from proxy.runtime.shadow import Copied

KEYS = {
    "GET /item": "item",
    "POST /item": "item",
    "GET /other": "other",
    "GET /stream": "stream",
    "GET /chosen": "chosen",
    "GET /early": "early",
}


@pytest.fixture
def asked() -> list[str]:
    """What each side has been asked, in order."""
    return []


@pytest.fixture
def sides(asked: list[str]):
    """A Flask application, and a FastAPI one that fails on everything in its own way."""
    old = flask.Flask(__name__)
    new = fastapi.FastAPI()

    def on_flask() -> flask.Response:
        asked.append(f"flask {flask.request.method} {flask.request.get_data(as_text=True)}")
        return flask.jsonify(price=1, seen=len(asked))

    for rule in ("item", "early", "other", "stream", "chosen"):
        old.add_url_rule(f"/{rule}", rule, on_flask, methods=["GET", "POST"] if rule == "item" else ["GET"])

    async def broken(request: fastapi.Request) -> None:
        asked.append(f"fastapi {request.method} {(await request.body()).decode()}")
        raise RuntimeError("broken")

    async def early() -> None:
        raise RuntimeError("broken before anything was received")

    async def stream() -> StreamingResponse:
        async def pieces() -> Any:
            yield b"begin"
            raise RuntimeError("broken")

        return StreamingResponse(pieces())

    async def chosen() -> JSONResponse:
        return JSONResponse({"error": "chosen"}, 500)

    new.add_api_route("/item", broken, methods=["GET", "POST"], name="item", response_model=None)
    new.add_api_route("/early", early, name="early")
    new.add_api_route("/other", lambda: {"price": 2, "seen": 1}, name="other")
    new.add_api_route("/stream", stream, name="stream", response_model=None)
    new.add_api_route("/chosen", chosen, name="chosen")
    return old, new


class TestFallback:
    @pytest.fixture
    def gateway(self, project: Any, sides: Any, monkeypatch: Any):
        monkeypatch.setenv("MIGRATE_FALLBACK", "1")
        project.promote(KEYS)
        return project.gateway(*sides)

    def test_flask_answers_what_fastapi_has_failed_on(self, gateway: Any, call: Any, asked: list[str], caplog: Any):
        status, headers, body = call(gateway, "/item")
        assert (status, headers["x-served-by"], json.loads(body)["price"]) == (200, "flask", 1)
        assert asked == ["fastapi GET ", "flask GET "]
        assert "FastAPI has failed on GET /item: Flask answers" in caplog.text

    @pytest.mark.parametrize("changes", [{"method": "POST"}, {"headers": [(b"content-length", b"3")], "body": b"abc"}])
    def test_what_may_not_be_repeated_is_not(self, changes: Any, gateway: Any, call: Any, asked: list[str]):
        with pytest.raises(RuntimeError, match="broken"):
            call(gateway, "/item", **changes)
        assert len(asked) == 1

    @pytest.mark.parametrize("path", ["/item", "/early"])
    def test_http_2_needs_no_length_for_a_body(self, path: str, gateway: Any, call: Any, asked: list[str]):
        assert call(gateway, path, http_version="2")[1]["x-served-by"] == "flask"
        asked.clear()
        with pytest.raises(RuntimeError, match="broken"):
            call(gateway, path, http_version="2", body=b"abc")
        assert "flask GET abc" not in asked

    def test_a_status_that_was_chosen_is_an_answer(self, gateway: Any, call: Any, asked: list[str]):
        assert call(gateway, "/chosen")[0] == 500
        assert asked == []

    def test_half_an_answer_is_not_begun_again(self, gateway: Any, call: Any, asked: list[str]):
        with pytest.raises(RuntimeError, match="broken"):
            call(gateway, "/stream")
        assert asked == []

    def test_it_has_to_be_asked_for(self, project: Any, sides: Any, call: Any, asked: list[str]):
        project.promote(KEYS)
        with pytest.raises(RuntimeError, match="broken"):
            call(project.gateway(*sides), "/item")
        assert asked == ["fastapi GET "]


@pytest.mark.parametrize(
    ("pieces", "taken", "is_empty"),
    [([b""], 0, True), ([b""], 1, True), ([b"", b""], 1, True), ([b"", b"a"], 0, False), ([b"", b"a"], 2, False)],
)
def test_what_was_received_tells_of_a_body(pieces: list[bytes], taken: int, is_empty: bool):
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages[-1]["more_body"] = False

    async def run() -> tuple[bool, Any]:
        async def receive() -> Any:
            return messages.pop(0)

        begun = Begun(receive)
        for _ in range(taken):
            await begun.receive()
        return await begun.is_empty(), await begun.again()()

    assert asyncio.run(run()) == (is_empty, {"type": "http.request", "body": b"", "more_body": False})


def shadowed(project: Any, sides: Any, which: str) -> Any:
    project.promote(KEYS, 0, shadow=which)
    return project.gateway(*sides)


async def ask(gateway: Any, path: str, method: str = "GET", body: bytes = b"", version: str = "1.1") -> bytes:
    """An answer, once the comparison that follows is over."""
    sent: list[Any] = []
    incoming = [{"type": "http.request", "body": body, "more_body": False}]
    length = [(b"content-length", str(len(body)).encode())] if body and version == "1.1" else []
    scope = {
        "type": "http",
        "http_version": version,
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"h"), (b"cookie", b"session=secret"), *length],
    }

    async def receive() -> Any:
        return incoming.pop() if incoming else await asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:
        sent.append(message)

    await gateway(scope, receive, send)
    while gateway.shadow._tasks:
        await asyncio.wait(gateway.shadow._tasks)
    await asyncio.sleep(0)
    gateway.observer._flush()
    gateway.observer.store._thread.submit(gateway.observer.store.write).result()
    return b"".join(message["body"] for message in sent[1:])


class TestShadow:
    @pytest.fixture
    def file(self, tmp_path: Path, monkeypatch: Any) -> Path:
        monkeypatch.setenv("MIGRATE_TRAFFIC", str(tmp_path / "traffic.sqlite"))
        return tmp_path / "traffic.sqlite"

    def test_differences_are_kept_with_the_request(self, file: Path, project: Any, sides: Any):
        gateway = shadowed(project, sides, "safe")
        body = asyncio.run(ask(gateway, "/other"))
        assert json.loads(body)["price"] == 1
        with sqlite3.connect(file) as database:
            found = database.execute("SELECT route, place, count FROM differences").fetchall()
            examples = database.execute("SELECT request, flask, fastapi FROM examples").fetchall()
        assert found == [("GET /other", "$.price", 1)]
        request, before, after = map(json.loads, examples[0])
        assert (request["method"], request["target"]) == ("GET", "/other")
        assert json.loads(before["body"])["price"] == 1
        assert json.loads(after["body"])["price"] == 2
        assert "secret" not in examples[0][0]
        assert file.stat().st_mode & 0o007 == 0

    def test_a_failure_of_the_new_side_is_a_difference(self, file: Path, project: Any, sides: Any):
        asyncio.run(ask(shadowed(project, sides, "safe"), "/item"))
        with sqlite3.connect(file) as database:
            assert database.execute("SELECT place FROM differences").fetchall() == [("status",)]
            assert database.execute("SELECT event FROM events").fetchall() == [("shadow different",)]

    @pytest.mark.parametrize(("which", "times"), [("safe", 1), ("all", 2)])
    def test_unsafe_requests_are_repeated_only_when_asked(
        self, which: str, times: int, file: Path, project: Any, sides: Any, asked: list[str]
    ):
        asyncio.run(ask(shadowed(project, sides, which), "/item", "POST", b"body"))
        assert asked == ["flask POST body", "fastapi POST body"][:times]

    @pytest.mark.parametrize(("body", "times"), [(b"", 2), (b"body", 1)])
    def test_http_2_needs_no_length_for_a_body(
        self, body: bytes, times: int, file: Path, project: Any, sides: Any, asked: list[str]
    ):
        asyncio.run(ask(shadowed(project, sides, "safe"), "/item", body=body, version="2"))
        assert asked == [f"flask GET {body.decode()}", "fastapi GET "][:times]

    def test_the_switch_turns_it_on_and_off(self, file: Path, project: Any, sides: Any, asked: list[str]):
        gateway = shadowed(project, sides, "safe")
        project.override({"GET /item": 0})
        asyncio.run(ask(gateway, "/item"))
        assert asked == ["flask GET "]

    def test_what_is_too_large_or_too_much_is_left_out(self, file: Path, project: Any, sides: Any, monkeypatch: Any):
        gateway = shadowed(project, sides, "safe")
        monkeypatch.setattr(shadowing, "LARGEST", 5)
        asyncio.run(ask(gateway, "/other"))
        monkeypatch.setattr(shadowing, "LARGEST", 1000)
        monkeypatch.setattr(shadowing, "WAITING", 0)
        asyncio.run(ask(gateway, "/other"))
        with sqlite3.connect(file) as database:
            events = dict(database.execute("SELECT event, count FROM events").fetchall())
        assert events == {"shadow skipped": 1, "shadow dropped": 1}

    def test_routes_that_share_state_are_not_asked_twice(self, file: Path, project: Any, sides: Any, asked: list[str]):
        project.promote(KEYS, 0, shadow="safe", group="a counter")
        asyncio.run(ask(project.gateway(*sides), "/item"))
        assert asked == ["flask GET "]


def answer(body: object = None, status: int = 200, **headers: str) -> Answer:
    pairs = [(b"content-type", b"application/json")]
    pairs += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Answer(status, pairs, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (answer({"a": 1, "b": 2}), Answer(200, [(b"content-type", b"application/json")], b'{"b": 2,"a":1}'), []),
        (answer([1]), answer([1], date="now", server="x", content_length="4"), []),
        (answer(set_cookie="s=1; Path=/; Expires=a"), answer(set_cookie="s=2; path=/; Expires=b"), []),
        (answer(set_cookie="s=1; Secure"), answer(set_cookie="s=1"), ["header set-cookie"]),
        (answer(1, 200), answer(2, 201), ["status"]),
        (answer(etag="a"), answer(), ["header etag"]),
        (answer({"a": [{"b": 1}, {"b": 2}]}), answer({"a": [{"b": 0}, {"b": 0}]}), ["$.a[].b"]),
        (answer({"a": 1}), answer({"a": 1.0}), ["$.a"]),
        (answer({"a": True}), answer({"a": 1}), ["$.a"]),
        (answer([1, 2]), answer([1]), ["$ (length)"]),
        (answer({"a": None}), answer({}), ["$.a"]),
        (Answer(200, [], b"a"), Answer(200, [], b"b"), ["body"]),
        (answer({str(n): 0 for n in range(50)}), answer({}), [f"$.{n}" for n in sorted(map(str, range(50)))[:20]]),
    ],
)
def test_places_of_differences(one: Answer, other: Answer, found: list[str]):
    assert differences(one, other) == found


def test_what_lets_somebody_in_is_not_kept():
    headers = [(b"set-cookie", b"session=abc; Path=/"), (b"X-CSRF-Token", b"abc"), (b"etag", b"e")]
    assert json.loads(Answer(200, headers, b"").described())["headers"] == [
        ["set-cookie", "session=…; Path=/"],
        ["X-CSRF-Token", "…"],
        ["etag", "e"],
    ]


@pytest.mark.parametrize(("received", "body"), [(2, b"abcd"), (1, None), (0, None)])
def test_half_a_request_is_not_asked_again(received: int, body: bytes | None):
    pieces = [{"type": "http.request", "body": b"ab", "more_body": True}, {"type": "http.request", "body": b"cd"}]

    async def receive() -> Any:
        return pieces.pop(0)

    async def send(message: Any) -> None:
        pass

    async def run() -> Copied:
        copied = Copied(receive, send, {"CONTENT_LENGTH": "4"})
        for _ in range(received):
            await copied.receive()
        await copied.send({"type": "http.response.start", "status": 403, "headers": []})
        await copied.send({"type": "http.response.body"})
        return copied

    taken = asyncio.run(run()).taken()
    assert (taken and taken[0]) == body
