"""OpenAPI 3 and Swagger 2 as facts: one form for both, and nothing of a document that FastAPI could lose unseen."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from migrator.verify.documents.comparison import compare, differences
from migrator.verify.documents.operations import operations, shape

SWAGGER = {
    "swagger": "2.0",
    "basePath": "/api/",
    "consumes": ["application/json"],
    "securityDefinitions": {"login": {"type": "basic"}, "key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    "definitions": {
        "Pet": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "maxLength": 10, "description": "What  it is called."},
                "parent": {"$ref": "#/definitions/Pet"},
                "toys": {"type": "array", "items": {"type": "string", "enum": ["ball", "bone"]}},
            },
        }
    },
    "paths": {
        "/pets/{pet}": {
            "parameters": [{"in": "path", "name": "pet", "type": "integer", "required": True}],
            "put": {
                "summary": "Change a pet",
                "tags": ["pets"],
                "deprecated": True,
                "security": [{"login": ["admin"]}, {"key": []}],
                "parameters": [
                    {"in": "query", "name": "fast", "type": "boolean", "default": True, "description": "Be quick."},
                    {"in": "header", "name": "X-Trace", "type": "string", "required": True},
                    {"in": "body", "name": "body", "schema": {"$ref": "#/definitions/Pet"}},
                ],
                "responses": {
                    200: {"description": "OK", "schema": {"$ref": "#/definitions/Pet"}},
                    404: {"description": "No such pet."},
                },
            },
        }
    },
}
OPENAPI = {
    "openapi": "3.1.0",
    "components": {
        "securitySchemes": {
            "Basic": {"type": "http", "scheme": "Basic"},
            "Key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        },
        "parameters": {"Trace": {"in": "header", "name": "x-trace", "schema": {"type": "string"}, "required": True}},
        "schemas": {
            "Named": {
                "properties": {"name": {"type": "string", "maxLength": 10, "description": "What it is called."}},
                "required": ["name"],
            },
            "Pet": {
                "allOf": [{"$ref": "#/components/schemas/Named"}],
                "type": "object",
                "properties": {
                    "parent": {"anyOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "null"}]},
                    "toys": {"type": ["array", "null"], "items": {"type": "string", "enum": ["bone", "ball", None]}},
                },
            },
        },
    },
    "paths": {
        "/api/pets/{pet_id}": {
            "put": {
                "summary": "Change a pet",
                "tags": ["pets"],
                "deprecated": True,
                "security": [{"Basic": ["admin"]}, {"Key": []}],
                "parameters": [
                    {"in": "path", "name": "pet", "schema": {"type": "integer"}, "required": True},
                    {
                        "in": "query",
                        "name": "fast",
                        "schema": {"type": "boolean", "default": True},
                        "description": "Be quick.",
                    },
                    {"$ref": "#/components/parameters/Trace"},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
                "responses": {
                    "200": {
                        "description": "Successful Response",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                    },
                    "404": {"description": "No such pet."},
                },
            }
        }
    },
}


def test_both_versions_have_one_form():
    (old,), (new,) = operations(SWAGGER), operations(OPENAPI)
    assert old.facts == new.facts
    assert old.key == new.key == ("PUT", "/api/pets/{}")
    assert old.facts["body", "application/json", "toys", "[]", "enum"] == ["ball", "bone"]
    assert old.facts["header", "x-trace", "required"] is True
    assert old.facts["security http basic", "scope admin"] is True


def without(value: Any) -> Iterator[tuple[str, Any]]:
    """The document once without each of the things that stand in its operations and components."""
    for owner, path in holders(value, ()):
        for name in list(owner):
            if path[:1] == ("paths",) and len(path) < 2:
                continue
            changed = copy.deepcopy(value)
            inner = changed
            for part in path:
                inner = inner[part]
            inner.pop(name)
            yield "/".join([*map(str, path), str(name)]), changed


def holders(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
    if isinstance(value, dict):
        if path:
            yield value, path
        for name, inner in value.items():
            yield from holders(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from holders(inner, (*path, index))


SAYS_NOTHING = ("responses/200/description", "schemas/Pet/type", "toys/type", "parameters/0/required")
"""FastAPI's own words for an answer that went well; types that follow from the rest; variables, always required."""
CASES = [case for case in without(OPENAPI) if not case[0].endswith(SAYS_NOTHING)]


@pytest.mark.parametrize(("place", "changed"), CASES, ids=[place for place, _ in CASES])
def test_whatever_is_missing_is_told(place: str, changed: dict[str, Any]):
    report = compare(["a"], operations(OPENAPI), operations(changed), [("PUT", "/api/pets/<int:pet>")])
    assert not report.is_same, place


def test_the_same_document_loses_nothing():
    assert compare(["a"], operations(SWAGGER), operations(OPENAPI), [("PUT", "/api/pets/<pet>")]).is_same


def test_what_stands_inside_something_lost_is_not_listed_again():
    (old,) = operations(OPENAPI)
    new = {place: value for place, value in old.facts.items() if place[0] != "body" or place[2:3] != ("toys",)}
    assert [one.where for one in differences(old.facts, new)] == ["body application/json: toys"]


def test_a_change_shows_both():
    (old,) = operations(OPENAPI)
    new = {**old.facts, ("query", "fast", "type"): "string"}
    (found,) = differences(old.facts, new)
    assert (found.kind, found.where, found.flask, found.fastapi) == ("changed", "query fast: type", "boolean", "string")


def test_routes_that_stay_on_flask_are_counted_only():
    report = compare(["a"], operations(OPENAPI), [], [])
    assert (report.is_same, report.on_flask, report.operations) == (True, 1, ())


def test_a_converted_route_that_is_not_documented_is_missing():
    report = compare(["a"], operations(OPENAPI), [], [("PUT", "/api/pets/<int:pet>")])
    assert [one.is_missing for one in report.operations] == [True]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"paths": None},
        {"paths": {"/a": None}},
        {"paths": {"/a": {"get": None}}},
        {"paths": {"/a": {"$ref": "#/paths/~1a"}}},
        {"paths": {"/a": {"get": {"parameters": [None], "responses": {"200": None, "default": {"content": []}}}}}},
    ],
)
def test_what_is_malformed_is_read_as_not_there(document):
    assert len(list(operations(document))) <= 1


def test_names_of_variables_do_not_count():
    assert shape("/a/{x}/b/{y}") == shape("/a/<int:one>/b/<two>")
