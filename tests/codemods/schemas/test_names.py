"""What the classes of a schema are called, where its own name says a side, or another schema has theirs."""

import pytest

from codemods.schemas import analyse, render_module
from codemods.styles import Styles

HEAD = "from marshmallow import Schema, fields\n\n\n"
SIDES = """\
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True)
    key = fields.Str(load_only=True)
"""


def classes(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("class ")]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("PetIn", ["class PetInBase(Schema):", "class PetIn(PetInBase):", "class PetInOut(PetInBase):"]),
        ("PetOut", ["class PetOutBase(Schema):", "class PetOutIn(PetOutBase):", "class PetOut(PetOutBase):"]),
        ("PIN", ["class PINBase(Schema):", "class PINIn(PINBase):", "class PINOut(PINBase):"]),
    ],
)
def test_a_name_that_says_its_side(facts_of, name: str, written: list[str]):
    _, _, plans = facts_of(f"{HEAD}class {name}(Schema):\n{SIDES}")
    assert classes(render_module(plans, "app", {})) == written


@pytest.mark.parametrize("other", ["UserBase", "UserOut"])
def test_a_class_that_is_called_as_another_ones_side(facts_of, other: str):
    bases = f"class {other}Schema(Schema):\n    at = fields.Int(required=True)\n\n\n"
    _, _, plans = facts_of(f"{HEAD}{bases}class UserSchema({other}Schema):\n{SIDES}")
    found = classes(render_module(plans, "app", {}))
    assert len(found) == len({one.partition("(")[0] for one in found})
    assert f"class {other}(Schema):" in found


@pytest.mark.parametrize("style", ["exact", "idiomatic"])
def test_the_class_for_a_part_of_two_schemas(facts_of, style: str):
    source = (
        f"{HEAD}class PetSchema(Schema):\n    name = fields.Str(required=True)\n\n\n"
        "class PetIn(Schema):\n    tag = fields.Str(required=True)\n\n\n"
        "def views(data):\n    return PetSchema().load(data, partial=True), PetIn(partial=True).load(data)\n"
    )
    project, sources, _ = facts_of(source)
    plans = analyse(project, sources, styles=Styles(style))
    assert sorted(one.patch_name for one in plans.values()) == ["PetInPatch", "PetPatch"]


def test_a_partial_class_of_plain_types_stands_for_itself(facts_of):
    source = (
        f"{HEAD}class PetSchema(Schema):\n    class Meta:\n        unknown = 'exclude'\n\n"
        "    name = fields.Str(required=True)\n    tag = fields.Str()\n\n\n"
        "def view(data):\n    return PetSchema().load(data, partial=True)\n"
    )
    project, sources, _ = facts_of(source)
    text = render_module(analyse(project, sources, styles=Styles("idiomatic")), "app", {})
    assert text.endswith(
        '''class PetPatch(WordedModel):
    """A `PetIn` of which every field may be left out."""

    model_config = ConfigDict(extra="ignore")

    name: str | MISSING = MISSING
    tag: str | MISSING = MISSING
'''
    )


def test_a_schema_with_a_name_of_fastapis_is_told_apart(pair):
    both = pair(
        """
from flask import Flask, jsonify, request
from marshmallow import Schema, fields

app = Flask(__name__)

class Query(Schema):
    kind = fields.Str(required=True)

class Response(Schema):
    kind = fields.Str()

@app.get("/query")
def query():
    data = Query(unknown="exclude").load(request.args)
    return jsonify(data, request.args.get("page", type=int))

@app.get("/response")
def response():
    return jsonify(Response().dump({"kind": request.args.get("kind")}))
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    assert "QuerySchema" in both.text("routers/root.py")
    for path in ("/query?kind=a&page=2", "/response?kind=a"):
        both.same("GET", path)
