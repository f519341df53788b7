"""Endpoints whose answers flask-smorest tags: what stays on Flask, and that what converts answers as it does."""

import warnings

import pytest

from .smorest_pets import APP, END

HEAD = (
    APP
    + """

class PetSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True)


pet_schema = PetSchema()
PETS = {1: {"id": 1, "name": "R\u00e9x", "x": 1}, 2: {"id": 2, "name": "Tom"}}
"""
)
PLAIN = '@blp.route("/")\n@blp.etag\n@blp.response(200, PetSchema)\ndef index():\n    return PETS[1]\n'

STAYS = {
    "below what dumps": '@blp.route("/")\n@blp.response(200, PetSchema)\n@blp.etag\ndef index():\n    return PETS[1]\n',
    "nothing dumps": '@blp.route("/")\n@blp.etag\ndef index():\n    return jsonify(PETS[1])\n',
    "methods that are treated in different ways": PLAIN.replace('"/"', '"/", methods=["GET", "PUT"]'),
    "a class that is tagged, and its method": (
        '@blp.route("/", endpoint="index")\n@blp.etag\nclass Index(MethodView):\n    @blp.etag\n'
        "    @blp.response(200, PetSchema)\n    def get(self):\n        return PETS[1]\n"
    ),
    "a class above that is tagged": (
        "@blp.etag\nclass Base(MethodView):\n    @blp.response(200, PetSchema)\n    def get(self):\n"
        '        return PETS[1]\n\n\n@blp.route("/", endpoint="index")\nclass Index(Base):\n    pass\n'
    ),
    "no tags at all": 'app.config["ETAG_DISABLED"] = True\n' + PLAIN,
    "nobody knows whether there are tags": 'import os\napp.config["ETAG_DISABLED"] = "NONE" in os.environ\n' + PLAIN,
    "an Api with its own settings": 'app.config["V2_ETAG_DISABLED"] = True\n' + PLAIN,
    "other methods are checked": 'Blueprint.METHODS_NEEDING_CHECK_ETAG = ["PUT", "PATCH", "DELETE"]\n' + PLAIN,
    "a schema that is computed": PLAIN.replace("    return", "    blp.set_etag(PETS[1], type(pet_schema))\n    return"),
    "an answer in between": (
        "from functools import wraps\nfrom flask import request\n\n\n"
        "def closed(view):\n    @wraps(view)\n    def wrapper(*args, **kwargs):\n"
        '        if "closed" in request.args:\n            return jsonify(closed=True)\n'
        "        return view(*args, **kwargs)\n\n    return wrapper\n\n\n"
        + PLAIN.replace("@blp.etag", "@blp.etag\n@closed")
    ),
}

VIEWS = """
app.config["ETAG_DISABLED"] = False


@blp.route("/")
class Pets(MethodView):
    @blp.etag
    @blp.response(200, PetSchema(many=True))
    @blp.paginate()
    def get(self, pagination_parameters):
        pagination_parameters.item_count = len(PETS)
        return list(PETS.values())

    @blp.etag
    @blp.arguments(PetSchema)
    @blp.response(201, PetSchema)
    def post(self, pet):
        return {"id": 3, **pet}, {"X-After": "post"}


@blp.route("/<int:pet_id>")
class Pet(MethodView):
    @blp.etag
    @blp.response(200, PetSchema)
    def get(self, pet_id):
        if pet_id not in PETS:
            abort(404, message="No such pet")
        return PETS[pet_id]

    @blp.etag
    @blp.arguments(PetSchema)
    @blp.response(200, PetSchema)
    def put(self, pet, pet_id):
        blp.check_etag(PETS[pet_id], PetSchema)
        return {"id": pet_id, **pet}

    @blp.etag
    @blp.response(204)
    def delete(self, pet_id):
        blp.check_etag(PETS[pet_id], etag_schema=pet_schema)


@blp.route("/plain/<int:pet_id>", methods=["PATCH"])
@blp.etag
@blp.response(202)
def rename(pet_id):
    blp.check_etag(PETS[pet_id])
    return {"b": [1.5, None], "a": {"\u00e9": True}}


@blp.route("/version")
@blp.etag
@blp.response(200, PetSchema)
async def version():
    blp.set_etag({"version": 1})
    return PETS[1]


@blp.route("/made")
@blp.etag
@blp.response(200)
def made():
    return jsonify(a=1)


@blp.route("/set")
@blp.etag
@blp.response(200)
def set_before():
    blp.set_etag(PETS[1], PetSchema(only=["id"]))
    return jsonify(a=1), 203


@blp.route("/bare", methods=["POST"])
@blp.response(200)
def bare():
    blp.check_etag({"version": 1})
    return {}
"""

GET = """\
    @blp.response(200, PetSchema)
    def get(self, pet_id):
        if pet_id not in PETS:
            abort(404, message="No such pet")
        return PETS[pet_id]

"""
PET = '@blp.route("/<int:pet_id>")\n'
CLASSES = (
    VIEWS.replace("    @blp.etag\n", "")
    .replace(GET, "")
    .replace('@blp.route("/")\nclass', '@blp.etag\n@blp.route("/")\nclass')
    .replace(f"{PET}class Pet(MethodView)", f"class Base(MethodView):\n{GET}\n{PET}@blp.etag\nclass Pet(Base)")
)
"""The same with the decorator around classes, one of which inherits a method."""


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    both = pair(HEAD + STAYS[name] + END)
    assert both.runtimes()["pets.index"] == "flask"
    assert both.findings("pets.index")


def requests(tags):
    """Each path with tags that are right, wrong, weak and missing."""
    headers = ["", '"x"', "*", *(one for tag in tags for one in (tag, f"W/{tag}", f'"x", {tag}'))]
    known = [{"If-None-Match": one} for one in headers]
    needed = [{"If-Match": one} for one in headers]
    for path in ("/pets/", "/pets/1", "/pets/9", "/pets/version", "/pets/made", "/pets/set"):
        yield from (("GET", path, {"headers": one}) for one in known)
    yield from (("HEAD", "/pets/1", {"headers": one}) for one in known)
    yield "POST", "/pets/", {"json": {"name": "Kit"}, "headers": {"If-None-Match": "*"}}
    for one in needed:
        yield "PUT", "/pets/1", {"json": {"name": "Kit"}, "headers": one}
        yield "PUT", "/pets/1", {"json": {"nom": "Kit"}, "headers": one}
        yield "DELETE", "/pets/1", {"headers": one}
        yield "PATCH", "/pets/plain/2", {"headers": one}
        yield "POST", "/pets/bare", {"headers": one}


@pytest.mark.parametrize("views", [VIEWS, CLASSES], ids=["methods", "classes"])
def test_answers_are_those_of_flask_smorest(pair, views):
    both = pair(HEAD + views + END)
    assert set(both.runtimes().values()) == {"native"}
    with both.clients() as (flask, fastapi), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        paths = ("/pets/", "/pets/1", "/pets/version", "/pets/set")
        tags = [fastapi.get(path).headers["ETag"] for path in paths]
        assert tags == [flask.get(path).headers["ETag"] for path in paths]
        for method, path, request in requests(tags):
            theirs = flask.open(path, method=method, **request)
            mine = fastapi.request(method, path, **request)
            assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data), (method, path, request)
            for name in ("ETag", "Content-Type", "X-Pagination", "X-After"):
                assert mine.headers.get(name) == theirs.headers.get(name), (method, path, request, name)


@pytest.mark.parametrize("views", [VIEWS, CLASSES], ids=["methods", "classes"])
def test_openapi_tells_of_tags(pair, views):
    paths = pair(HEAD + views + END).make().openapi()["paths"]["/pets/{pet_id}"]
    assert {"200", "304"} <= paths["get"]["responses"].keys()
    assert "ETag" in paths["get"]["responses"]["200"]["headers"]
    assert {"412", "428"} <= paths["delete"]["responses"].keys()
    assert "If-Match" in {one["name"].title() for one in paths["put"]["parameters"]}
