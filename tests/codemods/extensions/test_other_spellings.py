"""What applications import from the modules of a library, and not from its top, converts all the same."""

import ast
from pathlib import Path

import pytest

from codemods.pipeline import Conversion
from codemods.public_names import EXPORTS

from .conftest import convert_in

APPLICATIONS = {
    "flask": """
from flask import Blueprint, Flask, abort, jsonify, make_response, request, url_for

app = Flask(__name__)
pages = Blueprint("pages", __name__)

@pages.post("/<int:page>")
def save(page):
    if page > 9:
        abort(404)
    return make_response(jsonify(request.json, url_for("pages.save", page=1)), 201)

app.register_blueprint(pages)
""",
    "apiflask": """
from apiflask import APIBlueprint, APIFlask, HTTPTokenAuth, Schema, abort
from marshmallow import ValidationError, fields, validates

app = APIFlask(__name__)
auth = HTTPTokenAuth()
pets = APIBlueprint("pets", __name__)

class Pet(Schema):
    name = fields.Str(required=True)

    @validates("name")
    def named(self, value, data_key):
        if not value:
            raise ValidationError("Empty.")

@auth.verify_token
def user_of(token):
    return token if token == "t" else None

@pets.post("/")
@pets.auth_required(auth)
@pets.input(Pet)
@pets.output(Pet, status_code=201)
def create(json_data):
    if json_data["name"] == "x":
        abort(409)
    return json_data

app.register_blueprint(pets)
""",
    "flask_restx": """
from flask import Flask
from flask_restx import Api, Namespace, Resource, abort, fields, marshal

app = Flask(__name__)
api = Api(app)
todos = Namespace("todos")
todo = todos.model("Todo", {"id": fields.Integer, "task": fields.String})

@todos.route("/<int:number>")
class Todo(Resource):
    def get(self, number):
        if number > 9:
            abort(404, "No.")
        return marshal({"id": number, "task": "x"}, todo)

api.add_namespace(todos)
""",
    "flask_smorest": """
from flask import Flask
from flask_smorest import Api, Blueprint, abort
from marshmallow import Schema, fields

app = Flask(__name__)
app.config.update(API_TITLE="Pets", API_VERSION="1", OPENAPI_VERSION="3.0.2")
api = Api(app)
pets = Blueprint("pets", __name__)

class Pet(Schema):
    name = fields.Str(required=True)

@pets.route("/", methods=["POST"])
@pets.arguments(Pet)
@pets.response(201, Pet)
def create(pet):
    if pet["name"] == "x":
        abort(409)
    return pet

api.register_blueprint(pets)
""",
    "apifairy": """
from apifairy import APIFairy, arguments, body, response
from flask import Flask
from flask_marshmallow import Marshmallow

app = Flask(__name__)
ma = Marshmallow(app)
APIFairy(app)

class Pet(ma.Schema):
    name = ma.Str(required=True)

@app.post("/")
@arguments(Pet)
@body(Pet)
@response(Pet)
def create(query, pet):
    return {"name": query["name"] + pet["name"]}
""",
    "flask_jwt_extended": """
from flask import Flask
from flask_jwt_extended import JWTManager, get_jwt_identity, jwt_required

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = "k" * 32
JWTManager(app)

@app.get("/")
@jwt_required()
def index():
    return {"user": get_jwt_identity()}
""",
    "flask_login": """
from flask import Flask
from flask_login import LoginManager, UserMixin, current_user, login_required

app = Flask(__name__)
app.secret_key = "k"
manager = LoginManager(app)

class User(UserMixin):
    id = "ann"

@manager.user_loader
def user_of(key):
    return User()

@app.get("/")
@login_required
def index():
    return current_user.id
""",
    "flask_cors": """
from flask import Flask
from flask_cors import cross_origin

app = Flask(__name__)

@app.get("/")
@cross_origin(origins="*")
def index():
    return "x"
""",
    "flask_limiter": """
from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

app = Flask(__name__)
limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")

@app.get("/")
@limiter.limit("2 per minute")
def index():
    return "x"
""",
}
VIEWS = ("create", "index", "save", "todos_todo")
HOMES = {
    f"{home.partition('.')[0]}.{name}": home
    for home, names in EXPORTS.items()
    if home not in ("flask_limiter.extension", "marshmallow.utils")
    for name in names.split()
}


def from_modules(source: str) -> str:
    """The source with each name imported from the module that defines it."""
    found = []
    for line in source.splitlines():
        node = ast.parse(line).body[:1] if line.startswith("from ") else []
        match node:
            case [ast.ImportFrom(module=str(library), names=names)]:
                homes = {one.name: HOMES.get(f"{library}.{one.name}", library) for one in names}
                found += [f"from {home} import {name}" for name, home in homes.items()]
            case _:
                found.append(line)
    return "\n".join(found)


@pytest.mark.parametrize("name", APPLICATIONS)
def test_names_from_the_modules_that_define_them(tmp_path: Path, name: str) -> None:
    changed = from_modules(APPLICATIONS[name])
    assert f"from {name}." in changed
    usual, other = (converted(tmp_path / kind, text) for kind, text in (("a", APPLICATIONS[name]), ("b", changed)))
    (own,) = (one for endpoint, one in usual.outcomes.items() if endpoint.rpartition(".")[2] in VIEWS)
    assert own.runtime in ("native", "bridged")
    assert other.files == usual.files


def converted(folder: Path, source: str) -> Conversion:
    """What an application in a folder of its own becomes."""
    folder.mkdir()
    (folder / "app.py").write_text(source)
    return convert_in(folder, "app", "target")
