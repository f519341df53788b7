"""Applications with flask-smorest: what stays on Flask, and that what converts answers as flask-smorest does."""

import pytest

HEAD = """
from flask import Flask, jsonify
from flask_smorest import Api, Blueprint, abort
from marshmallow import Schema, fields

app = Flask(__name__)
app.config.update(API_TITLE="Pets", API_VERSION="v1", OPENAPI_VERSION="3.0.3", PROPAGATE_EXCEPTIONS=False)
api = Api(app)
blp = Blueprint("pets", __name__, url_prefix="/pets")


class PetSchema(Schema):
    id = fields.Int()
    name = fields.Str()


PETS = [{"id": "1", "name": "Rex", "x": 1}, {"id": 2, "name": "Tom"}]
"""
END = "\n\napi.register_blueprint(blp)\n"

STAYS = {
    "arguments": '@blp.route("/")\n@blp.arguments(PetSchema)\n@blp.response(200)\ndef index(pet):\n    return pet\n',
    "an etag": '@blp.route("/")\n@blp.etag\n@blp.response(200, PetSchema)\ndef index():\n    return PETS[0]\n',
    "pages": (
        '@blp.route("/")\n@blp.response(200, PetSchema(many=True))\n@blp.paginate()\n'
        "def index(pagination_parameters):\n    return PETS\n"
    ),
    "a schema with fields left out": (
        '@blp.route("/")\n@blp.response(200, PetSchema(only=["id"]))\ndef index():\n    return PETS[0]\n'
    ),
    "a status that is computed": (
        'STATUS = int("200")\n@blp.route("/")\n@blp.response(STATUS)\ndef index():\n    return {}\n'
    ),
    "a blueprint of another class": (
        "class Own(Blueprint):\n    @staticmethod\n    def _prepare_response_content(data):\n"
        '        return {"data": data}\n\n'
        'blp = Own("pets", __name__)\n@blp.route("/")\n@blp.response(200)\ndef index():\n    return {}\n'
    ),
    "details that are spread": (
        'WHY = {"message": "no"}\n@blp.route("/")\n@blp.response(200)\ndef index():\n    abort(400, **WHY)\n'
    ),
}

VIEWS = """
@blp.route("/")
@blp.response(200, PetSchema(many=True))
def index():
    return PETS, {"X-After": "yes"}


@blp.route("/", methods=["POST"])
@blp.response(201, PetSchema)
async def create():
    return {"id": "3", "name": "Kit", "y": 2}


@blp.route("/status")
@blp.response(200, PetSchema)
def status():
    return PETS[0], 203, [("X-After", "1")]


@blp.route("/text")
@blp.response(200)
def text():
    return PETS[0], "202 Fine"


@blp.route("/made")
@blp.response(202, PetSchema)
def made():
    return jsonify(a=1), 203, {"X-After": "made"}


@blp.route("/wrong")
@blp.response(200)
def wrong():
    return 1, 2, 3, 4


@blp.route("/<int:pet>", methods=["DELETE"])
@blp.response(204)
def remove(pet):
    if pet > len(PETS):
        abort(404, message="No such pet.", errors={"pet": [str(pet)]}, headers={"X-After": "gone"})


@blp.route("/stop/<int:code>")
@blp.response(200)
def stop(code):
    abort(code)


@blp.route("/plain")
@blp.response(200)
def plain():
    abort(409)


@blp.route("/perhaps")
@blp.response(200)
def perhaps():
    return None or abort(422, messages={"json": ["no"]})


@app.route("/crash")
def crash():
    return 1 / 0


@app.route("/flask")
def of_flask():
    from flask import abort as stop
    stop(401, "keep out")
"""

REQUESTS = [
    ("GET", "/pets/"), ("POST", "/pets/"), ("GET", "/pets/status"), ("GET", "/pets/text"), ("GET", "/pets/made"),
    ("GET", "/pets/wrong"), ("DELETE", "/pets/1"), ("DELETE", "/pets/9"), ("GET", "/pets/stop/418"),
    ("GET", "/pets/stop/299"), ("GET", "/pets/stop/405"), ("GET", "/pets/plain"), ("GET", "/pets/perhaps"),
    ("GET", "/crash"), ("GET", "/flask"), ("GET", "/nowhere"), ("PUT", "/crash"),
]  # fmt: skip


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    both = pair(HEAD + STAYS[name] + END)
    assert both.runtimes()["pets.index"] == "flask"
    assert both.findings("pets.index")


def test_answers_are_those_of_flask_smorest(pair):
    both = pair(HEAD + VIEWS + END)
    assert set(both.runtimes().values()) == {"native"}
    for method, path in REQUESTS:
        theirs, mine = both.answers(method, path)
        theirs[2]["allow"] = mine[2]["allow"] = None
        assert mine == theirs, (method, path)
        assert both.alone(method, path)[:2] == theirs[:2], (method, path)
