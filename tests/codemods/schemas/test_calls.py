"""Calls of schemas in views."""

from collections.abc import Mapping

import libcst as cst
import pytest

from codemods.schemas import Instance, SchemaPlan, instances, rewrite_call
from codemods.schemas.calls.rewriting import loaded
from codemods.view.names import Names

SOURCE = """
from marshmallow import EXCLUDE, Schema, fields, post_load

class UserSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str()

class PointSchema(Schema):
    x = fields.Int()

    @post_load
    def make(self, data, **kwargs):
        return tuple(data)

user_schema, users_schema = UserSchema(), UserSchema(many=True)
loose_schema = UserSchema(unknown=EXCLUDE)
patch_schema = UserSchema(partial=True)
short_schema = UserSchema(only=("name",))
"""


def rewritten(plans: Mapping[str, SchemaPlan], text: str, instance: Instance | None = None) -> str | None:
    call = cst.parse_expression(text)
    assert isinstance(call, cst.Call)
    name = "PointSchema" if "PointSchema" in text else "UserSchema"
    found = rewrite_call(call, plans[name], instance)
    return cst.Module([]).code_for_node(found.expression) if found else None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("UserSchema().load(data)", "UserIn.load(data).to_dict()"),
        ("UserSchema().load(data=request.form)", "UserIn.load(request.form).to_dict()"),
        ("UserSchema(many=True).load(data)", "[item.to_dict() for item in UserIn.load_many(data)]"),
        ("UserSchema().load(data, many=True)", "[item.to_dict() for item in UserIn.load_many(data)]"),
        ("UserSchema(many=True).load(data, many=False)", "UserIn.load(data).to_dict()"),
        ("UserSchema(unknown=EXCLUDE).load(data)", 'UserIn.load(data, unknown="ignore").to_dict()'),
        ("UserSchema().load(data, unknown='include')", 'UserIn.load(data, unknown="allow").to_dict()'),
        ("UserSchema().dump(user)", "UserOut.dump(user)"),
        ("UserSchema().dump(User.query.all(), many=True)", "UserOut.dump_many(User.query.all())"),
        ("UserSchema(many=True).dump(obj=users)", "UserOut.dump_many(users)"),
        ("UserSchema().validate(data)", "UserIn.problems(data)"),
        ("UserSchema().dumps(user, indent=2)", "json.dumps(UserOut.dump(user), indent=2)"),
        ("UserSchema().dumps(users, many=True)", "json.dumps(UserOut.dump_many(users))"),
        ("UserSchema().loads(text, unknown=EXCLUDE)", 'UserIn.load(json.loads(text), unknown="ignore").to_dict()'),
        ("UserSchema().loads(json_data=text, partial=True)", "UserPatch.load(json.loads(text)).to_dict()"),
        ("UserSchema(many=True).validate(data)", "UserIn.problems_many(data)"),
        ("UserSchema().load(data, partial=True)", "UserPatch.load(data).to_dict()"),
        ("UserSchema(partial=True).validate(data, many=True)", "UserPatch.problems_many(data)"),
        ("PointSchema().load(data)", "Point.load(data).make()"),
        ("PointSchema(many=True).load(data)", "[item.make() for item in Point.load_many(data)]"),
    ],
)
def test_calls_that_convert(plan, before: str, after: str):
    assert rewritten(plan(SOURCE), before) == after


@pytest.mark.parametrize(
    "call",
    [
        "UserSchema(only=('name',)).dump(user)",
        "UserSchema(exclude=['id']).dump(user)",
        "UserSchema(context={}).dump(user)",
        "UserSchema().load(data, partial=('name',))",
        "UserSchema(partial=is_partial).load(data)",
        "PointSchema().load(data, partial=True)",
        "UserSchema(many=is_many).load(data)",
        "UserSchema(**options).load(data)",
        "UserSchema().load(*data)",
        "UserSchema().load()",
        "UserSchema().load(data, unknown=rule)",
        "UserSchema(unknown=EXCLUDE).validate(data)",
        "UserSchema().dumps(user, None, 2)",
        "UserSchema().loads(text, parse_int=str)",
        "UserSchema().jsonify(user)",
        "load(data)",
    ],
)
def test_calls_that_stay(plan, call: str):
    assert rewritten(plan(SOURCE), call) is None


def test_objects_that_modules_make(facts_of):
    project, sources, plans = facts_of(SOURCE)
    user = "app.UserSchema"
    assert instances(project, sources, plans) == {
        "app.user_schema": Instance(user),
        "app.short_schema": Instance("app.UserSchema(name)"),
        "app.users_schema": Instance(user, many=True),
        "app.patch_schema": Instance(user, partial=True),
        "app.loose_schema": Instance(user, unknown="ignore"),
    }


def test_a_call_of_an_object_that_a_module_makes(plan):
    plans = plan(SOURCE)
    many = Instance("app.UserSchema", many=True, unknown="ignore")
    assert rewritten(plans, "users_schema.dump(found)", many) == "UserOut.dump_many(found)"
    expected = '[item.to_dict() for item in UserIn.load_many(data, unknown="ignore")]'
    assert rewritten(plans, "users_schema.load(data)", many) == expected
    assert rewritten(plans, "users_schema.load(data)", None) is None


def test_an_option_of_another_name(facts_of):
    project, _, plans = facts_of(SOURCE.replace("EXCLUDE, ", "EXCLUDE as LOOSE, "))
    names = Names(project, project.modules["app"], frozenset(), {})
    call = cst.parse_expression("UserSchema().load(data, unknown=LOOSE)")
    assert isinstance(call, cst.Call)
    found = rewrite_call(call, plans["app.UserSchema"], names=names)
    assert found is not None
    assert found.loads
    assert cst.Module([]).code_for_node(found.expression) == 'UserIn.load(data, unknown="ignore").to_dict()'


def test_a_schema_that_stays_keeps_its_calls(plan):
    plans = plan(SOURCE.replace("name = fields.Str()", "name = fields.Method('f')"))
    assert rewritten(plans, "UserSchema().load(data)") is None


def test_a_body_that_loads_itself(plan):
    body = cst.parse_expression("body.load()")
    found = loaded(plan(SOURCE)["UserSchema"], "UserIn", body, many=False)
    assert cst.Module([]).code_for_node(found) == "body.load().to_dict()"


def test_what_is_made_of_the_whole_is_made_by_the_class(plan):
    made = "    @post_load(pass_many=True)\n    def make(self, data, many, **kwargs):\n        return data\n"
    plans = plan(f"from marshmallow import Schema, fields, post_load\n\nclass UserSchema(Schema):\n{made}")
    assert rewritten(plans, "UserSchema().load(data)") == "User.make(User.load(data))"
    assert rewritten(plans, "UserSchema(many=True).load(data)") == "User.make(User.load_many(data))"
    assert rewritten(plans, "UserSchema().validate(data)") == "User.problems(data)"


def test_a_route_whose_schema_stays_says_why_the_schema_does(pair) -> None:
    both = pair(
        """
from flask import Flask, jsonify
from marshmallow import Schema, fields

app = Flask(__name__)


class Thing(Schema):
    for size in ():
        pass

    size = fields.Int()


@app.get("/")
def show():
    return jsonify(Thing().dump({"size": "3"}))
"""
    )
    assert both.runtimes() == {"show": "bridged"}
    (finding,) = both.findings("show")
    assert "FM408" in finding
    assert both.same("GET", "/")[1] == b'{"size":3}\n'


def test_a_schema_whose_class_keeps_its_name(pair) -> None:
    both = pair(
        """
from flask import Flask, current_app, jsonify, request
from marshmallow import Schema, fields

app = Flask(__name__)


class Thing(Schema):
    size = fields.Int()


@app.get("/")
def show():
    return jsonify(Thing().dump({"size": "3"}), Thing(many=True).dump([{"size": 4}]))


@app.get("/fields")
def names():
    return jsonify(Thing().dump({"size": "3"}), sorted(Thing().fields))


@app.get("/beside")
def beside():
    return jsonify(Thing().dump({"size": len(current_app.extensions)}))
"""
    )
    assert both.runtimes() == {"show": "native", "names": "bridged", "beside": "bridged"}
    assert "FlaskJSONResponse([Thing.dump(" in both.text("routers/root.py")
    for path in ("/", "/fields", "/beside"):
        assert both.same("GET", path)[0] == 200


DECIDED = """
from flask import Flask, jsonify, request
from marshmallow import Schema, ValidationError, fields

app = Flask(__name__)


class TeamSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True)
    size = fields.Int(load_default=3)


team_schema = TeamSchema()


class RowsSchema(Schema):
    class Meta:
        many = True

    name = fields.Str()


@app.errorhandler(ValidationError)
def wrong(error):
    return jsonify(error.messages), 400


@app.post("/check")
def check():
    return jsonify(team_schema.validate(request.get_json(), partial=request.args.get("partial") == "1"))


@app.route("/teams", methods=["POST", "PATCH"])
def teams():
    partial = request.method == "PATCH"
    schema = TeamSchema(partial=partial)
    return jsonify(schema.load(request.get_json()))


def saved(data, partial=False):
    return team_schema.load(data, partial=partial)


@app.patch("/saved")
def patched():
    return saved(request.get_json(), partial=True)


@app.post("/shown")
def shown():
    data = request.get_json()
    return jsonify(TeamSchema().dump(data, many=isinstance(data, list)), TeamSchema().dump(data[:1], many=bool(data)))


@app.post("/problems")
def problems():
    data = request.get_json()
    schema = TeamSchema(many=isinstance(data, list))
    return jsonify(schema.validate(data))


def rows(found, many=None):
    return RowsSchema().dump(found, many=many)


@app.get("/rows")
def all_rows():
    return jsonify(rows([{"name": 1}]))


@app.post("/named")
def named():
    return jsonify(team_schema.load(request.get_json(), partial=request.args.getlist("partial")))


@app.post("/loaded")
def loaded():
    data = request.get_json()
    return jsonify(team_schema.load(data, many=isinstance(data, list)))
"""


def test_what_is_decided_when_the_code_runs(pair) -> None:
    both = pair(DECIDED)
    stay = {"all_rows", "named", "loaded"}
    assert {name for name, runtime in both.runtimes().items() if runtime != "native"} == stay
    text = both.text("routers/root.py")
    assert '(TeamPatch if partial == "1" else TeamIn).problems(json_body.json())' in text
    assert "(TeamOut.dump_many if isinstance(data, list) else TeamOut.dump)(data)" in text
    assert "JsonBody[TeamIn | list[TeamIn]]" in text
    bodies = ({}, {"name": "a"}, {"size": "x"}, [{"name": "a", "id": 1}], [{"name": 1}, {}])
    for path in ("/check", "/check?partial=1", "/teams", "/shown", "/problems", "/loaded", "/named?partial=name"):
        for body in bodies if path != "/shown" else bodies[3:]:
            both.same("POST", path, json=body)
    for path in ("/teams", "/saved"):
        for body in bodies:
            both.same("PATCH", path, json=body)
    assert both.same("GET", "/rows")[0] == 200


def test_lists_that_nothing_changes_are_copied(pair) -> None:
    found = pair(
        """
from flask import Flask, jsonify, request
from marshmallow import Schema, ValidationError, fields, validate

app = Flask(__name__)
# What there is.
KINDS = ["cat", "dog"]
NAMES = {"cat": "Cat", "dog": "Dog"}
GROWING = ["mouse"]
ITEM = {"kind": fields.Str(required=True), "size": fields.Int(load_default=1)}
Item = Schema.from_dict(ITEM)

class Pet(Schema):
    kind = fields.Str(required=True, validate=validate.OneOf(KINDS, labels=NAMES.values(), error="{labels}: {input}?"))
    food = fields.Nested(Schema.from_dict(ITEM))
    items = fields.Nested(Item(many=True), unknown="exclude")

class Other(Schema):
    kind = fields.Str(validate=validate.OneOf(GROWING))

@app.post("/pets")
def pets():
    try:
        return jsonify(Pet().load(request.get_json()))
    except ValidationError as error:
        return jsonify(error.messages), 400

@app.post("/others")
def others():
    GROWING.append(request.get_json()["kind"])
    return jsonify(Other().load(request.get_json()))
"""
    )
    assert found.runtimes() == {"pets": "native", "others": "bridged"}
    (text,) = (text for path, text in found.conversion.files.items() if path.startswith("schemas/source_"))
    assert "OneOf(KINDS, labels=NAMES.values()" in text
    assert any('# What there is.\nKINDS = ["cat", "dog"]' in one for one in found.conversion.files.values())
    with found.served() as same:
        for body in (
            {"kind": "cat", "food": {"kind": "x"}, "items": [{"kind": "y", "more": 1}]},
            {"kind": "cow", "food": {"size": "x"}, "items": {}},
            {"kind": "dog", "food": None, "items": [{}, 5]},
        ):
            same("POST", "/pets", json=body)
        same("POST", "/others", json={"kind": "bird"})
