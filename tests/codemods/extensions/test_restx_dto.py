"""Namespaces and models that classes hold (`UserDto.api`, `UserDto.user`), and names for them in other modules."""

from itertools import count

import pytest

NUMBERS = count()
DTO = '''
from flask_restx import Namespace, fields


class UserDto:
    """What is said of users."""

    api = Namespace("users", description="Users")
    address = {"city": fields.String(required=True)}
    user = api.model("user", {"name": fields.String(required=True), "home": fields.Nested(api.model("Home", address))})
    listed = api.inherit("user_listed", user, {"number": fields.Integer(min=1)})
'''
VIEWS = """
from flask import request
from flask_restx import Resource

from dto import UserDto

api = UserDto.api
_user = UserDto.user


@api.route("/")
class Users(Resource):
    @api.marshal_list_with(_user, envelope="data")
    def get(self):
        return USERS

    @api.expect(UserDto.listed, validate=True)
    @UserDto.api.marshal_with(UserDto.listed, code=201)
    def post(self):
        USERS.append(request.json)
        return USERS[-1], 201


@api.route("/<int:number>")
class User(Resource):
    @api.doc("one user")
    @api.marshal_with(_user)
    def get(self, number):
        if number >= len(USERS):
            api.abort(404, "no such user")
        return USERS[number]


USERS = [{"name": "ann", "home": {"city": "Ulm"}, "secret": 1}]
"""
APP = """
from flask import Flask
from flask_restx import Api

from views import api as users

app = Flask(__name__)
api = Api(app, doc=False)
api.add_namespace(users, path="/u")
"""
OWN = ("users_users", "users_user")


def converted(pair, **changed):
    """Convert the modules, with names that no other test has imported."""
    dto, views = f"dto_{next(NUMBERS)}", f"views_{next(NUMBERS)}"
    texts = {"dto": DTO, "views": VIEWS, **changed}
    files = {f"{dto}.py": texts["dto"], f"{views}.py": texts["views"].replace("from dto", f"from {dto}")}
    return pair(APP.replace("from views", f"from {views}"), files)


def test_what_classes_hold_is_known_by_all_its_names(pair):
    both = converted(pair)
    assert {name: both.runtimes()[name] for name in OWN} == dict.fromkeys(OWN, "native"), both.findings("users_users")
    for path in ("/u/", "/u/0", "/u/7"):
        both.same("GET", path)
    good = {"name": "bob", "home": {"city": "Rom"}, "number": 2}
    for sent in (good, {}, {"name": 1}, {**good, "number": 0}, {**good, "home": {}}, {**good, "home": None}, []):
        both.same("POST", "/u/", json=sent)
    schemas = both.make(None).openapi()["components"]["schemas"]
    assert {"User", "UserListed"} <= schemas.keys()


@pytest.mark.parametrize(
    "changed",
    [
        {"dto": DTO + '\n\nUserDto.user = UserDto.api.model("other", {"id": fields.Integer})\n'},
        {"dto": DTO + '\n    if api:\n        user = api.model("other", {"id": fields.Integer})\n'},
        {"dto": DTO + '\n\nsetattr(UserDto, "user", None)\n'},
        {"dto": DTO.replace("class UserDto:", "class UserDto(dict, metaclass=type):")},
        {"dto": DTO.replace("class UserDto:", "def kept(one):\n    return one\n\n\n@kept\nclass UserDto:")},
        {"views": VIEWS + '\n\ndef late():\n    _user["late"] = None\n'},
        {"views": VIEWS + "\n\ndef late():\n    UserDto.user.update(late=None)\n"},
    ],
)
def test_what_may_change_stays(pair, changed):
    both = converted(pair, **changed)
    assert both.runtimes()["users_user"] == "flask"
