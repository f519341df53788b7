"""Applications with flask-smorest: what stays on Flask, and that what converts answers as flask-smorest does."""

import flask_smorest
import pytest

from .smorest_pets import APP, END


@pytest.fixture(autouse=True)
def pages(monkeypatch):
    """The sizes of pages, which an application may change for all blueprints of the process."""
    sizes = dict(flask_smorest.Blueprint.DEFAULT_PAGINATION_PARAMETERS)
    monkeypatch.setattr(flask_smorest.Blueprint, "DEFAULT_PAGINATION_PARAMETERS", sizes)


HEAD = (
    APP
    + """

class PetSchema(Schema):
    id = fields.Int()
    name = fields.Str()


PETS = [{"id": "1", "name": "Rex", "x": 1}, {"id": 2, "name": "Tom"}]
"""
)

STAYS = {
    "pages of a class that is made where they are asked for": (
        "from flask_smorest import Page\n"
        '@blp.route("/")\n@blp.response(200, PetSchema(many=True))\n@blp.paginate(type("Own", (Page,), {}))\n'
        "def index():\n    return PETS\n"
    ),
    "pages that nothing dumps": (
        '@blp.route("/")\n@blp.paginate()\ndef index(pagination_parameters):\n    return PETS\n'
    ),
    "other sizes of pages for all": (
        'Blueprint.DEFAULT_PAGINATION_PARAMETERS = {"page": 1, "page_size": 2, "max_page_size": 3}\n'
        '@blp.route("/")\n@blp.response(200)\ndef index():\n    return {}\n'
    ),
    "arguments of a computed place": (
        'WHERE = str("query")\n@blp.route("/")\n@blp.arguments(PetSchema, location=WHERE)\n@blp.response(200)\n'
        "def index(pet):\n    return pet\n"
    ),
    "arguments that are validated otherwise": (
        '@blp.route("/")\n@blp.arguments(PetSchema, validate=bool)\n@blp.response(200)\n'
        "def index(pet):\n    return pet\n"
    ),
    "a schema with fields that are computed": (
        '@blp.route("/")\n@blp.response(200, PetSchema(only=list(["id"])))\ndef index():\n    return PETS[0]\n'
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


LOADING = """
from flask_smorest import Page


class Wanted(Schema):
    word = fields.Str(required=True)
    tags = fields.List(fields.Str())
    size = fields.Int(load_default=2)


class Key(Schema):
    key = fields.Str(required=True, data_key="X-Key")


@blp.route("/<int:pet>", methods=["POST"])
@blp.arguments(Key, location="headers")
@blp.arguments(Wanted, location="query", as_kwargs=True)
@blp.arguments(PetSchema(many=True), description="Its friends", example=[{"id": 1}])
@blp.response(201, PetSchema(many=True), description="Friends", example=[{"id": 2, "name": "Tom"}])
@blp.alt_response(404, description="No such pet")
@blp.alt_response(409, schema=PetSchema)
@blp.doc(summary="Make friends", tags=["Friends"], deprecated=True, security=[{"Key": []}])
def befriend(headers, pets, pet, word, size, tags=()):
    if pet == 9:
        abort(404, message=headers["key"])
    return [{"id": pet, "name": f"{word}{size}{list(tags)}"}, *pets]


@blp.route("/form", methods=["POST"])
@blp.arguments(Wanted, location="form", error_status_code=400)
@blp.response(200)
def form(wanted):
    return wanted


@blp.route("/page")
@blp.response(200, PetSchema(many=True))
@blp.paginate(page_size=2, max_page_size=5)
def page(pagination_parameters):
    pagination_parameters.item_count = len(PETS) * 3
    return (PETS * 3)[pagination_parameters.first_item : pagination_parameters.last_item + 1], {"X-After": "page"}


class Shelf:
    def __init__(self, pets):
        self.pets = pets

    def count(self):
        return len(self.pets)

    def __getitem__(self, place):
        return self.pets[place]


class ShelfPage(Page):
    @property
    def item_count(self):
        return self.collection.count()


@blp.route("/cut")
@blp.etag
@blp.response(200, PetSchema(many=True))
@blp.paginate(Page, page_size=2)
def cut():
    return PETS * 3, {"X-After": "cut"}


@blp.route("/shelf")
@blp.arguments(Wanted, location="query")
@blp.response(200, PetSchema(many=True), description="A shelf")
@blp.paginate(ShelfPage, max_page_size=10)
def shelf(wanted):
    if wanted["word"] == "none":
        return Shelf([])
    return Shelf([*PETS, {"id": 9, "name": wanted["word"]}])


@blp.route("/silent")
@blp.response(200)
@blp.paginate()
def silent(pagination_parameters):
    return [repr(pagination_parameters), pagination_parameters.page]
"""
SENT = [
    ("POST", "/pets/1?word=w", {"json": [{"id": 1}]}),
    ("POST", "/pets/1?word=w", {"json": [{"id": 1}], "headers": {"X-Key": "k"}}),
    ("POST", "/pets/1?word=w&tags=a&tags=b&size=5&x=1", {"json": [{"id": "7"}], "headers": {"X-Key": "k"}}),
    ("POST", "/pets/9?word=w", {"json": [], "headers": {"X-Key": "k"}}),
    ("POST", "/pets/1?size=x", {"json": [{"id": "x", "z": 1}], "headers": {"X-Key": "k"}}),
    ("POST", "/pets/1?word=w", {"json": [{"id": "x", "z": 1}], "headers": {"X-Key": "k"}}),
    ("POST", "/pets/1?word=w", {"json": {"id": 1}, "headers": {"X-Key": "k"}}),
    ("POST", "/pets/1?word=w", {"data": "{", "headers": {"X-Key": "k", "Content-Type": "application/json"}}),
    ("POST", "/pets/form", {"data": {"word": "w", "size": "3"}}),
    ("POST", "/pets/form", {"data": {"word": "w", "other": "3"}}),
    *(("GET", f"/pets/page?{query}", {}) for query in (
        "", "page=2", "page=3", "page=4", "page=0", "page=x&page_size=9", "page_size=5", "page_size=6", "page=2&page=1",
    )),
    *(("GET", f"/pets/cut?{query}", {}) for query in ("", "page=3", "page=9", "page=0")),
    *(("GET", f"/pets/shelf?{query}", {}) for query in ("", "word=none", "word=w", "word=w&page_size=2&page=2")),
    ("GET", "/pets/silent", {}), ("GET", "/pets/silent?page_size=100&page=3", {}),
]  # fmt: skip


def test_what_is_sent_is_loaded_as_flask_smorest_does(pair):
    both = pair(HEAD + LOADING + END)
    assert set(both.runtimes().values()) == {"native"}
    for method, path, request in SENT:
        both.same(method, path, **request)
    with both.clients() as (flask, fastapi):
        for path in ("page", "page?page=3", "page?page=9", "cut?page=2", "shelf?word=w&page_size=2", "shelf?word=none"):
            mine, theirs = fastapi.get(f"/pets/{path}"), flask.get(f"/pets/{path}")
            assert mine.headers["X-Pagination"] == theirs.headers["X-Pagination"]
        assert "X-Pagination" not in fastapi.get("/pets/silent").headers


def test_openapi_tells_what_the_decorators_say(pair):
    paths = pair(HEAD + LOADING + END).make().openapi()["paths"]
    assert set(paths["/pets/cut"]["get"]["responses"]["200"]["headers"]) == {"ETag", "X-Pagination"}
    assert {one["name"] for one in paths["/pets/shelf"]["get"]["parameters"]} >= {"word", "page", "page_size"}
    operation = paths["/pets/{pet}"]["post"]
    assert operation["summary"] == "Make friends"
    assert "Friends" in operation["tags"]
    assert operation["deprecated"]
    assert operation["security"] == [{"Key": []}]
    assert operation["requestBody"]["description"] == "Its friends"
    assert operation["requestBody"]["content"]["application/json"]["example"] == [{"id": 1}]
    assert operation["responses"]["201"]["description"] == "Friends"
    assert operation["responses"]["201"]["content"]["application/json"]["example"] == [{"id": 2, "name": "Tom"}]
    assert operation["responses"]["404"]["description"] == "No such pet"
    assert operation["responses"]["422"]["description"] == "Unprocessable Entity"
    assert operation["responses"]["409"]["description"] == "Conflict"
    assert "$ref" in operation["responses"]["409"]["content"]["application/json"]["schema"]
    assert {one["name"] for one in operation["parameters"]} >= {"pet", "word", "tags", "size", "X-Key"}


CLASSES = '''
from flask.views import MethodView


@blp.route("/")
class Pets(MethodView):
    @blp.response(200, PetSchema(many=True))
    def get(self):
        """All pets.

        The "oldest" first.
        """
        return PETS

    @blp.arguments(PetSchema)
    @blp.response(201, PetSchema)
    def post(self, pet):
        return self.named(pet)

    def named(self, pet):
        return {"name": "nameless", **pet}


@blp.route("/<int:place>")
class Pet(MethodView):
    @blp.response(200, PetSchema)
    @blp.alt_response(404, description="No such pet")
    def get(self, place):
        if place >= len(PETS):
            abort(404, message="No such pet")
        return PETS[place]

    @blp.arguments(PetSchema)
    @blp.response(200, PetSchema)
    def put(self, pet, place):
        return {**PETS[place], **pet}, {"X-After": "put"}
'''
ASKED = [
    ("GET", "/pets/", {}), ("POST", "/pets/", {"json": {"id": "3"}}), ("POST", "/pets/", {"json": {"id": "x"}}),
    ("GET", "/pets/0", {}), ("GET", "/pets/7", {}), ("PUT", "/pets/1", {"json": {"name": "Max"}}),
    ("PUT", "/pets/1", {"json": {"other": 1}}), ("DELETE", "/pets/1", {}),
]  # fmt: skip


def test_classes_that_a_blueprint_registers(pair):
    both = pair(HEAD + CLASSES + END)
    assert set(both.runtimes().values()) == {"native"}
    for method, path, request in ASKED:
        both.same(method, path, **request)
    paths = both.make().openapi()["paths"]
    assert paths["/pets/"]["get"]["summary"] == "All pets."
    assert paths["/pets/"]["get"]["description"] == 'All pets.\n\nThe "oldest" first.'
    operations = paths["/pets/{place}"]
    assert operations["get"]["responses"]["404"]["description"] == "No such pet"
    assert operations["put"]["responses"]["422"]["description"] == "Unprocessable Entity"
    assert "422" not in operations["get"]["responses"]
    assert "404" not in operations["put"]["responses"]


def test_errors_of_flask_code_below_bridged_routes(pair):
    """Their details are flask-smorest's, whichever side has raised them."""
    both = pair(HEAD + BRIDGED + END, {"services.py": SERVICES})
    assert both.runtimes()["pets.Kept"] == "bridged"
    for place in range(8):
        both.same("GET", f"/pets/kept/{place}")
    both.same("GET", "/pets/kept/x")
    both.same("POST", "/pets/kept/1")


SERVICES = """
from flask import abort as stop, current_app, make_response
from flask_smorest import abort


def find(place):
    kept = current_app.extensions["pets"]
    if place == 1:
        abort(404, message=f"No pet {place}", errors={"json": {"id": ["?"]}}, headers={"X-After": "1"})
    if place == 2:
        abort(422, messages={"json": {"name": ["Wrong."]}})
    if place == 3:
        stop(403)
    if place == 4:
        stop(make_response("enough", 429))
    if place == 5:
        stop(401, "Who are you?")
    if place == 6:
        abort(409, exc=ValueError("Twice"))
    return kept[place]
"""
BRIDGED = """
from flask.views import MethodView
from services import find

app.extensions["pets"] = [{"id": 1, "name": "Tom"}]


def checked(method):
    def check(*args, **kwargs):
        if kwargs["place"] == 5:
            abort(401, message="Not you", headers={"X-After": "checked"})
        return method(*args, **kwargs)

    return check


@blp.route("/kept/<int:place>")
class Kept(MethodView):
    @checked
    @blp.response(200, PetSchema)
    def get(self, place):
        return find(place)
"""


def test_a_class_with_another_decorator_stays_on_flask(pair):
    own = "def own(cls):\n    return cls\n\n\n"
    both = pair(HEAD + own + CLASSES.replace("class Pet(", "@own\nclass Pet(") + END)
    assert both.runtimes()["pets.Pet"] == "flask"
    assert both.findings("pets.Pet")


PARSER = """
from flask import abort, jsonify, make_response
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser


class Parser(FlaskParser):
    DEFAULT_UNKNOWN_BY_LOCATION = {"query": RAISE}

    def handle_error(self, error, req, schema, *, error_status_code, error_headers):
        status = error_status_code or self.DEFAULT_VALIDATION_STATUS
        body = {"code": status, "messages": error.messages}
        abort(make_response(jsonify(body), status), exc=error, messages=error.messages, schema=schema)


parser = Parser()
own = Blueprint("own", __name__, url_prefix="/own")
own.ARGUMENTS_PARSER = parser


class Sized(Schema):
    size = fields.Int(required=True)


@own.route("/")
@own.arguments(Sized, location="query")
@own.response(200, Sized)
def sized(args):
    return args


@own.route("/", methods=["POST"])
@own.arguments(Sized, error_status_code=409)
@own.response(201, Sized)
def make(args):
    return args


@blp.route("/")
@blp.arguments(Sized, location="query")
@blp.response(200, Sized)
def plain(args):
    return args


api.register_blueprint(own)
"""


def test_a_blueprint_loads_arguments_by_the_parser_that_it_is_given(pair):
    both = pair(HEAD + PARSER + END)
    assert set(both.runtimes().values()) == {"native"}, {name: both.findings(name) for name in both.runtimes()}
    for path in ("/own/", "/pets/"):
        for query in ("size=1", "size=x", "size=1&more=2"):
            both.same("GET", f"{path}?{query}")
    for sent in ({"size": 1}, {"size": "x"}, {"size": 1, "more": 2}):
        both.same("POST", "/own/", json=sent)


@pytest.mark.parametrize(
    "given",
    [
        "parser.DEFAULT_LOCATION\nown.ARGUMENTS_PARSER = parser",
        "Base = Blueprint\nBase.ARGUMENTS_PARSER = parser",
        'setattr(own, "ARGUMENTS_PARSER", parser)',
    ],
)
def test_parsers_that_are_given_in_another_way_keep_routes_on_flask(pair, given, monkeypatch):
    monkeypatch.setattr(flask_smorest.Blueprint, "ARGUMENTS_PARSER", flask_smorest.Blueprint.ARGUMENTS_PARSER)
    source = PARSER
    both = pair(HEAD + source.replace("own.ARGUMENTS_PARSER = parser", given) + END)
    assert both.runtimes()["own.sized"] == "flask"
