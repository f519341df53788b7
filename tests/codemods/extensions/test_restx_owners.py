"""What `Api`s and namespaces of Flask-RESTX put around their resources: what stays, and what answers the same."""

import pytest

HEAD = """
from functools import wraps

from flask import Blueprint, Flask, make_response, request
from flask_restx import Api, Namespace, Resource, fields


def require_key(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        key = request.headers.get("X-Key")
        if key is None:
            users.abort(401, "no key", hint=1)
        if key == "plain":
            return {"z": "by Flask", "a": "itself"}, 403
        return view(*args, **kwargs)

    return wrapper


def require_agent(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.headers.get("X-Agent") == "bad":
            return {"message": "agent"}, 400
        return view(*args, **kwargs)

    return wrapper


def marked(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        response = make_response(view(*args, **kwargs))
        response.headers["X-After"] = response.headers.get("X-After", "") + "marked"
        return response

    return wrapper
"""
USERS = """
users = Namespace("users", decorators=[marked, require_key])
others = Namespace("others")
user = users.model("User", {"id": fields.Integer, "name": fields.String(required=True)})


@users.route("/<int:user_id>")
class User(Resource):
    @users.marshal_with(user)
    def get(self, user_id):
        if user_id > 3:
            users.abort(404, "no such user")
        return {"id": user_id, "name": "Ann"}, 200, {"X-After": "own "}

    @users.expect(user, validate=True)
    def post(self, user_id):
        return users.payload, 201


class Other(Resource):
    def get(self, user_id):
        return {"other": user_id}


others.add_resource(Other, "/<int:user_id>")
first, second = Blueprint("first", __name__, url_prefix="/first"), Blueprint("second", __name__, url_prefix="/second")
APIS


@app.get("/plain")
def plain():
    return "plain"
"""
APIS = """
app = Flask(__name__)
one, two = Api(first), Api(second, doc=False, decorators=[require_agent])
for each in (one, two):
    each.add_namespace(users)
    each.add_namespace(others, "/more")
app.register_blueprint(first)
app.register_blueprint(second)
"""
PATHS = ("users/1", "users/9", "users/", "more/1")


def source(apis, users=USERS):
    return HEAD + users.replace("APIS", apis)


def test_decorators_of_namespaces_and_apis_stand_around_their_resources(pair):
    both = pair(
        source(APIS)
        .replace("first, second = Blueprint", "first = Blueprint")
        .replace(', Blueprint("second"', '\nsecond = Blueprint("second"')
    )
    for name in ("first.users_user", "first.others_other", "second.users_user", "second.others_other"):
        assert both.runtimes()[name] == "native", (name, both.findings(name))
    assert "require_key" not in both.text("routers/second.py").partition("get_others_other")[2]
    for place in PATHS:
        for version in ("first", "second"):
            for headers in ({}, {"X-Key": "plain"}, {"X-Key": "k"}, {"X-Key": "k", "X-Agent": "bad"}):
                for method in ("GET", "OPTIONS"):
                    both.same(method, f"/{version}/{place}", headers=headers)
                for body in ({"name": "Bob"}, {}):
                    both.same("POST", f"/{version}/{place}", headers=headers, json=body)


ONE = """
app = Flask(__name__)
api = Api(app, decorators=[LISTED])
api.add_namespace(users)
api.add_namespace(others, "/more")
"""


def test_decorators_of_the_only_api_are_those_of_all_its_resources(pair):
    both = pair(source(ONE.replace("LISTED", "require_agent")))
    assert both.runtimes()["users_user"] == both.runtimes()["others_other"] == "native", both.findings("users_user")
    for place in PATHS:
        for headers in ({}, {"X-Key": "k"}, {"X-Agent": "bad"}):
            both.same("GET", f"/{place}", headers=headers)


UNKNOWN = {
    "a lambda of an Api": (ONE.replace("LISTED", "lambda view: view"), USERS, {"users_user", "others_other"}),
    "a lambda of a namespace": (
        ONE.replace("LISTED", ""), USERS.replace("[marked, require_key]", "(lambda view: view,)"), {"users_user"}
    ),
    "two namespaces": (
        ONE.replace("LISTED", ""), USERS.replace("class User", '@others.route("/too")\nclass User'), {"users_user"}
    ),
    "a call that cannot be read": (
        ONE.replace("LISTED", ""),
        USERS.replace("others.add_resource", "add = others.add_resource\nadd"),
        {"others_other"},
    ),
    "a blueprint that is given later": (
        APIS.replace("Api(first)", "Api()").replace("for each", "one.init_app(first)\nfor each"),
        USERS,
        {"first.users_user", "second.users_user"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_of_an_owner_keeps_its_resources_on_flask(pair, name):
    apis, users, left = UNKNOWN[name]
    both = pair(source(apis, users))
    assert {name for name in both.runtimes() if name in left and both.runtimes()[name] == "flask"} == left
    assert both.runtimes()["plain"] == "native"
    if left == {"users_user"}:
        assert both.runtimes()["others_other"] == "native", both.findings("others_other")
