"""`BridgedRoute`: one application context and one thread for everything of a request."""

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Annotated, Any

import flask
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from werkzeug.exceptions import NotFound

from codemods.compat.bridged import MAX_THREADS, BridgedRoute, in_request_thread
from codemods.compat.foreign import make_response as make_foreign_response
from codemods.compat.lifecycle import ErrorHandlers, Lifecycle
from codemods.compat.responses import FlaskJSONResponse, make_response, text
from codemods.compat.routing import FlaskRoute

setting: ContextVar[str] = ContextVar("setting", default="unset")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def flask_app() -> flask.Flask:
    return flask.Flask("legacy")


@pytest.fixture
def app(flask_app: flask.Flask) -> FastAPI:
    app = FastAPI()
    app.router.route_class = BridgedRoute
    app.state.flask_app = flask_app
    return app


def seen_context() -> list[Any]:
    return [flask.current_app.name, id(flask.g._get_current_object())]


def test_everything_of_a_request_sees_one_context(flask_app, app, fastapi_answer):
    seen: list[Any] = []

    @in_request_thread
    def sync_dependency() -> None:
        flask.g.items = ["sync dependency"]

    async def async_dependency() -> None:
        flask.g.items.append("async dependency")

    def hook(request: Request) -> None:
        seen.append(seen_context())

    async def async_hook(request: Request, response: Response) -> Response:
        flask.g.items.append("after")
        seen.append(seen_context())
        response.headers["X-Items"] = ", ".join(flask.g.items)
        return response

    def handler(request: Request, error: Exception) -> Response:
        seen.append(seen_context())
        return text("handled", 400)

    app.state.lifecycle = Lifecycle(
        before={"": [hook]},
        after={"": [async_hook]},
        teardown={"": [lambda request, error: seen.append(seen_context())]},
        handlers=ErrorHandlers({"": {ValueError: handler}}),
    )

    @app.get("/", dependencies=[Depends(sync_dependency), Depends(async_dependency)])
    def view() -> Response:
        flask.g.items.append("view")
        seen.append(seen_context())
        raise ValueError

    answer = fastapi_answer(app, "GET", "/")
    assert (answer.status, answer.body) == (400, b"handled")
    assert answer.header("x-items") == "sync dependency, async dependency, view, after"
    assert len(seen) == 5
    assert all(one == seen[0] for one in seen)
    assert not flask.has_app_context()


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(
    ("error", "expected"),
    [(None, "None"), (ValueError("x"), "ValueError"), (HTTPException(404), "None"), (KeyError("handled"), "None")],
)
def test_a_context_is_torn_down_once_with_what_nobody_handled(
    flask_app, app, fastapi_answer, is_async, error, expected
):
    torn: list[Any] = []
    flask_app.teardown_appcontext(lambda failure: torn.append([type(failure).__name__, flask.current_app.name]))
    app.state.lifecycle = Lifecycle(handlers=ErrorHandlers({"": {KeyError: lambda request, error: text("handled")}}))

    def view() -> Response:
        if error:
            raise error
        return text("fine")

    async def async_view() -> Response:
        return view()

    app.add_api_route("/", async_view if is_async else view)
    fastapi_answer(app, "GET", "/")
    assert torn == [["NoneType" if expected == "None" else expected, "legacy"]]


def test_a_context_of_the_same_application_is_used_and_left_alone(flask_app, app, fastapi_answer):
    torn: list[Any] = []
    flask_app.teardown_appcontext(torn.append)

    @app.get("/")
    def view() -> Response:
        flask.g.seen = "view"
        return FlaskJSONResponse(flask.g.given)

    with flask_app.app_context():
        flask.g.given = "outside"
        assert fastapi_answer(app, "GET", "/").body == b'"outside"\n'
        assert flask.g.seen == "view"
        assert torn == []
    assert torn == [None]


def test_a_context_of_another_application_is_covered(flask_app, app, fastapi_answer):
    @app.get("/")
    def view() -> Response:
        return FlaskJSONResponse(flask.current_app.name)

    with flask.Flask("other").app_context():
        assert fastapi_answer(app, "GET", "/").body == b'"legacy"\n'
        assert flask.current_app.name == "other"


def test_a_sqlite_connection_serves_all_of_a_request_under_load(flask_app, app, ask_together):
    closed: list[int] = []

    def get_db() -> sqlite3.Connection:
        if "db" not in flask.g:
            flask.g.db = sqlite3.connect(":memory:")
        db: sqlite3.Connection = flask.g.db
        return db

    @flask_app.teardown_appcontext
    def close_db(error: BaseException | None) -> None:
        flask.g.pop("db").close()
        closed.append(threading.get_ident())

    @in_request_thread
    def load_user() -> int:
        get_db().execute("CREATE TABLE user (id)")
        time.sleep(0.001)
        return threading.get_ident()

    def before(request: Request) -> None:
        get_db().execute("CREATE TABLE log (line)")

    def after(request: Request, response: Response) -> Response:
        get_db().execute("INSERT INTO log VALUES (1)")
        return response

    app.state.lifecycle = Lifecycle(before={"": [before]}, after={"": [after]})

    @app.get("/{number}")
    def view(number: int, thread: Annotated[int, Depends(load_user)]) -> Response:
        get_db().execute("INSERT INTO user VALUES (?)", (number,))
        [(found,)] = get_db().execute("SELECT id FROM user").fetchall()
        return FlaskJSONResponse([found, thread == threading.get_ident()])

    answers = ask_together(app, [("GET", f"/{number}") for number in range(300)])
    assert [answer.body for answer in answers] == [b"[%d,true]\n" % number for number in range(300)]
    assert len(closed) == 300
    assert 1 < len(set(closed)) <= MAX_THREADS


def test_a_context_variable_set_in_a_sync_hook_is_seen_later(app, fastapi_answer):
    def before(request: Request) -> None:
        setting.set("by the hook")

    app.state.lifecycle = Lifecycle(before={"": [before]})

    @app.get("/sync")
    def view() -> Response:
        return FlaskJSONResponse(setting.get())

    @app.get("/async")
    async def async_view() -> Response:
        return FlaskJSONResponse(setting.get())

    assert fastapi_answer(app, "GET", "/sync").body == b'"by the hook"\n'
    assert fastapi_answer(app, "GET", "/async").body == b'"by the hook"\n'
    assert setting.get() == "unset"


class OutOfStock(NotFound):
    description = "sold out"


class Teapot(NotFound):
    def get_response(self, environ: Any = None, scope: Any = None) -> Any:
        return flask.Response("own page", 418, {"X-Own": "1"})


def failures() -> dict[str, Any]:
    return {
        "404": lambda: flask.abort(404),
        "described": lambda: flask.abort(409, "why"),
        "subclass": lambda: (_ for _ in ()).throw(OutOfStock()),
        "own": lambda: (_ for _ in ()).throw(Teapot()),
        "response": lambda: flask.abort(flask.Response("direct", 202, {"X-One": "1"})),
        "405": lambda: flask.abort(405, valid_methods=["GET"]),
        "key": lambda: __import__("werkzeug").datastructures.MultiDict()["x"],
    }


@pytest.mark.parametrize("name", failures())
def test_errors_of_werkzeug_answer_as_under_flask(pair, flask_app, app, name):
    flask_app.add_url_rule("/", "view", failures()[name])

    def view() -> Response:
        return make_response(failures()[name]())

    app.add_api_route("/", view)
    pair(flask_app, app).same("GET", "/")


@pytest.mark.parametrize("name", failures())
@pytest.mark.parametrize("key", [404, OutOfStock, HTTPException, Exception, KeyError], ids=str)
def test_errors_of_werkzeug_find_their_handler(pair, flask_app, app, name, key):
    from werkzeug.exceptions import HTTPException as WerkzeugError

    flask_app.register_error_handler(
        WerkzeugError if key is HTTPException else key, lambda error: f"handled {error.description}"
    )
    flask_app.add_url_rule("/", "view", failures()[name])

    def view() -> Response:
        return make_response(failures()[name]())

    def handler(request: Request, error: HTTPException) -> Response:
        return text(f"handled {error.description}")

    app.add_api_route("/", view)
    app.state.lifecycle = Lifecycle(handlers=ErrorHandlers({"": {key: handler}}))
    pair(flask_app, app).same("GET", "/")


def test_a_view_that_lets_stop_iteration_out_is_a_500(app, fastapi_answer):
    @app.get("/")
    def view() -> Response:
        return make_response(next(iter([])))

    assert fastapi_answer(app, "GET", "/").status == 500


def test_a_dependency_may_serve_native_routes_too(flask_app, fastapi_answer):
    @in_request_thread
    def name() -> str:
        return flask.current_app.name if flask.has_app_context() else "none"

    app = FastAPI()
    app.state.flask_app = flask_app
    for path, route_class in (("/bridged", BridgedRoute), ("/native", FlaskRoute)):
        router = APIRouter(route_class=route_class)

        @router.get(path)
        def view(name: Annotated[str, Depends(name)]) -> Response:
            return text(name)

        app.include_router(router)
    assert fastapi_answer(app, "GET", "/bridged").body == b"legacy"
    assert fastapi_answer(app, "GET", "/native").body == b"none"


def test_a_teardown_runs_after_a_request_that_was_cancelled(flask_app, app):
    torn: list[Any] = []
    started = asyncio.Event()
    flask_app.teardown_appcontext(lambda error: torn.append(flask.g.value))

    @app.get("/")
    async def view() -> Response:
        flask.g.value = 1
        started.set()
        await asyncio.sleep(60)
        return text("late")

    async def cancel() -> None:
        scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "path": "/",
            "raw_path": b"/",
            "query_string": b"",
            "headers": [],
            "root_path": "",
            "scheme": "http",
            "server": ("localhost", 80),
            "client": None,
            "http_version": "1.1",
        }

        async def nothing(*arguments: Any) -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        task = asyncio.ensure_future(app(scope, nothing, nothing))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert torn == [1]


def test_only_plain_functions_run_in_the_thread_of_a_request():
    def yields() -> Iterator[None]:
        yield

    async def is_async() -> None: ...

    for function in (yields, is_async):
        with pytest.raises(TypeError, match="must be a plain function"):
            in_request_thread(function)


@pytest.mark.parametrize(
    "make",
    [
        lambda: flask.Response("body", 201, {"X-One": "1"}, mimetype="text/csv"),
        lambda: (flask.Response("body"), 202, {"X-One": "2"}),
        lambda: flask.Response(iter(["a", "b"])),
        lambda: flask.redirect("/x"),
        lambda: flask.Response(None, 204),
        lambda: ("text", 201),
        lambda: None,
    ],
)
def test_a_response_of_flask_is_translated(pair, flask_app, app, make):
    flask_app.add_url_rule("/", "view", make)

    def view() -> Response:
        return make_foreign_response(make())

    app.add_api_route("/", view)
    pair(flask_app, app).same("GET", "/")
