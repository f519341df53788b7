"""Namespaces and models of Flask-RESTX that classes keep, under other names in other modules; compared with Flask."""

import re

import pytest

DTO = """
from flask_restx import Namespace, fields


class UserDto:
    '''What is known of users.'''

    api = Namespace("user", description="user related operations")
    place = api.model("place", {"zip": fields.Integer(required=True, min=3)})
    user: object = api.model("user_details", {
        "email": fields.String(required=True, description="Where to write to"),
        "place": fields.Nested(place, skip_none=True),
        "places": fields.List(fields.Nested(place)),
    })
    child = api.inherit("Child", user, {"age": fields.Integer})
    details = api.clone("details", place, {"street": fields.String})


class ItemDto:
    api = Namespace("item", path="/things")
    user = api.model("user", {"name": fields.String(attribute="email")})
"""
APP = """
from flask import Flask, request
from flask_restx import Api, Resource
from dto import ItemDto, UserDto
import dto

app = Flask(__name__)
app.config["PROPAGATE_EXCEPTIONS"] = False
api = Api(app)
ns = UserDto.api
_user = UserDto.user
items = dto.ItemDto.api
api.add_namespace(ns, path="/users")
api.add_namespace(items)
USERS = {"ann": {"email": "ann@example.com", "place": {"zip": 7}, "age": "3", "zip": 5, "street": "High"}}


@ns.route("/")
class Users(Resource):
    @ns.doc("list_users")
    @ns.marshal_list_with(_user, envelope="data")
    def get(self):
        return list(USERS.values())

    @ns.expect(_user, validate=True)
    @ns.response(201, "Created")
    def post(self):
        return ns.payload, 201


@ns.route("/<name>")
@ns.response(404, "No such user")
class User(Resource):
    @ns.marshal_with(UserDto.child)
    def get(self, name):
        if name not in USERS:
            UserDto.api.abort(404, "no such user")
        return USERS[name]

    @ns.marshal_with(dto.UserDto.details)
    def put(self, name):
        return USERS[name]


@items.route("/<name>")
class Item(Resource):
    @items.marshal_with(ItemDto.user)
    def get(self, name):
        return USERS[name]


@app.get("/plain")
def plain():
    return "plain"
"""
RESOURCES = {"user_users", "user_user", "item_item"}
LEFT = {
    "a class whose base changes it": (
        "class UserDto:",
        "class Base:\n    def __init_subclass__(cls):\n        cls.user = cls.place\n\n\nclass UserDto(Base):",
    ),
    "a class with a base of a library's": ("class UserDto:", "import abc\n\n\nclass UserDto(abc.ABC):"),
    "a name that is bound twice": ("class ItemDto:", "class ItemDto:\n    user = None"),
    "a decorated class": ("class UserDto:", "def kept(one):\n    return one\n\n\n@kept\nclass UserDto:"),
    "a model that its class changes": ('    child = api', '    user["more"] = fields.String\n    child = api'),
    "a model that its module changes": ("class ItemDto", 'UserDto.user["more"] = fields.String\n\n\nclass ItemDto'),
    "a model that is replaced": ("class ItemDto", "UserDto.user = UserDto.place\n\n\nclass ItemDto"),
    "a model that somebody sets": ("class ItemDto", 'setattr(UserDto, "user", UserDto.place)\n\n\nclass ItemDto'),
    "a model that a function changes": (
        "class ItemDto", "def later():\n    UserDto.user.update(late=None)\n\n\nclass ItemDto",
    ),
    "a class with a metaclass": ("class UserDto:", "class UserDto(metaclass=type):"),
    "a model of what the class computes": ('"age": fields.Integer', '"age": fields.Integer(default=len(api.name))'),
}  # fmt: skip


def made(pair, about, dto=DTO, app=APP):
    """A pair with a module of its own: one that was imported by another test would stay."""
    name = f"dto_{sum(map(ord, about))}"
    return name, pair(re.sub(r"\bdto\b", name, app), {f"{name}.py": dto})


@pytest.mark.parametrize("name", LEFT)
def test_what_a_class_does_not_plainly_keep_stays_on_flask(pair, name):
    old, new = LEFT[name]
    assert old in DTO
    _, both = made(pair, name, DTO.replace(old, new))
    assert "flask" in {both.runtimes()[one] for one in RESOURCES}
    assert both.runtimes()["plain"] == "native"


def test_a_model_that_is_changed_by_another_name_stays_on_flask(pair):
    app = APP.replace("Api, Resource", "Api, Resource, fields")
    _, both = made(pair, "another name", app=app.replace("USERS = {", '_user["more"] = fields.String\nUSERS = {'))
    both.stays("user_users", "FM776")
    assert both.runtimes()["item_item"] == "native"


def test_a_model_that_is_changed_where_another_module_has_a_name_for_it_stays_on_flask(pair):
    app = APP.replace("_user = UserDto.user", "from shown import shown as _user").replace(
        "from dto", "import changing\nfrom dto"
    )
    name = "dto_changing"
    both = pair(
        re.sub(r"\bdto\b", name, app),
        {
            f"{name}.py": DTO,
            "shown.py": f"from {name} import UserDto\n\nshown = UserDto.user\n",
            "changing.py": "from flask_restx import fields\nfrom shown import shown\n\nshown['m'] = fields.Raw\n",
        },
    )
    assert both.runtimes()["user_users"] == "flask"


def test_what_classes_keep_answers_the_same(pair):
    name, both = made(pair, "the same")
    assert {one for one, runtime in both.runtimes().items() if runtime == "native"} == {*RESOURCES, "plain"}, [
        both.findings(one) for one in sorted(RESOURCES)
    ]
    for path in ("/users/", "/users/ann", "/users/bob", "/things/ann", "/things/bob"):
        both.same("GET", path)
    both.same("PUT", "/users/ann")
    for body in ({}, {"email": "a"}, {"email": "a", "place": {"zip": 1}}, {"email": 1, "places": [{}]}):
        both.same("POST", "/users/", json=body)
    written = both.text(f"{name}.py")
    assert "class UserDetails(Fields):" in written
    assert 'class User(Fields):\n    """The model `user`."""' in written
    document = both.make(None).openapi()
    assert document["paths"]["/users/"]["get"]["tags"] == ["user"]
    assert document["components"]["schemas"]["UserDetails"]["required"] == ["email"]
