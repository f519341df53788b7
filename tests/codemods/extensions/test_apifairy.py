"""Applications with APIFairy: what stays on Flask, and that what converts answers as APIFairy does."""

import pytest

HEAD = """
from apifairy import APIFairy, arguments, authenticate, body, other_responses, response
from apifairy.fields import FileField
from flask import Flask, abort, jsonify
from flask_httpauth import HTTPTokenAuth
from flask_marshmallow import Marshmallow

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
ma = Marshmallow(app)
apifairy = APIFairy(app)
auth = HTTPTokenAuth()


@auth.verify_token
def verify(token):
    return {"good": "ann"}.get(token)


@auth.get_user_roles
def roles(user):
    return ["reader"]


@app.errorhandler(400)
def bad_request(error):
    return {"bad": error.description}, 400


class PetSchema(ma.Schema):
    id = ma.Int(dump_only=True)
    name = ma.Str(required=True)


class PageSchema(ma.Schema):
    limit = ma.Int(load_default=2)
    tags = ma.List(ma.Str())


class ProblemSchema(ma.Schema):
    why = ma.Str()


pet_schema = PetSchema()
pets_schema = PetSchema(many=True)
PETS = [{"id": "1", "name": "Rex", "x": 1}, {"id": 2, "name": "Tom"}]
"""

OWN_ERRORS = """
@apifairy.error_handler
def refused(code, messages):
    return {"code": code, "wrong": messages}, code, {"X-Wrong": "yes"}
"""

VIEWS = """
@app.route("/pets")
@arguments(PageSchema)
@response(pets_schema)
def index(page):
    return PETS[: page["limit"]], {"X-Tags": str(page.get("tags"))}


@app.route("/pets", methods=["POST"])
@authenticate(auth, role="reader")
@body(pet_schema)
@response(pet_schema, 201, "The new pet")
@other_responses({409: "There is one", 422: (ProblemSchema, "Wrong"), 423: ProblemSchema})
def create(pet):
    if pet["name"] == "Rex":
        abort(409)
    return {"id": 7, **pet}


@app.route("/pets/<int:id>", methods=["PUT"])
@authenticate(auth)
@arguments(PageSchema, location="headers")
@body(PetSchema(partial=True))
@response(PetSchema)
def change(headers, pet, id):
    return {"id": id, "name": auth.current_user(), **pet}, 202


@app.route("/pets/<int:id>", methods=["DELETE"])
@authenticate(auth, role="writer")
@response(PetSchema, 204)
def remove(id):
    return {}


@app.route("/made")
@response(PetSchema)
def made():
    return jsonify(name="Kit")


@app.route("/lists")
@response(pets_schema)
def lists():
    return (PETS, 203, {"X-After": "yes"})


@app.route("/one")
@response(pet_schema)
def one():
    return (PETS[0],)


@app.route("/none")
@response(pet_schema)
def none():
    return PETS[0] if not PETS else abort(404)
"""

TOKEN = {"Authorization": "Bearer good"}
REQUESTS = [
    ("GET", "/pets", {}), ("GET", "/pets?limit=1&tags=a&tags=b&other=1", {}), ("GET", "/pets?limit=x", {}),
    ("POST", "/pets", {"json": {"name": "Kit"}}), ("POST", "/pets", {"json": {"name": "Kit"}, "headers": TOKEN}),
    ("POST", "/pets", {"json": {"name": "Rex"}, "headers": TOKEN}),
    ("POST", "/pets", {"json": {"id": 1, "other": 2}, "headers": TOKEN}),
    ("POST", "/pets", {"json": [], "headers": TOKEN}), ("POST", "/pets", {"headers": TOKEN}),
    ("POST", "/pets", {"data": "{", "headers": {**TOKEN, "Content-Type": "application/json"}}),
    ("PUT", "/pets/3", {"json": {}, "headers": TOKEN}), ("PUT", "/pets/3", {"json": {"name": 3}, "headers": TOKEN}),
    ("PUT", "/pets/3", {"json": {"name": "x"}, "headers": {**TOKEN, "limit": "x"}}),
    ("PUT", "/pets/3", {"json": {"name": 3}}), ("DELETE", "/pets/3", {"headers": TOKEN}),
    *(("GET", path, {}) for path in ("/made", "/lists", "/one", "/none")),
]  # fmt: skip


@pytest.mark.parametrize("errors", ["", OWN_ERRORS], ids=["its own answer", "the application's"])
def test_answers_are_those_of_apifairy(pair, errors: str):
    both = pair(HEAD + errors + VIEWS)
    served = {name: one for name, one in both.runtimes().items() if not name.startswith("apifairy.")}
    assert set(served.values()) == {"native"}, both.conversion.outcomes
    for method, path, sent in REQUESTS:
        theirs, mine = both.answers(method, path, **sent)
        assert mine == theirs, (method, path, sent)


def test_its_pages_stay_on_flask(pair):
    both = pair(HEAD + VIEWS)
    assert both.runtimes()["apifairy.docs"] == both.runtimes()["apifairy.json"] == "flask"


def test_what_the_document_tells(pair):
    operation = pair(HEAD + VIEWS).make().openapi()["paths"]["/pets"]["post"]
    described = {status: one["description"] for status, one in operation["responses"].items()}
    assert described["201"] == "The new pet"
    assert (described["409"], described["422"], described["423"]) == ("There is one", "Wrong", "Locked")
    assert operation["security"] == [{"HTTPBearer": ["reader"]}]


ROUTE = '@app.route("/")\n'
VIEW = "@response(pet_schema)\ndef index(given=None):\n    return PETS[0]\n"
ONE = "def index():\n    return PETS[0]\n"
STAYS = {
    "a form whose files are handed on": (
        f'class FileSchema(ma.Schema):\n    file = FileField()\n{ROUTE}@body(FileSchema, location="form")\n'
        "@response(pet_schema)\ndef index(given):\n    return given\n"
    ),
    "a form with anything in it": (
        f'class AnySchema(ma.Schema):\n    file = ma.Raw()\n{ROUTE}@body(AnySchema, location="form")\n{VIEW}'
    ),
    "a place that is computed": f'WHERE = str("query")\n{ROUTE}@arguments(PageSchema, location=WHERE)\n{VIEW}',
    "a status that is computed": f'{ROUTE}@response(pet_schema, int("200"))\n{ONE}',
    "other options of a guard": f'KEYS = {{"role": "x"}}\n{ROUTE}@authenticate(auth, **KEYS)\n{VIEW}',
    "answers that are computed": f"WORDS = dict()\n{ROUTE}@other_responses(WORDS)\n{VIEW}",
    "a schema that is made elsewhere": f'{ROUTE}@response(globals()["pet_schema"])\n{ONE}',
    "two functions for errors": (
        f"{OWN_ERRORS}@apifairy.error_handler\ndef again(code, messages):\n    return {{}}, code\n{ROUTE}{VIEW}"
    ),
}


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name: str):
    both = pair(HEAD + STAYS[name])
    assert both.runtimes()["index"] == "flask"
    assert both.findings("index")


NAMELESS = """
@app.route("/")
@arguments(PageSchema)
@response(pets_schema)
def index(page):
    return PETS[: page["limit"]]
"""


def test_an_object_without_a_name_answers_by_itself(pair):
    both = pair(HEAD.replace("apifairy = APIFairy(app)", "APIFairy(app)") + NAMELESS)
    assert both.runtimes()["index"] == "native"
    both.same("GET", "/?limit=x")
    both.same("GET", "/?limit=1")


MAKING = """def make(app):
    apifairy = APIFairy(app)
    apifairy.error_handler(lambda code, messages: ({"own": messages}, code))

make(app)"""


def test_what_is_given_in_a_function_cannot_be_told(pair):
    both = pair(HEAD.replace("apifairy = APIFairy(app)", MAKING) + NAMELESS)
    (found,) = both.conversion.outcomes["index"].findings
    assert found.location is not None
    assert str(found).endswith("'APIFairy(...)', which is not made at the top of a module")


ASKING = """
class OwnSchema(ma.Schema):
    name = ma.Str(required=True)

    @validates("name")
    def check(self, value, **kwargs):
        if value != auth.current_user():
            raise ValidationError("Not yours.")

own_schema = OwnSchema()

@app.route("/own", methods=["POST"])
@authenticate(auth)
@body(own_schema)
def take(data):
    return data

@app.route("/shown")
@arguments(PageSchema)
@response(own_schema)
def shown(page):
    return {"name": "ann"}
"""


def test_a_schema_that_asks_who_has_sent_it_runs_beside_flask(pair):
    both = pair(
        HEAD.replace("class PetSchema", "from marshmallow import ValidationError, validates\n\nclass PetSchema", 1)
        + ASKING
    )
    assert [both.runtimes()[name] for name in ("take", "shown")] == ["bridged", "bridged"]
    assert both.same("GET", "/shown")[0] == 200
    for token, name, status in (("good", "ann", 200), ("good", "bob", 400), ("bad", "ann", 401)):
        headers = {"Authorization": f"Bearer {token}"}
        assert both.same("POST", "/own", json={"name": name}, headers=headers)[0] == status
