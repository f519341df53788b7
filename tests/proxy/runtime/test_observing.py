"""What a gateway tells of its requests: the access log, Prometheus, and the store of several workers."""

import asyncio
import json
from pathlib import Path
from typing import Any

import fastapi
import flask
import pytest
from opentelemetry import trace

from proxy.runtime import observing
from proxy.runtime.counters import Counts, exposition
from proxy.runtime.observing import Exchange, Observer

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def make(project: Any, tmp_path: Path, monkeypatch: Any):
    """A function that makes a gateway with these settings, over `/items/<int:id>` on both sides and more on Flask."""

    def gateway(**settings: str) -> Any:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        old = flask.Flask(__name__)
        new = fastapi.FastAPI()

        @old.get("/items/<int:id>", endpoint="item")
        def old_item(id: int) -> dict[str, int]:
            return {"id": id}

        @old.get("/span")
        def span() -> str:
            return f"{trace.get_current_span().get_span_context().trace_id:032x}"

        @new.get("/items/{id:int}", name="item")
        async def new_item(id: int) -> dict[str, int]:
            return {"id": id}

        project.promote({"GET /items/<int:id>": "item"})
        return project.gateway(old, new)

    return gateway


def test_the_access_log_has_a_line_for_each_request(make: Any, call: Any, tmp_path: Path):
    file = tmp_path / "access.log"
    gateway = make(MIGRATE_ACCESS_LOG=str(file))
    headers = [(b"host", b"h"), (b"traceparent", f"00-{TRACE}-b7ad6b7169203331-01".encode())]
    for path in ("/items/7?token=secret", "/items/x", "/span"):
        call(gateway, path, headers=headers)
    gateway.observer.log.flush()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(one["route"], one["side"], one["status"], one["path"]) for one in lines] == [
        ("GET /items/<int:id>", "fastapi", 200, "/items/7"),
        (None, "flask", 404, "/items/x"),
        ("GET /span", "flask", 200, "/span"),
    ]
    assert lines[0]["bytes"] == len(b'{"id":7}')
    assert lines[0]["client"] == "127.0.0.1"
    assert lines[0]["trace"] == TRACE
    assert "secret" not in file.read_text()


def test_a_log_that_cannot_be_written_is_told_once(make: Any, call: Any, tmp_path: Path, caplog: Any):
    gateway = make(MIGRATE_ACCESS_LOG=str(tmp_path / "none" / "access.log"))
    for _ in range(2):
        assert call(gateway, "/items/7")[0] == 200
        gateway.observer.log.flush()
    assert len([one for one in caplog.records if "cannot be written" in one.message]) == 1


@pytest.mark.parametrize("shared", [False, True])
def test_prometheus(shared: bool, make: Any, call: Any, tmp_path: Path):
    settings = {"MIGRATE_TRAFFIC": str(tmp_path / "traffic.sqlite")} if shared else {}
    gateway = make(MIGRATE_METRICS="/-/metrics", **settings)
    for path in ("/items/7", "/items/8", "/nowhere"):
        call(gateway, path)
    status, headers, body = call(gateway, "/-/metrics")
    lines = body.decode().splitlines()
    label = 'route="GET /items/<int:id>",side="fastapi",status="200"'
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert f"migrate_request_seconds_count{{{label}}} 2" in lines
    assert f'migrate_request_seconds_bucket{{{label},le="+Inf"}} 2' in lines
    assert 'migrate_request_seconds_count{route="other",side="flask",status="404"} 1' in lines
    assert "migrate_routes_promoted 1" in lines
    assert "migrate_bridge_threads 10" in lines
    assert "migrate_bridge_queue 0" in lines


def test_without_being_asked_nothing_is_counted(make: Any, call: Any):
    gateway = make()
    assert gateway.observer is None
    assert call(gateway, "/-/metrics")[0] == 404


def test_labels_are_escaped_and_buckets_add_up():
    counts = Counts()
    for seconds in (0.0005, 0.003, 99.0):
        counts.note('GET /"\\\n', "flask", 200, seconds)
    text = exposition(counts, {})
    labels = r'route="GET /\"\\\n",side="flask",status="200"'
    assert f'migrate_request_seconds_bucket{{{labels},le="0.001"}} 1' in text
    assert f'migrate_request_seconds_bucket{{{labels},le="0.005"}} 2' in text
    assert f'migrate_request_seconds_bucket{{{labels},le="10.0"}} 2' in text
    assert f'migrate_request_seconds_bucket{{{labels},le="+Inf"}} 3' in text


def test_a_store_that_is_broken_costs_no_request(make: Any, call: Any, tmp_path: Path, caplog: Any):
    file = tmp_path / "traffic.sqlite"
    file.write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    gateway = make(MIGRATE_TRAFFIC=str(file), MIGRATE_METRICS="/-/metrics")
    assert call(gateway, "/items/7")[0] == 200
    assert call(gateway, "/-/metrics")[0] == 200
    assert "what is counted waits meanwhile" in caplog.text


def test_a_trace_goes_on_in_flask(make: Any, call: Any):
    gateway = make(MIGRATE_TRACING="1")
    headers = [(b"host", b"h"), (b"traceparent", f"00-{TRACE}-b7ad6b7169203331-01".encode())]
    assert call(gateway, "/span", headers=headers)[2].decode() == TRACE
    assert call(gateway, "/span")[2].decode() == "0" * 32


@pytest.mark.parametrize(("told", "status"), [(None, 500), (200, 500), (404, 500), (503, 503)])
def test_what_fails_after_its_answer_has_begun_is_an_error(told: int | None, status: int, make: Any, call: Any):
    gateway = make(MIGRATE_METRICS="/-/metrics")

    async def fails(_decision: Any, _environ: Any, _scope: Any, _receive: Any, send: Any, _exchange: Any) -> None:
        if told is not None:
            await send({"type": "http.response.start", "status": told, "headers": []})
        raise RuntimeError("broken")

    gateway.answer = fails
    with pytest.raises(RuntimeError, match="broken"):
        call(gateway, "/items/7")
    gateway.observer._flush()
    assert list(gateway.observer._total.requests) == [("GET /items/<int:id>", "fastapi", status)]


def test_the_time_that_a_fallback_lost_is_fastapis(monkeypatch: Any):
    observer = Observer(None, None, None, dict)
    moments = iter([100.0, 107.0, 107.0, 107.5, 108.0])  # asked, failed, Flask asked, Flask's answer begins and ends
    monkeypatch.setattr(observing, "perf_counter", lambda: next(moments))

    async def send(message: Any) -> None:
        pass

    async def run() -> None:
        exchange = Exchange(observer, {"method": "GET", "path": "/"}, "GET /", "fastapi", send)
        exchange.falls_back()
        await exchange.send({"type": "http.response.start", "status": 200, "headers": []})
        exchange.end(failed=False)

    asyncio.run(run())
    observer._flush()
    assert {key: tally.seconds for key, tally in observer._total.requests.items()} == {
        ("GET /", "fastapi", 0): 7.0,
        ("GET /", "flask", 200): 0.5,
    }
    assert observer._total.events == {("GET /", "fallback"): 1}


def test_a_client_that_leaves_within_an_answer_is_no_error():
    observer = Observer(None, None, None, dict)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            raise OSError("the client has gone")

    async def run() -> None:
        exchange = Exchange(observer, {"method": "GET", "path": "/"}, "GET /", "fastapi", send)
        await exchange.send({"type": "http.response.start", "status": 200, "headers": []})
        with pytest.raises(OSError, match="has gone"):
            await exchange.send({"type": "http.response.body", "body": b"a"})
        exchange.end(failed=True)

    asyncio.run(run())
    observer._flush()
    assert list(observer._total.requests) == [("GET /", "fastapi", 200)]


def test_a_request_that_the_server_cancels_has_not_failed(make: Any, tmp_path: Path):
    gateway = make(MIGRATE_TRAFFIC=str(tmp_path / "traffic.sqlite"))

    async def cancelled(*_: Any) -> None:
        raise asyncio.CancelledError

    gateway.answer = cancelled
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": "/span",
        "query_string": b"",
        "headers": [],
    }

    async def run() -> None:
        with pytest.raises(asyncio.CancelledError):
            await gateway(scope, cancelled, cancelled)

    asyncio.run(run())
    assert list(gateway.observer._fresh.requests) == [("GET /span", "flask", 499)]
