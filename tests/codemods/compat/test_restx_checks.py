"""`compat.restx_checks` says of bodies what Flask-RESTX says of them by a model."""

from typing import Annotated, Any

import pytest
from flask import Flask
from flask_restx import Api, Resource, fields
from pydantic import ConfigDict, Field

from codemods.compat import restx_checks, restx_dates
from codemods.compat import restx_fields as ours


class Address(ours.Fields):
    zip: Annotated[int, ours.Integer(), Field(json_schema_extra={"minimum": 3})]


class Child(ours.Fields):
    x: Annotated[str, ours.String()]
    zip: Annotated[int, ours.Integer(), Field(json_schema_extra={"minimum": 3})]


class Strict(ours.Fields):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[int | None, ours.Integer()] = None


class Whole(ours.Fields):
    name: Annotated[str, ours.String(), Field(json_schema_extra={"enum": ["x", "y"], "readOnly": True})]
    address: Annotated[Any, ours.Nested(Address)] = None
    maybe: Annotated[Any, ours.Nested(Address, nullable=True)] = None
    several: Annotated[Any, ours.Nested(Address, as_list=True)] = None
    listed: Annotated[Any, ours.List(ours.Nested(Address)), Field(json_schema_extra={"minItems": 1})] = None
    texts: Annotated[Any, ours.List(ours.String()), Field(json_schema_extra={"uniqueItems": True})] = None
    few: Annotated[
        list[Annotated[int | None, Field(json_schema_extra={"minimum": 1, "maximum": 5})]] | None,
        ours.List(ours.Integer()),
        Field(json_schema_extra={"maxItems": 2}),
    ] = None
    grid: Annotated[
        list[list[Annotated[str, Field(json_schema_extra={"enum": ["x"]})]]] | None,
        ours.List(ours.List(ours.String())),
    ] = None
    due: Annotated[Any, restx_dates.DateTime()] = None
    number: Annotated[Any, ours.Float(), Field(json_schema_extra={"maximum": 5, "multipleOf": 0.5})] = None
    fixed: Annotated[Any, ours.Fixed()] = None
    raw: Annotated[Any, ours.Raw()] = None
    odd: Annotated[Any, ours.Wildcard(ours.Integer()), Field(alias="odd-one")] = None
    truth: Annotated[Any, ours.Boolean()] = None
    text: Annotated[Any, ours.FormattedString("x"), Field(json_schema_extra={"pattern": "^a", "maxLength": 2})] = None


VALUES = (
    None,
    "x",
    "abc",
    "b",
    1,
    2.25,
    6,
    True,
    [],
    {},
    ["x", "x"],
    [{"zip": 2}, {}],
    {"zip": 2},
    {"zip": "5"},
    {"a": "b"},
    [0, 1, 6],
    [None],
    [["x", "y"], ["x"]],
)
BODIES: tuple[Any, ...] = (
    {}, [], 5, {"name": "x"}, {"name": "z"}, {"x": "a"}, {"x": "a", "zip": 2}, {"id": 1, "q": 2}, {"q": 1},
    [{"id": "a"}, {"id": "b"}], [{"id": 1}, {"more": 2}], {"id": True},
    *({"name": "x", ("odd-one" if key == "odd" else key): value} for key in Whole.model_fields for value in VALUES),
)  # fmt: skip


@pytest.fixture(scope="module")
def asked():
    """A client of an application that expects these models."""
    app = Flask(__name__)
    api = Api(app)
    address = api.model("Address", {"zip": fields.Integer(required=True, min=3)})
    models = {
        "whole": api.model("Whole", {
            "name": fields.String(required=True, enum=["x", "y"], readonly=True), "address": fields.Nested(address),
            "maybe": fields.Nested(address, nullable=True), "several": fields.Nested(address, as_list=True),
            "listed": fields.List(fields.Nested(address), min_items=1),
            "texts": fields.List(fields.String, unique=True), "due": fields.DateTime,
            "few": fields.List(fields.Integer(min=1, max=5), max_items=2),
            "grid": fields.List(fields.List(fields.String(enum=["x"]))),
            "number": fields.Float(max=5, multiple=0.5), "fixed": fields.Fixed, "raw": fields.Raw,
            "odd-one": fields.Wildcard(fields.Integer), "truth": fields.Boolean,
            "text": fields.FormattedString("x", pattern="^a", max_length=2),
        }),
        "child": api.inherit("Child", address, {"x": fields.String(required=True)}),
        "strict": api.model("Strict", {"id": fields.Integer}, strict=True),
    }  # fmt: skip
    models["each"] = [models["strict"]]
    for name, model in models.items():

        class Expecting(Resource):
            @api.expect(model, validate=True)
            def post(self):
                return {}

        api.add_resource(Expecting, f"/{name}", endpoint=name)
    return app.test_client()


@pytest.mark.parametrize(
    ("name", "model", "check"),
    [
        ("whole", Whole, restx_checks.check),
        ("child", Child, restx_checks.check),
        ("strict", Strict, restx_checks.check),
        ("each", Strict, restx_checks.check_each),
    ],
)
def test_the_same_bodies_are_refused_in_the_same_words(asked, name, model, check):
    for body in BODIES:
        theirs = asked.post(f"/{name}", json=body)
        assert told(check, body, model) == (theirs.get_json() or None), body


def told(check, body, model):
    """What clients are told, None of a body that is fine."""
    try:
        check(body, model)
    except Exception as error:
        return vars(error)["data"]
    return None
