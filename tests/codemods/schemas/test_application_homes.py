"""Schemas whose code reads the configuration of the Flask application; and what classes that only dump do without."""

from typing import Any

from codemods.schemas import analyse, render_module
from codemods.view.source import Sources
from tests.codemods.schemas.conftest import facts

SOURCE = """
import re
from flask import current_app
from marshmallow import Schema, ValidationError, fields, validate

NAMES = re.compile("[a-z]+")

class PlainSchema(Schema):
    name = fields.Str()

class ShownSchema(Schema):
    secret = fields.Str()

    def get_attribute(self, obj, key, default):
        if key == "secret" and not current_app.config.get("SHOW"):
            return current_app.config["HIDDEN"]
        return super().get_attribute(obj, key, default)

class HolderSchema(Schema):
    shown = fields.Nested(ShownSchema)
    plain = fields.Nested(PlainSchema)

class BelowSchema(ShownSchema):
    more = fields.Str()

class RequestSchema(Schema):
    name = fields.Str()

    def get_attribute(self, obj, key, default):
        return current_app.name

class OnlyDumpedSchema(Schema):
    name = fields.Str(validate=[validate.Length(max=3), validate.Regexp(NAMES)])
    kind = fields.Str(validate=validate.OneOf(NAMES.pattern))
    size = fields.Str(validate=validate.Length(max=3))

    def load(self, data, **kwargs):
        return super().load(data, **kwargs)

class DumpedAndLoadedSchema(Schema):
    name = fields.Str(validate=validate.Regexp(NAMES))
"""


def found() -> Any:
    """The plans, by name."""
    return {one.name: one for one in analyse(facts({"app.py": SOURCE}), Sources({"app.py": SOURCE.encode()})).values()}


def test_they_and_what_holds_them_have_a_module_of_their_own() -> None:
    plans = found()
    homes = {name: plan.home for name, plan in plans.items() if plan.needs_application}
    assert homes == dict.fromkeys(("ShownSchema", "HolderSchema", "BelowSchema"), "app_bridged")
    assert plans["PlainSchema"].home == "app"
    assert [one.diagnostic.code for one in plans["RequestSchema"].findings] == ["FM406"]
    by_key = {one.qualified: one for one in plans.values()}
    apart, native = (render_module(by_key, home, {}) for home in ("app_bridged", "app"))
    assert "from flask import current_app" in apart
    assert 'return current_app.config["HIDDEN"]' in apart
    assert "import Plain\n" in apart
    assert "flask" not in native


def test_what_only_dumps_checks_nothing_by_definitions_of_the_project() -> None:
    plans = found()
    shown = {one.name: "".join(map(str, one.annotation)) for one in plans["OnlyDumpedSchema"].fields}
    assert plans["OnlyDumpedSchema"].only_side == "dump"
    assert shown == {"name": "Annotated[Str, Length(max=3)]", "kind": "Str", "size": "Annotated[Str, Length(max=3)]"}
    assert "NAMES" in str(plans["DumpedAndLoadedSchema"].fields[0].annotation)


def test_what_asks_the_database_is_for_bridged_routes(pair: Any) -> None:
    both = pair(
        """
from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from marshmallow import Schema, ValidationError, fields, validates

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///:memory:"
db = SQLAlchemy(app)

class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))

def is_known(name):
    return db.session.execute(db.select(User).filter_by(name=name)).first() is not None

class TagSchema(Schema):
    label = fields.Str(required=True)

class UserSchema(Schema):
    name = fields.Str(required=True)
    friend = fields.Str()
    tags = fields.List(fields.Nested(TagSchema))

    @validates("name")
    def is_free(self, value, **kwargs):
        if User.query.filter_by(name=value).first() is not None:
            raise ValidationError("Taken.")

    @validates("friend")
    def is_there(self, value, **kwargs):
        if not is_known(value):
            raise ValidationError("Nobody.")

def register(app):
    @app.errorhandler(ValidationError)
    def invalid(error):
        return jsonify(error.messages), 400

    @app.errorhandler(KeyError)
    def missing(error):
        return "missing", 404

register(app)
with app.app_context():
    db.create_all()
    db.session.add(User(name="ann"))
    db.session.commit()

@app.post("/users")
def create():
    return UserSchema().load(request.get_json()), 201

@app.get("/users")
def users():
    return jsonify(UserSchema(many=True).dump(User.query.all()))

@app.post("/tags")
def tags():
    return TagSchema().load(request.get_json())
"""
    )
    assert both.runtimes() == {"create": "bridged", "users": "bridged", "tags": "native"}
    (text,) = (text for path, text in both.conversion.files.items() if path.endswith("_bridged.py"))
    assert "if User.query.filter_by(name=value).first() is not None:" in text
    assert "import Tag\n" in text
    assert "marshmallow" not in text
    with both.served() as same:
        for body in (
            {},
            {"name": "ann"},
            {"name": "bob", "friend": "ann", "tags": [{"label": "x"}]},
            {"name": "bob", "friend": "cyd"},
            {"name": 5, "tags": [{}]},
        ):
            same("POST", "/users", json=body)
        same("GET", "/users")
        same("POST", "/tags", json={})
