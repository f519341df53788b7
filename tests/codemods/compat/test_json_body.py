"""`JsonBody` against `request.get_json`, `is_json` and `get_data`."""

import json
from typing import Any

import flask
import pytest
from fastapi import FastAPI, Response
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from codemods.compat.json_body import JsonBody
from codemods.compat.request import RawBody
from codemods.compat.responses import FlaskJSONResponse
from codemods.compat.routing import FlaskRoute

KINDS = ["application/json", "application/vnd.api+json; x=y", "APPLICATION/JSON", "text/json", "text/plain", ""]
BODIES = [
    b"",
    b"null",
    b"[1]",
    b'{"a": 1, "a": 2}',
    b"{",
    b"\xff",
    b"\xef\xbb\xbf1",
    '"ü"'.encode("utf-16"),
    b"NaN",
    b" 1 ",
]
CALLS = [{}, {"force": True}, {"silent": True}, {"force": True, "silent": True}]


def outcome(read: Any) -> Any:
    """What a reading gives: its value, or the status and text of its error."""
    try:
        return repr(read())
    except Exception as error:
        code = getattr(error, "code", None) or getattr(error, "status_code", None)
        return type(error).__name__ if code is None else int(code)


def readings(body: bytes, kind: str, calls: list[dict[str, bool]]) -> tuple[list[Any], list[Any]]:
    with flask.Flask(__name__).test_request_context("/", method="POST", data=body, content_type=kind):
        request = flask.request
        expected = [outcome(lambda options=options: request.get_json(**options)) for options in calls]
        expected += [request.is_json, request.get_data(), request.get_data(as_text=True)]
    found_body: JsonBody[Any] = JsonBody(RawBody(body, kind), Any)
    found = [outcome(lambda options=options: found_body.json(**options)) for options in calls]
    found += [found_body.is_json, found_body.bytes(), found_body.text()]
    return expected, found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", BODIES)
def test_readings_one_after_another(body, kind):
    for first in CALLS:
        for second in CALLS:
            expected, found = readings(body, kind, [first, second, {}])
            assert found == expected, (first, second)


@settings(max_examples=200)
@given(
    st.binary(max_size=20)
    | st.recursive(st.none() | st.floats() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_any_body(body):
    expected, found = readings(body, "application/json", [{}, {"silent": True}])
    assert found == expected


def test_load_goes_through_the_schema_and_a_list_item_by_item():
    class Item:
        @classmethod
        def load(cls, data: Any) -> Any:
            return ("one", data)

        @classmethod
        def load_many(cls, data: Any) -> Any:
            return ("many", data)

    raw = RawBody(b"[1]", "application/json")
    one: JsonBody[Any] = JsonBody(raw, Item)
    many: JsonBody[Any] = JsonBody(raw, list[Item])
    assert one.load() == ("one", [1])
    assert many.load() == ("many", [1])
    with pytest.raises(HTTPException):
        JsonBody[Item](RawBody(b"", "text/plain"), Item).load()


def test_openapi_shows_the_schema_of_the_body():
    from pydantic import BaseModel

    class Item(BaseModel):
        name: str

    app = FastAPI()
    app.router.route_class = FlaskRoute

    @app.post("/any")
    async def anything(body: JsonBody[Any]) -> Response:
        return FlaskJSONResponse(None)

    @app.post("/item")
    async def item(body: JsonBody[Item]) -> Response:
        return FlaskJSONResponse(None)

    @app.post("/items")
    async def items(body: JsonBody[list[Item]]) -> Response:
        return FlaskJSONResponse(None)

    @app.post("/dict")
    async def mapping(body: JsonBody[dict[str, Any]]) -> Response:
        return FlaskJSONResponse(None)

    document = app.openapi()

    def schema(path: str) -> Any:
        return document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]

    assert schema("/any")["type"] == "object"
    assert schema("/item") == {"$ref": "#/components/schemas/Item"}
    assert schema("/items")["items"] == {"$ref": "#/components/schemas/Item"}
    assert schema("/dict")["type"] == "object"
    assert document["components"]["schemas"]["Item"]["properties"] == {"name": {"title": "Name", "type": "string"}}


def test_a_body_in_an_included_router(fastapi_answer):
    from fastapi import APIRouter

    app = FastAPI()
    router = APIRouter(prefix="/v1", route_class=FlaskRoute)

    @router.put("/raw")
    def raw(body: JsonBody[Any]) -> Response:
        return FlaskJSONResponse([body.bytes().decode(), body.json(silent=True)])

    app.include_router(router)
    assert fastapi_answer(app, "PUT", "/v1/raw").body == b'["",null]\n'
    assert fastapi_answer(app, "PUT", "/v1/raw", {"Content-Type": "application/json"}, b"[2]").body == b'["[2]",[2]]\n'
