"""Applications of APIFlask's: what stays on Flask and why, and that what converts answers as APIFlask does."""

import importlib

import pytest
from apiflask.exceptions import HTTPError as TheirError

HEAD = """
from apiflask import APIBlueprint, APIFlask, EmptySchema, HTTPError, Schema, abort
from apiflask.fields import Date, DelimitedList, DelimitedTuple, Integer, List, Nested, String
from apiflask.validators import Length, OneOf
from marshmallow import pre_load

app = APIFlask(__name__)


class PetIn(Schema):
    name = String(required=True, validate=Length(1, 10))
    kind = String(load_default="dog", validate=OneOf(["dog", "cat"]))
    born = Date()


class PetOut(Schema):
    id = Integer()
    name = String()
    kind = String()


class Filters(Schema):
    limit = Integer(load_default=10)
    tags = List(String(), data_key="tag")
"""

STAYS = {
    "a setting": (
        'import os\napp.config["VALIDATION_ERROR_STATUS_CODE"] = int(os.environ.get("NO_SUCH_NAME", 400))\n'
        '@app.get("/")\n@app.input(Filters, location="query")\ndef index(query_data):\n    return query_data\n',
        "FM732",
    ),
    "one of two wrapping schemas": (
        'app.config["BASE_RESPONSE_SCHEMA"] = PetOut\napp.config["BASE_RESPONSE_SCHEMA"] = PetIn\n'
        '@app.get("/")\n@app.output(PetOut)\ndef index():\n    return {}\n',
        "FM732",
    ),
    "a wrapping schema around nothing": (
        'app.config["BASE_RESPONSE_SCHEMA"] = PetOut\n'
        '@app.get("/")\n@app.output({})\ndef index():\n    return {"data": {}}\n',
        "FM113",
    ),
    "a setting of no error": (
        'app.config["VALIDATION_ERROR_STATUS_CODE"] = 299\n'
        '@app.get("/")\n@app.input(Filters, location="query")\ndef index(query_data):\n    return query_data\n',
        "FM732",
    ),
    "a computed dictionary": (
        'NAME = "name"\n@app.get("/")\n@app.output({NAME: String()})\ndef index():\n    return {"name": "Rex"}\n',
        "FM113",
    ),
    "a prepared query of its own": (
        "class Trimmed(Schema):\n    name = String()\n    @pre_load\n    def trim(self, data, **kwargs):\n"
        '        return {"name": "x"}\n'
        '@app.post("/")\n@app.input(Trimmed, location="json_or_form")\n'
        "def index(json_or_form_data):\n    return json_or_form_data\n",
        "FM113",
    ),
    "files that are handed on": (
        "from apiflask.fields import File\nclass Photo(Schema):\n    photo = File()\n"
        '@app.post("/")\n@app.input(Photo, location="form_and_files")\n'
        'def index(form_and_files_data):\n    return {"all": form_and_files_data}\n',
        "FM214",
    ),
    "a file that is changed": (
        "from apiflask.fields import File\nclass Photo(Schema):\n    photo = File()\n"
        '@app.post("/")\n@app.input(Photo, location="files")\n'
        'def index(files_data):\n    files_data["photo"] = 1\n    return {}\n',
        "FM214",
    ),
    "a form with anything in it": (
        "from apiflask.fields import Raw\nclass Photo(Schema):\n    photo = Raw()\n"
        '@app.post("/")\n@app.input(Photo, location="files")\ndef index(files_data):\n    return {}\n',
        "FM113",
    ),
    "code that sees a file": (
        "from apiflask.fields import File\nfrom marshmallow import post_load\nclass Photo(Schema):\n"
        "    photo = File()\n    @post_load\n    def take(self, data, **kwargs):\n        return data\n"
        '@app.post("/")\n@app.input(Photo, location="files")\ndef index(files_data):\n    return {}\n',
        "FM113",
    ),
    "a validator of the project's own": (
        "from apiflask.fields import File\nclass Photo(Schema):\n    photo = File(validate=lambda one: one.mimetype)\n"
        '@app.post("/")\n@app.input(Photo, location="files")\n'
        'def index(files_data):\n    return {"name": files_data["photo"].filename}\n',
        "FM113",
    ),
    "no validation": (
        '@app.post("/")\n@app.input(PetIn, validation=False)\ndef index(json_data):\n    return json_data\n',
        "FM731",
    ),
    "a decorator below": (
        "from functools import wraps\n"
        "def counted(view):\n    @wraps(view)\n    def wrapper(*args, **kwargs):\n"
        "        response = view(*args, **kwargs)\n        return response\n    return wrapper\n"
        '@app.get("/")\n@app.output(PetOut)\n@counted\ndef index():\n    return {"id": "1", "x": 2}\n',
        "FM",
    ),
    "a guard below": (
        "from functools import wraps\nfrom flask import request\n"
        "def keyed(view):\n    @wraps(view)\n    def wrapper(*args, **kwargs):\n"
        '        if "X-Key" not in request.headers:\n            abort(401)\n'
        "        return view(*args, **kwargs)\n    return wrapper\n"
        '@app.post("/")\n@app.input(PetIn)\n@keyed\ndef index(json_data):\n    return json_data\n',
        "FM",
    ),
    "a processor that is set": (
        "def process(error):\n    return {}, error.status_code\napp.error_processor(process)\n"
        '@app.get("/")\ndef index():\n    return {}\n',
        "FM733",
    ),
}

VIEWS = """
bp = APIBlueprint("pets", __name__, url_prefix="/pets")
PETS = [{"id": 1, "name": "Rex", "kind": "dog", "secret": 1}, {"id": 2, "name": "Tom", "kind": "cat"}]


class Missing(HTTPError):
    status_code = 404
    message = "No such pet."
    extra_data = {"code": "P1"}


@bp.get("/")
@bp.input(Filters, location="query", arg_name="filters")
@bp.output(PetOut(many=True), description="Pets", example=[{"id": 1}])
@bp.doc(summary="All pets", tags=["Pets"], deprecated=True)
def index(filters):
    return PETS[: filters["limit"]], 200, {"X-After": str(filters.get("tags"))}


@bp.post("/")
@bp.input(PetIn)
@bp.output(PetOut, status_code=201)
def create(json_data):
    return {"id": 3, **json_data}


@bp.put("/")
@bp.input(PetIn(many=True))
def replace(json_data):
    return {"count": len(json_data), "born": [one.get("born") for one in json_data]}


@bp.patch("/<int:pet>")
@bp.input(PetIn(partial=True), arg_name="changes")
@bp.output(PetOut)
async def change(pet, changes):
    if pet == 9:
        raise Missing()
    return {"id": pet, **changes}, 202


@bp.post("/form")
@bp.input(Filters, location="form")
def form(form_data):
    return form_data


@bp.get("/sent")
@bp.input(Filters, location="headers")
@bp.input(Filters, location="cookies")
def sent(headers_data, cookies_data):
    return {"headers": headers_data, "cookies": cookies_data}


@bp.post("/either")
@bp.input(Filters, location="json_or_form")
def either(json_or_form_data):
    return json_or_form_data


@bp.get("/dictionary")
@bp.input({
    "ids": DelimitedList(Integer()), "at": DelimitedTuple((Integer(), Integer()), delimiter=";"),
}, location="query", schema_name="Places")
@bp.output({"ids": List(Integer()), "at": List(Integer()), "kind": String(dump_default="?")})
@bp.doc(responses=[404, 418], security="key", extensions={"x-kind": "dict"})
def dictionary(query_data):
    return query_data


@bp.get("/joined")
@bp.output({"ids": DelimitedList(Integer(allow_none=True)), "at": DelimitedTuple((Integer(), Date()), delimiter=";")})
def joined():
    import datetime
    return {"ids": ["1", 2], "at": (3, datetime.date(2024, 1, 2))}


@bp.get("/path/<int:number>")
@bp.input({"number": Integer(validate=OneOf([1, 2]))}, location="path")
@bp.doc(responses={404: "No path", 409: {"description": "Not now", "content": {}}, "default": "Other"})
def at(number, path_data):
    return {"number": number, **path_data}


@bp.delete("/<int:pet>/toys")
@bp.output(EmptySchema, status_code=204)
def put_away(pet):
    return ""


@bp.delete("/<int:pet>")
@bp.output({}, status_code=204)
def remove(pet):
    return ""


@bp.get("/abort/<int:status>")
def stop(status):
    abort(status, "Stop.", detail={"a": 1}, headers={"X-After": "yes"}, extra_data={"code": 7})


@bp.get("/plain")
def plain():
    import flask
    flask.abort(409)


@bp.get("/crash")
def crash():
    return 1 / 0


@bp.get("/caught")
def caught():
    try:
        abort(400)
    except HTTPError as error:
        return {"status": error.status_code, "message": error.message, "detail": error.detail}


app.register_blueprint(bp)
"""

SETTINGS = """
app.config["VALIDATION_ERROR_STATUS_CODE"] = 400
app.config["VALIDATION_ERROR_DESCRIPTION"] = "Not so"
"""

PROCESSOR = """
@app.error_processor
def process(error):
    return {"code": error.status_code, "text": error.message, **error.extra_data}, error.status_code, error.headers
"""

REQUESTS = [
    ("GET", "/pets/", {}),
    ("GET", "/pets/?limit=1&limit=2&tag=a&tag=b&x=1", {}),
    ("GET", "/pets/?limit=one", {}),
    ("POST", "/pets/", {"json": {"name": "Rex"}}),
    ("POST", "/pets/", {"json": {"name": "", "kind": "cow", "x": 1}}),
    ("POST", "/pets/", {"json": [1]}),
    ("POST", "/pets/", {"data": "{", "headers": {"Content-Type": "application/json"}}),
    ("POST", "/pets/", {"data": b"\xff", "headers": {"Content-Type": "application/json"}}),
    ("POST", "/pets/", {"data": "", "headers": {"Content-Type": "application/json"}}),
    ("POST", "/pets/", {"data": '{"name": "Rex"}', "headers": {"Content-Type": "text/plain"}}),
    ("POST", "/pets/", {"data": '{"name": "Rex"}', "headers": {"Content-Type": "application/x+json"}}),
    ("PUT", "/pets/", {"json": [{"name": "Rex", "born": "2020-01-01"}, {"name": "Tom"}]}),
    ("PUT", "/pets/", {"json": [{"name": "Rex"}, {}]}),
    ("PATCH", "/pets/4", {"json": {}}),
    ("PATCH", "/pets/4", {"json": {"kind": "cat", "name": "Tom"}}),
    ("PATCH", "/pets/9", {"json": {}}),
    ("POST", "/pets/form", {"data": {"limit": "3"}}),
    ("POST", "/pets/form", {"data": {"limit": "x", "y": "1"}}),
    ("GET", "/pets/sent", {"headers": {"Limit": "3", "Tag": "a"}}),
    ("GET", "/pets/sent", {"headers": {"Limit": "x"}}),
    ("POST", "/pets/either", {"data": {"limit": "3", "tag": "a"}}),
    ("POST", "/pets/either", {"data": {"limit": "x", "y": "1"}}),
    ("POST", "/pets/either", {"json": {"limit": 3, "tag": ["a"]}}),
    ("POST", "/pets/either", {"json": {"limit": "x", "y": 1}}),
    ("POST", "/pets/either", {"data": "{", "headers": {"Content-Type": "application/json"}}),
    ("POST", "/pets/either", {}),
    ("GET", "/pets/dictionary?ids=1,2&at=3;4", {}),
    ("GET", "/pets/dictionary?ids=&at=", {}),
    ("GET", "/pets/dictionary?ids=1,x&at=3;4;5", {}),
    ("GET", "/pets/dictionary?at=3;b&at=1;2", {}),
    ("GET", "/pets/dictionary", {}),
    ("GET", "/pets/joined", {}),
    ("GET", "/pets/path/2", {}),
    ("GET", "/pets/path/3", {}),
    ("DELETE", "/pets/1", {}),
    ("DELETE", "/pets/1/toys", {}),
    ("GET", "/pets/abort/404", {}),
    ("GET", "/pets/abort/422", {}),
    ("GET", "/pets/abort/299", {}),
    ("GET", "/pets/plain", {}),
    ("GET", "/pets/crash", {}),
    ("GET", "/pets/caught", {}),
]


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    text, code = STAYS[name]
    pair(HEAD + text).stays("index", code)


@pytest.mark.parametrize("more", [SETTINGS, PROCESSOR], ids=["set", "processed"])
def test_answers_are_those_of_apiflask(pair, more):
    both = pair(HEAD + VIEWS + more)
    assert {name: one for name, one in both.runtimes().items() if not name.startswith("openapi.")} == {
        f"pets.{name}": "native"
        for name in (
            "index", "create", "replace", "change", "form", "sent", "remove", "stop", "plain", "crash", "caught",
            "either", "dictionary", "at", "put_away", "joined",
        )
    }  # fmt: skip
    both.flask.config["PROPAGATE_EXCEPTIONS"] = False
    with both.served() as same:
        for method, path, request in REQUESTS:
            assert both.alone(method, path, **request)[0] == same(method, path, **request)[0]


@pytest.mark.parametrize("cookies", [{"limit": "4"}, {"limit": "x"}, {"tag": "a", "other": "b"}])
def test_cookies_are_loaded_as_apiflask_does(pair, cookies):
    with pair(HEAD + VIEWS).clients() as (flask, fastapi):
        for name, value in cookies.items():
            flask.set_cookie(name, value)
            fastapi.cookies.set(name, value)
        theirs, mine = flask.get("/pets/sent"), fastapi.get("/pets/sent")
    assert (mine.status_code, mine.content) == (theirs.status_code, theirs.data)


def test_openapi_tells_what_the_decorators_say(pair):
    router = pair(HEAD + VIEWS).text("routers/pets.py")
    assert 'summary="All pets", tags=["Pets"], deprecated=True' in router
    told = '"description": "Pets", "content": {"application/json": {"example": [{"id": 1}]}}'
    assert f'200: {{"model": list[PetOut], {told}}}' in router
    assert 'status_code=201, responses={201: {"model": PetOut}, 422: {"description": "Validation error"}}' in router
    assert "def create(json_body: JsonBody[PetIn]) -> Any:" in router
    assert "import abort" not in router
    assert '404: {"description": "Not Found"}, 418:' in router
    assert 'openapi_extra={"security": [{"key": []}], "x-kind": "dict"}' in router
    assert '404: {"description": "No path"}, 409: {"description": "Not now", "content": {}}, 422:' in router


def test_errors_say_what_apiflasks_say(pair):
    both = pair(HEAD + '@app.get("/")\ndef index():\n    raise HTTPError(400)\n')
    made = both.make()
    errors = importlib.import_module(f"{made.state.lifecycle.handlers.__module__.rpartition('.')[0]}.api_errors")
    for status in range(400, 512):
        assert said(errors.APIError, status) == said(TheirError, status)


def said(kind, status):
    """What an error of a status says, or what is said of a status that has none."""
    try:
        error = kind(status)
    except LookupError as problem:
        return str(problem)
    return error.status_code, error.message, error.detail, error.headers, error.extra_data, str(error)


WRAPPED = """
from apiflask.fields import Field


class Wrapping(Schema):
    inner = Field()
    message = String()


class Told:
    def __init__(self, inner):
        self.inner, self.message = inner, "object"


app.config["BASE_RESPONSE_SCHEMA"] = Wrapping
app.config["BASE_RESPONSE_DATA_KEY"] = "inner"
PET = {"id": "7", "name": "Rex", "secret": 1}


@app.get("/one")
@app.output(PetOut)
def one():
    return {"inner": dict(PET), "message": "one", "more": 1}, {"X-After": "one"}


@app.get("/many")
@app.output(PetOut(many=True), status_code=203)
def many():
    return Told([dict(PET), {"id": 8}])


@app.get("/without")
@app.output(PetOut)
def without():
    return {"message": "nothing"}


@app.delete("/gone")
@app.output({}, status_code=204)
def gone():
    return ""


@app.get("/plain")
def plain():
    return {"id": 1}
"""


def test_outputs_are_wrapped_as_apiflask_does(pair):
    both = pair(HEAD + WRAPPED)
    both.flask.config["PROPAGATE_EXCEPTIONS"] = False
    assert {one for name, one in both.runtimes().items() if not name.startswith("openapi.")} == {"native"}
    for method, path in (
        ("GET", "/one"),
        ("GET", "/many"),
        ("GET", "/without"),
        ("DELETE", "/gone"),
        ("GET", "/plain"),
    ):
        both.same(method, path)


BESIDE = """
from apiflask import APIFlask, HTTPError, Schema, abort
from apiflask.fields import Integer, String
from flask_sqlalchemy import SQLAlchemy

app = APIFlask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
db = SQLAlchemy(app)


class PetNotFound(HTTPError):
    status_code = 404
    message = "This pet is missing."
    extra_data = {"error_code": "2323"}


class Pet(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(10))

    @classmethod
    def find(cls, number):
        if number == 3:
            abort(403, "mine")
        found = db.session.get(cls, number)
        if found is None:
            raise PetNotFound
        return found


class PetOut(Schema):
    id = Integer()
    name = String()


@app.get("/pets/<int:pet_id>")
@app.output(PetOut)
def get_pet(pet_id):
    return Pet.find(pet_id)


@app.get("/own/<int:pet_id>")
@app.output(PetOut)
def own(pet_id):
    if pet_id == 2:
        raise HTTPError(409, "two")
    return db.get_or_404(Pet, pet_id)


@app.get("/safe/<int:pet_id>")
def safe(pet_id):
    try:
        return {"name": Pet.find(pet_id).name}
    except HTTPError as error:
        return {"name": error.message}


@app.get("/plain")
def plain():
    abort(410, "gone")


with app.app_context():
    db.create_all()
    db.session.add(Pet(name="Rex"))
    db.session.commit()
"""
NEEDING = """
@app.error_processor
def processor(error):
    body = {"code": error.status_code, "text": error.message, "pets": Pet.query.count(), **error.extra_data}
    return body, error.status_code, error.headers
"""


@pytest.mark.parametrize("more", ["", NEEDING], ids=["by itself", "a processor that needs the application"])
def test_routes_that_need_the_application_answer_its_errors_as_apiflask_does(pair, more):
    both = pair(BESIDE + more)
    assert both.runtimes() | {"static": ""} == {
        "static": "", "openapi.spec": "flask", "openapi.docs": "flask", "openapi.swagger_ui_oauth_redirect": "flask",
        "get_pet": "bridged", "own": "bridged", "safe": "flask", "plain": "bridged" if more else "native",
    }  # fmt: skip
    both.stays("safe", "FM735")
    with both.served() as same:
        for path in ("/pets/1", "/pets/2", "/pets/3", "/own/1", "/own/2", "/own/9", "/plain"):
            same("GET", path)


PARTS = """
from apiflask import APIFlask, Schema
from apiflask.fields import Integer, List, String

app = APIFlask(__name__)


class Wanted(Schema):
    page = Integer(load_default=1)
    tags = List(String())


class Key(Schema):
    key = String(required=True, data_key="X-Key")


class Note(Schema):
    text = String(required=True)


@app.get("/notes")
@app.input(Wanted, location="query")
@app.input(Key, location="headers")
@app.input({"theme": String(load_default="dark")}, location="cookies")
def notes(query_data, headers_data, cookies_data):
    return {**query_data, **headers_data, **cookies_data}


@app.post("/notes")
@app.input(Note, location="form")
def add(form_data):
    query = form_data["text"]
    return {"text": query}
"""


def test_openapi_tells_of_every_part_of_a_request(pair):
    both = pair(PARTS)
    paths = both.make(None).openapi()["paths"]["/notes"]
    told = {(one["in"], one["name"]) for one in paths["get"]["parameters"]}
    assert told == {("query", "page"), ("query", "tags"), ("header", "X-Key"), ("cookie", "theme")}
    [(kind, content)] = paths["post"]["requestBody"]["content"].items()
    assert kind == "application/x-www-form-urlencoded"
    assert content["schema"]["required"] == ["text"]
    both.same("GET", "/notes?page=2&tags=a&tags=b", headers={"X-Key": "k"})
    both.same("GET", "/notes?page=x&page=2")
    both.same("POST", "/notes", data={"text": "t"})
    both.same("POST", "/notes", data={"texts": "t"})


def test_decorators_that_classes_list(pair):
    both = pair(
        HEAD
        + """
from apiflask import HTTPTokenAuth
from apiflask.views import MethodView

bp = APIBlueprint("bp", __name__, url_prefix="/bp")
auth = HTTPTokenAuth()
PETS = {1: {"id": 1, "name": "Rex", "kind": "dog", "more": 1}}


@auth.verify_token
def verify(token):
    return "Ann" if token == "good" else None


class Base(MethodView):
    decorators = [bp.doc(tags=["Pets"])]


class Told(Base):
    @bp.output(PetOut)
    def get(self, pet):
        "One pet"
        return PETS[pet]

    @bp.doc(tags=["Changes"])
    @bp.input(PetIn)
    def put(self, pet, json_data):
        return {**PETS[pet], **json_data}


class Kept(MethodView):
    decorators = [bp.doc(tags=["Pets"]), bp.auth_required(auth), bp.doc(summary="Kept")]

    @bp.output(PetOut)
    def get(self):
        return PETS[1]


class Dumped(MethodView):
    decorators = [bp.output(PetOut)]

    def get(self):
        return PETS[1]


bp.add_url_rule("/pets/<int:pet>", view_func=Told.as_view("told"))
bp.add_url_rule("/kept", view_func=Kept.as_view("kept"))
bp.add_url_rule("/dumped", view_func=Dumped.as_view("dumped"))
app.register_blueprint(bp)
"""
    )
    runtimes = {name: one for name, one in both.runtimes().items() if name.startswith("bp.")}
    assert runtimes == {"bp.told": "native", "bp.kept": "native", "bp.dumped": "native"}, both.findings("bp.kept")
    with both.served() as same:
        for path in ("/bp/pets/1", "/bp/pets/2", "/bp/kept", "/bp/dumped"):
            for headers in ({}, {"Authorization": "Bearer good"}, {"Authorization": "Bearer bad"}):
                same("GET", path, headers=headers)
        same("PUT", "/bp/pets/1", json={"name": "Tom"})
        same("PUT", "/bp/pets/1", json={})
    paths = both.make(None).openapi()["paths"]
    assert [paths["/bp/pets/{pet}"][one]["tags"][-1] for one in ("get", "put")] == ["Pets", "Changes"]
    assert paths["/bp/kept"]["get"]["summary"] == "Kept"


def test_a_check_behind_the_body_comes_behind_it(pair):
    """Wrong data is answered before anybody is asked who they are."""
    both = pair(
        f"""{HEAD}
from apiflask import HTTPTokenAuth

auth = HTTPTokenAuth()


@auth.verify_token
def known(token):
    return token == "x"


@app.post("/late")
@app.input(PetIn)
@app.auth_required(auth)
def late(json_data):
    return json_data


@app.post("/early")
@app.auth_required(auth)
@app.input(PetIn)
def early(json_data):
    return json_data
"""
    )
    assert both.runtimes()["late"] == both.runtimes()["early"] == "native"
    assert both.same("POST", "/late", json={"name": 1})[0] == 422
    assert both.same("POST", "/late", json={"name": "Rex"})[0] == 401
    assert both.same("POST", "/early", json={"name": 1})[0] == 401
