"""Views that only look into what they load: first those that need the dictionary, then those that get the object."""

import pytest

from codemods.schemas.basis.plan import Default, FieldPlan, SchemaPlan
from codemods.schemas.plain.typed_reads import certain_fields
from codemods.styles import Styles

HEAD = """\
from flask import Flask, jsonify, request
from marshmallow import Schema, ValidationError, fields, post_dump, validates_schema
from webargs.flaskparser import use_args

app = Flask(__name__)


class Inner(Schema):
    n = fields.Int(required=True)


class Thing(Schema):
    name = fields.Str(required=True)
    size = fields.Int(load_default=3)
    note = fields.Str()
    site = fields.Url(load_default="http://a.example/x")
    inner = fields.Nested(Inner, required=True)
    tags = fields.List(fields.Str(), required=True)

    @validates_schema
    def fits(self, data, **kwargs):
        if data["size"] > len(data["name"]):
            raise ValidationError("Too large.")


class Shown(Schema):
    name = fields.Str()
    size = fields.Int()


class Told(Shown):
    @post_dump(pass_original=True)
    def tell(self, data, original, **kwargs):
        return {**data, "was": sorted(original)}


@app.errorhandler(ValidationError)
def invalid(error):
    return jsonify(error.messages), 400


"""
GOOD = {"name": "abcdef", "inner": {"n": 1}, "tags": ["b", "a"]}
INPUTS = (GOOD, {**GOOD, "size": 6, "note": "x"}, {**GOOD, "size": 7}, {"name": 1})


def view(body: str) -> str:
    return f'{HEAD}@app.post("/")\ndef make():\n    data = Thing().load(request.get_json())\n{body}'


def answers(both):
    with both.clients() as (flask, fastapi):
        for data in INPUTS:
            theirs, mine = flask.post("/", json=data), fastapi.post("/", json=data)
            assert (mine.status_code, mine.json()) == (theirs.status_code, theirs.get_json()), data


WHOLES = {
    "assigned": '    data["name"] = "x"\n    return jsonify(data["name"])\n',
    "changed": '    data["size"] += 1\n    return jsonify(data["size"])\n',
    "deleted": '    del data["size"]\n    return jsonify(sorted(data))\n',
    "absent": '    return jsonify(data["name"], data.get("note"))\n',
    "optional": '    return jsonify(data["name"], data["note"] if "note" in data else None)\n',
    "nested": '    return jsonify(data["inner"])\n',
    "unpacked": '    return jsonify(name=data["name"], all={**data})\n',
    "again": '    data = {"name": data["name"]}\n    return jsonify(data["name"])\n',
    "hidden": '    return jsonify([data["name"], *map(lambda data: data["x"], [{"x": 1}])])\n',
    "unsorted": '    data["tags"], rest = [], 1\n    return jsonify(data["tags"])\n',
    "loop": '    for data["size"] in (1, 2):\n        pass\n    return jsonify(data["size"])\n',
    "computed": '    key = "name"\n    return jsonify(data[key])\n',
    "told": "    return jsonify(Told().dump(data))\n",
}


@pytest.mark.parametrize("body", WHOLES.values(), ids=WHOLES)
def test_what_needs_the_dictionary_gets_it(pair, body: str):
    both = pair(view(body))
    assert "json_body.load().to_dict()" in both.text("routers/root.py")
    answers(both)


def test_what_is_only_looked_into_is_the_object(pair):
    both = pair(
        view(
            '    data["tags"].append("c")\n'
            '    both = [one + data["name"] for one in data["tags"]]\n'
            "    return jsonify(f\"{data['size']:03}\", both, Shown().dump(data), data['site'])\n"
        )
    )
    text = both.text("routers/root.py")
    assert "data = json_body.load()\n" in text
    assert 'f"{data.size:03}"' in text
    assert "Shown.dump(data)" in text
    assert any("if self.size > len(self.name):" in one for one in both.conversion.files.values())
    answers(both)


def test_a_parameter_takes_the_name_of_the_local(pair):
    source = (
        f'{HEAD}@app.post("/")\n@use_args({{"name": fields.Str(required=True), "n": fields.Int(load_default=1)}})\n'
        'def make(body):\n    return jsonify(body["name"] * body["n"])\n'
    )
    both = pair(source)
    assert "def make(body: Annotated[MakeBody, Depends(make_body)]) -> Response:" in both.text("routers/root.py")
    assert "body.name * body.n" in both.text("routers/root.py")
    with both.clients() as (flask, fastapi):
        for data in ({"name": "a", "n": 2}, {"name": "a"}):
            assert fastapi.post("/", json=data).json() == flask.post("/", json=data).get_json()


def test_addresses_of_plain_types_are_texts_in_dictionaries_only():
    address = ("Annotated[HttpUrl, PlainSerializer(str, return_type=str)]",)
    site = FieldPlan("site", "site", "site", address, required=True)
    absent = FieldPlan("note", "note", "note", ("str | MISSING",), load_default=Default("MISSING", is_plain=True))
    plan = SchemaPlan("app.S", "S", "app", "app.py", 1, fields=(site, absent), is_idiomatic=True)
    assert certain_fields({"app.S": plan}, plan, "load") == {}


def test_what_a_view_is_handed_of_plain_types_is_what_dictionaries_have(pair):
    source = (
        f'{HEAD}@app.post("/")\n@use_kwargs({{"site": fields.Url(required=True), "n": fields.Int()}})\n'
        "def make(site, n=2):\n    return jsonify(site.upper() * n)\n"
    ).replace("import use_args", "import use_kwargs")
    with pair(source, styles=Styles("idiomatic")).clients() as (flask, fastapi):
        for data in ({"site": "http://a.example/x"}, {"site": "http://a.example/x", "n": 1}):
            assert fastapi.post("/", json=data).json() == flask.post("/", json=data).get_json()
