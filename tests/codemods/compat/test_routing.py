"""`FlaskRoute` and `Lifecycle` against Flask: the same hooks, handlers and errors, request by request."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import flask
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from starlette.exceptions import HTTPException

from codemods.compat.fallback import add_fallback
from codemods.compat.head import HeadAsGet
from codemods.compat.http_statuses import BadRequestKeyError
from codemods.compat.json_body import JsonBody
from codemods.compat.lifecycle import ErrorHandlers, Lifecycle, blueprints_of
from codemods.compat.query import lenient, required
from codemods.compat.responses import FlaskJSONResponse, make_response
from codemods.compat.routing import Answer, FlaskRoute


class PaymentNeeded(HTTPException):
    status_code = 402

    def __init__(self) -> None:
        super().__init__(402)


class OursError(ValueError):
    pass


def cause_of(error: Any) -> str:
    """The name of an exception, or its status where it is an HTTP error of either library."""
    return str(getattr(error, "code", getattr(error, "status_code", type(error).__name__)))


def flask_side(log: list[str]) -> flask.Flask:
    """An application with hooks and handlers on three levels."""
    from werkzeug.exceptions import HTTPException as WerkzeugError
    from werkzeug.exceptions import NotFound

    app = flask.Flask(__name__)
    outer = flask.Blueprint("outer", __name__, url_prefix="/outer")
    inner = flask.Blueprint("inner", __name__, url_prefix="/inner")
    plain = flask.Blueprint("plain", __name__, url_prefix="/plain")

    class Unavailable(NotFound):
        pass

    def before(name: str) -> Callable[[], Any]:
        def hook() -> Any:
            log.append(f"before {name}")
            if flask.request.headers.get("X-Stop") == name:
                return f"stopped by {name}", 203
            if flask.request.headers.get("X-Abort") == name:
                flask.abort(409)
            if flask.request.headers.get("X-Fail") == name:
                raise OursError(name)
            return None

        return hook

    def after(name: str) -> Callable[[flask.Response], flask.Response]:
        def hook(response: flask.Response) -> flask.Response:
            log.append(f"after {name}")
            response.headers["X-After"] = response.headers.get("X-After", "") + name
            if flask.request.headers.get("X-After-Fail") == name:
                raise KeyError(name)
            return response

        return hook

    def teardown(name: str) -> Callable[[BaseException | None], None]:
        return lambda error: log.append(f"teardown {name} {cause_of(error)}")

    for holder, name in ((app, "app"), (outer, "outer"), (inner, "inner")):
        for number in ("1", "2"):
            holder.before_request(before(name + number))
            holder.after_request(after(name + number))
            holder.teardown_request(teardown(name + number))

    app.register_error_handler(404, lambda error: (f"app 404 {error.description}", 404))
    app.register_error_handler(OursError, lambda error: (f"app ours {error}", 418))
    app.register_error_handler(500, lambda error: f"app 500 {cause_of(error.original_exception)}")
    inner.register_error_handler(WerkzeugError, lambda error: (f"inner http {error.code} {error}", error.code))
    outer.register_error_handler(409, lambda error: ("outer 409", 409))
    outer.register_error_handler(KeyError, lambda error: (f"outer key {type(error).__name__}", 400))
    outer.register_error_handler(LookupError, lambda error: str(1 / 0))
    outer.register_error_handler(410, lambda error: flask.abort(404))

    def view(what: str) -> Any:
        match what:
            case "ok":
                return {"b": 1, "a": "ü"}
            case "key":
                return flask.request.args["missing"]
            case "json":
                return flask.jsonify(flask.request.json)
            case "crash":
                return 1 / 0
            case "ours":
                raise OursError("boom")
            case "index":
                return [][0]
            case "none":
                return None
            case "response":
                flask.abort(flask.make_response("aborted", 202))
            case "page":
                return {"page": flask.request.args.get("page", 1, type=int)}
            case "described":
                flask.abort(400, "line <1>\nline 2")
            case "headers":
                return "x", 401, {"WWW-Authenticate": "Basic", "X-Number": 5}
            case "empty":
                return "gone", 204
        return flask.abort(int(what))

    for holder in (app, outer, inner, plain):
        holder.add_url_rule("/<what>", "view", view, methods=["GET", "POST"])
    outer.register_blueprint(inner)
    app.register_blueprint(outer)
    app.register_blueprint(plain)
    return app


def fastapi_side(log: list[str], is_async: bool) -> FastAPI:
    """The same by hand on FastAPI, with hooks that are sync or async."""

    def maybe_async(function: Callable[..., Any]) -> Callable[..., Any]:
        if not is_async:
            return function

        async def call(*arguments: Any) -> Any:
            return function(*arguments)

        return call

    def before(name: str) -> Callable[..., Any]:
        def hook(request: Request) -> Response | None:
            log.append(f"before {name}")
            if request.headers.get("X-Stop") == name:
                return make_response((f"stopped by {name}", 203))
            if request.headers.get("X-Abort") == name:
                raise HTTPException(409)
            if request.headers.get("X-Fail") == name:
                raise OursError(name)
            return None

        return maybe_async(hook)

    def after(name: str) -> Callable[..., Any]:
        def hook(request: Request, response: Response) -> Response:
            log.append(f"after {name}")
            response.headers["X-After"] = response.headers.get("X-After", "") + name
            if request.headers.get("X-After-Fail") == name:
                raise KeyError(name)
            return response

        return maybe_async(hook)

    def teardown(name: str) -> Callable[..., Any]:
        def hook(request: Request, error: BaseException | None) -> None:
            log.append(f"teardown {name} {cause_of(error)}")

        return maybe_async(hook)

    def names(level: str, make: Callable[[str], Any]) -> list[Any]:
        return [make(f"{level}1"), make(f"{level}2")]

    levels = {"": "app", "outer": "outer", "outer.inner": "inner"}

    def divide(request: Request, error: Exception) -> Response:
        return make_response(1 / 0)

    def to_404(request: Request, error: Exception) -> Response:
        raise HTTPException(404)

    handlers = ErrorHandlers(
        {
            "": {
                404: maybe_async(lambda request, error: make_response((f"app 404 {error.description}", 404))),
                OursError: maybe_async(lambda request, error: make_response((f"app ours {error}", 418))),
                500: maybe_async(lambda request, error: make_response(f"app 500 {cause_of(error.original_exception)}")),
            },
            "outer.inner": {
                HTTPException: maybe_async(
                    lambda request, error: make_response((f"inner http {error.status_code} {error}", error.status_code))
                )
            },
            "outer": {
                409: maybe_async(lambda request, error: make_response(("outer 409", 409))),
                KeyError: maybe_async(lambda request, error: make_response((f"outer key {type(error).__name__}", 400))),
                LookupError: maybe_async(divide),
                410: maybe_async(to_404),
            },
        }
    )

    async def view(
        request: Request, what: str, page: Annotated[int, Query(), lenient(int, 1)] = 1, missing: str | None = None
    ) -> Response:
        match what:
            case "ok":
                return FlaskJSONResponse({"b": 1, "a": "ü"})
            case "key":
                return make_response(required(missing, "missing"))
            case "crash":
                return make_response(1 / 0)
            case "ours":
                raise OursError("boom")
            case "index":
                return make_response([][0])
            case "none":
                return make_response(None)
            case "response":
                raise Answer(make_response(("aborted", 202)))
            case "page":
                return FlaskJSONResponse({"page": page})
            case "described":
                raise HTTPException(400, "line <1>\nline 2")
            case "headers":
                return make_response(("x", 401, {"WWW-Authenticate": "Basic", "X-Number": 5}))
            case "empty":
                return make_response(("gone", 204))
            case code:
                raise HTTPException(int(code))

    async def json_view(body: JsonBody[Any]) -> Response:
        return FlaskJSONResponse(body.json())

    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.add_middleware(HeadAsGet)
    for prefix, name in (("", ""), ("/outer", "outer."), ("/outer/inner", "outer.inner."), ("/plain", "plain.")):
        router = APIRouter(prefix=prefix, route_class=FlaskRoute)
        router.add_api_route("/json", json_view, methods=["POST"], name=f"{name}view")
        router.add_api_route("/{what}", view, methods=["GET", "POST"], name=f"{name}view")
        app.include_router(router)
    app.state.lifecycle = Lifecycle(
        before={key: names(level, before) for key, level in levels.items()},
        after={key: names(level, after) for key, level in levels.items()},
        teardown={key: names(level, teardown) for key, level in levels.items()},
        handlers=handlers,
        logger=logging.getLogger("quiet"),
    )
    add_fallback(app)
    return app


@pytest.fixture(autouse=True)
def quiet() -> None:
    logging.getLogger("quiet").setLevel(logging.CRITICAL)


PREFIXES = ["", "/outer", "/outer/inner", "/plain"]
VIEWS = ["ok", "key", "crash", "ours", "index", "none", "response", "page", "described", "headers", "empty"]
STATUSES = ["400", "401", "403", "404", "405", "406", "409", "410", "413", "415", "418", "422", "429", "500", "503"]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("prefix", PREFIXES)
def test_views_and_errors_with_hooks_and_handlers_on_every_level(pair, prefix, is_async):
    expected_log: list[str] = []
    found_log: list[str] = []
    both = pair(flask_side(expected_log), fastapi_side(found_log, is_async))
    for view in [*VIEWS, *STATUSES]:
        both.same("GET", f"{prefix}/{view}")
        assert found_log == expected_log, view
        expected_log.clear()
        found_log.clear()


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("name", ["app1", "app2", "outer1", "inner2"])
@pytest.mark.parametrize("header", ["X-Stop", "X-Abort", "X-Fail", "X-After-Fail"])
def test_hooks_that_answer_abort_or_fail(pair, prefix, name, header):
    expected_log: list[str] = []
    found_log: list[str] = []
    both = pair(flask_side(expected_log), fastapi_side(found_log, is_async=False))
    for view in ("ok", "404", "crash"):
        both.same("GET", f"{prefix}/{view}", {header: name})
        assert found_log == expected_log


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/nowhere/at/all"),
        ("PUT", "/outer/ok"),
        ("OPTIONS", "/outer/inner/ok"),
        ("HEAD", "/outer/ok"),
        ("HEAD", "/outer/crash"),
        ("GET", "/outer//ok"),
        ("GET", "/outer/nothing/else"),
    ],
)
def test_hooks_around_what_no_view_answers(pair, method, target):
    expected_log: list[str] = []
    found_log: list[str] = []
    pair(flask_side(expected_log), fastapi_side(found_log, is_async=False)).same(method, target)
    assert found_log == expected_log


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"b": 1, "a": [1.50]}'),
        ("application/json", b""),
        ("application/json", b"{"),
        ("application/json", b"\xff"),
        ("application/json; charset=latin-1", b"null"),
        ("application/problem+json", b"[1]"),
        ("text/json", b"[1]"),
        (None, b"[1]"),
        (None, b""),
    ],
)
@pytest.mark.parametrize("prefix", PREFIXES)
def test_json_bodies(pair, prefix, kind, body):
    headers = {"Content-Type": kind} if kind else {}
    pair(flask_side([]), fastapi_side([], is_async=False)).same("POST", f"{prefix}/json", headers, body)


def test_a_guard_comes_before_the_body_and_the_body_before_its_validation(fastapi_answer):
    async def guard(x_token: Annotated[str | None, Header()] = None) -> None:
        if x_token is None:
            raise HTTPException(401)

    app = FastAPI()
    router = APIRouter(route_class=FlaskRoute, dependencies=[Depends(guard)])

    @router.post("/items")
    async def create(body: JsonBody[Any], page: int = 1) -> Response:
        return FlaskJSONResponse(body.json())

    app.include_router(router)
    json = {"Content-Type": "application/json"}
    assert fastapi_answer(app, "POST", "/items", json, b"{").status == 401
    assert fastapi_answer(app, "POST", "/items", {**json, "X-Token": "1"}, b"{").status == 400
    assert fastapi_answer(app, "POST", "/items", {"X-Token": "1"}, b"{}").status == 415
    assert fastapi_answer(app, "POST", "/items", {**json, "X-Token": "1"}, b"{}").status == 200


def test_a_pydantic_model_is_refused_as_a_400(fastapi_answer):
    from pydantic import BaseModel

    class Item(BaseModel):
        name: str

    app = FastAPI()
    app.router.route_class = FlaskRoute

    @app.post("/items")
    async def create(item: Item) -> Response:
        return FlaskJSONResponse(item.model_dump())

    json = {"Content-Type": "application/json"}
    assert fastapi_answer(app, "POST", "/items", json, b'{"name": "x"}').status == 200
    assert fastapi_answer(app, "POST", "/items", json, b'{"name": 1}').status == 400
    assert fastapi_answer(app, "POST", "/items", json, b"{").status == 400
    assert fastapi_answer(app, "POST", "/items", {}, b"{}").status == 415


def test_a_class_with_a_status_is_found_before_the_status_and_its_base(fastapi_answer):
    async def pay() -> Response:
        raise PaymentNeeded

    handlers: dict[str, dict[Any, Any]] = {
        "": {PaymentNeeded: lambda request, error: make_response("class"), 402: lambda *_: make_response("status")},
        "shop": {HTTPException: lambda request, error: make_response("base")},
    }
    for key, expected in ((PaymentNeeded, b"class"), (402, b"status"), (None, b"base")):
        app = FastAPI()
        app.router.route_class = FlaskRoute
        app.add_api_route("/pay", pay, name="shop.pay")
        app.state.lifecycle = Lifecycle(handlers=ErrorHandlers(handlers))
        assert fastapi_answer(app, "GET", "/pay").body == expected
        handlers[""].pop(key, None)


def test_an_unhandled_exception_is_logged_with_its_traceback(fastapi_answer, caplog):
    app = FastAPI()
    app.router.route_class = FlaskRoute
    app.state.lifecycle = Lifecycle(logger=logging.getLogger("shop"))

    @app.get("/crash")
    def crash() -> Response:
        raise OursError("why")

    assert fastapi_answer(app, "GET", "/crash").status == 500
    [record] = [record for record in caplog.records if record.name == "shop"]
    assert record.getMessage() == "Exception on /crash [GET]"
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], OursError)


def test_a_missing_key_is_a_key_error_and_a_400():
    with pytest.raises(KeyError):
        required(None, "name")
    error = BadRequestKeyError("name")
    assert (error.status_code, error.args) == (400, ("name",))


def test_blueprints_of_an_endpoint():
    assert blueprints_of("api.orders.show") == ("api.orders", "api")
    assert blueprints_of("show") == ()
    assert blueprints_of(None) == ()


@pytest.mark.parametrize("is_sync", [False, True])
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, ["started", "committed", "closed"]),
        (OursError(), ["started", "rolled back OursError", "closed"]),
        (HTTPException(404), ["started", "rolled back HTTPException", "closed"]),
        (Answer(Response()), ["started", "committed", "closed"]),
    ],
)
def test_a_dependency_with_yield_ends_by_the_error_of_the_endpoint(fastapi_answer, caplog, is_sync, error, expected):
    log: list[str] = []

    def session() -> Iterator[None]:
        log.append("started")
        try:
            yield
            log.append("committed")
        except Exception as error:
            log.append(f"rolled back {type(error).__name__}")
            raise
        finally:
            log.append("closed")

    async def async_session() -> AsyncIterator[None]:
        with contextmanager(session)():
            yield

    app = FastAPI()
    app.router.route_class = FlaskRoute

    @app.get("/", dependencies=[Depends(session if is_sync else async_session)])
    async def view() -> Response:
        if error:
            raise error
        return make_response("fine")

    status = {OursError: 500, HTTPException: 404}.get(type(error), 200)
    assert fastapi_answer(app, "GET", "/").status == status
    assert log == expected


def test_a_dependency_with_yield_may_turn_an_error_into_another(fastapi_answer):
    async def translate() -> AsyncIterator[None]:
        try:
            yield
        except OursError as error:
            raise HTTPException(409) from error

    app = FastAPI()
    app.router.route_class = FlaskRoute

    @app.get("/", dependencies=[Depends(translate)])
    async def view() -> Response:
        raise OursError

    assert fastapi_answer(app, "GET", "/").status == 409
