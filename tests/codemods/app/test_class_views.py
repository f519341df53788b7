"""Class-based views: those that stay on Flask, then the same answers from functions."""

from collections.abc import Callable
from typing import Any

import pytest

Pairs = Callable[..., Any]

HEAD = """
from functools import wraps
from flask import Flask, abort, jsonify, request
from flask.views import MethodView, View
app = Flask(__name__)

def signed_in(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.headers.get("X-User") is None:
            return jsonify(error="unauthorized"), 401
        return view(*args, **kwargs)
    return wrapper

def json_only(view):
    def wrapper(*args, **kwargs):
        if not request.headers.get("X-Json"):
            return jsonify(error="json"), 415
        return view(*args, **kwargs)
    return wrapper

"""

REFUSED = {
    "what a method keeps in its class": """
class X(MethodView):
    seen = 0
    @classmethod
    def get(cls):
        cls.seen += 1
        return str(cls.seen)
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "a class that is asked for what its instances keep": """
class X(MethodView):
    def __init__(self):
        self.word = "x"
    @classmethod
    def get(cls):
        return cls.word
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "a class handed on": """
class X(MethodView):
    @classmethod
    def get(cls):
        return repr(cls)
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "a name that the class has bound before": """
word = "a"
class X(MethodView):
    word = "b"
    said = word
    def get(self):
        return self.said
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "what is in the instance changes": """
class X(View):
    init_every_request = False
    def __init__(self):
        self.seen = {}
    def dispatch_request(self):
        self.seen["x"] = self.seen.get("x", 0) + 1
        return jsonify(self.seen)
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "the instance handed on": """
def describe(view):
    return type(view).__name__
class X(MethodView):
    def get(self):
        return describe(self)
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "a dispatch of its own": """
class X(MethodView):
    def dispatch_request(self, **kwargs):
        if request.method == "GET":
            return self.get()
        return "other"
    def get(self):
        return "x"
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "an attribute that one method may set for another": """
class Base(MethodView):
    def dispatch_request(self, **kwargs):
        if "user" in request.args:
            self.user = request.args["user"]
        return super().dispatch_request(**kwargs)
class X(Base):
    def get(self):
        return self.user
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "a helper that sets what others read": """
class X(MethodView):
    def load(self):
        self.user = request.args.get("user")
    def get(self):
        self.load()
        return self.user
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "a helper that reads what another method sets": """
class X(MethodView):
    def shown(self):
        return self.user.upper()
    def get(self):
        self.user = request.args.get("user", "")
        return self.shown()
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "an attribute that is deleted": """
class X(MethodView):
    def get(self):
        self.user = "ann"
        del self.user
        return "x"
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "what is kept under the name of something else": """
class X(MethodView):
    def get(self):
        self.jsonify = {"a": 1}
        return jsonify(self.jsonify)
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "classes that read the request in an attribute that other code may change": """
class Wanted:
    def check(self):
        if "X-User" not in request.headers:
            abort(401)
class X(MethodView):
    wanted = [Wanted]
    def dispatch_request(self, **kwargs):
        for one in self.wanted:
            one().check()
        self.wanted.append(Wanted)
        return super().dispatch_request(**kwargs)
    def get(self):
        return "x"
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "state that all requests share": """
class X(View):
    init_every_request = False
    count = 0
    def dispatch_request(self):
        self.count += 1
        return str(self.count)
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "attributes found at run time": """
class X(MethodView):
    def __getattr__(self, name):
        return name
    def get(self):
        return self.anything
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "a cached property": """
from functools import cached_property
class X(MethodView):
    @cached_property
    def text(self):
        return request.args.get("text", "none")
    def get(self):
        return self.text
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "an argument that is made when the view is registered": """
class X(View):
    def __init__(self, text):
        self.text = text
    def dispatch_request(self):
        return self.text
app.add_url_rule("/x", view_func=X.as_view("x", ",".join(["a", "b"])))
""",
    "an __init__ that computes": """
class X(View):
    def __init__(self, text):
        self.text = text[::-1]
    def dispatch_request(self):
        return self.text
app.add_url_rule("/x", view_func=X.as_view("x", "a"))
""",
    "a method that is replaced later": """
class X(MethodView):
    def get(self):
        return "first"
def second(self):
    return "second"
X.get = second
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "a class in a function": """
def register():
    class X(MethodView):
        def get(self):
            return "x"
    app.add_url_rule("/x", view_func=X.as_view("x"))
register()
""",
    "a default that is computed": """
class X(View):
    def __init__(self, size=len("x")):
        self.size = size
    def dispatch_request(self):
        return str(self.size)
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "a list of decorators that is computed": """
class Base(MethodView):
    decorators = [signed_in]
class X(Base):
    decorators = [json_only] + Base.decorators
    def get(self):
        return "x"
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
    "a guard that reads the instance": """
def of_view(view):
    @wraps(view)
    def wrapper(*a, **kwargs):
        if a[0].closed:
            return "closed", 503
        return view(*a, **kwargs)
    return wrapper
class X(MethodView):
    closed = True
    @of_view
    def get(self):
        return "x"
app.add_url_rule("/x", view_func=X.as_view("x"))
""",
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_class_that_is_more_than_functions_stays_on_flask(pair: Pairs, case: str) -> None:
    both = pair(HEAD + REFUSED[case])
    assert both.runtimes() == {"x": "flask"}
    assert both.findings("x")[0][:5] in ("FM116", "FM113")


def test_each_method_is_an_endpoint_function(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class ItemView(MethodView):
    \"\"\"One item.\"\"\"

    limit = 5
    kind: str = "item"

    def get(self, item_id):
        \"\"\"Show it.\"\"\"
        if item_id > self.limit:
            abort(404)
        return jsonify(id=item_id, kind=self.kind, view=type(self).__name__)

    def put(self, item_id):
        data = request.get_json()
        return {"id": item_id, "name": data["name"]}, 202

    def delete(self, item_id):
        return "", 204

app.add_url_rule("/items/<int:item_id>", view_func=ItemView.as_view("item"))
"""
    )
    assert both.runtimes() == {"item": "native"}
    text = both.text("routers/root.py")
    assert "def get_item(item_id: int)" in text
    assert '"""Show it."""' in text
    assert "self" not in text.replace("itself", "")
    assert both.same("GET", "/items/3")[1] == b'{"id":3,"kind":"item","view":"ItemView"}\n'
    assert both.same("GET", "/items/6")[0] == 404
    assert both.same("PUT", "/items/3", json={"name": "x"})[:2] == (202, b'{"id":3,"name":"x"}\n')
    assert both.same("DELETE", "/items/3")[0] == 204
    assert both.same("PATCH", "/items/3")[0] == 405
    assert both.same("OPTIONS", "/items/3")[2]["allow"] == "DELETE, GET, HEAD, OPTIONS, PUT"
    assert both.same("HEAD", "/items/3")[1] == b""


def test_decorators_of_the_class_of_its_bases_and_of_methods_guard(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class Secured(MethodView):
    decorators = [json_only, signed_in]

class X(Secured):
    def get(self):
        return "x"

    def post(self):
        return "posted"

class Y(MethodView):
    def get(self):
        return "open"

    @signed_in
    def post(self):
        return "closed"

class Z(MethodView):
    decorators = ()

    def get(self):
        return "z"

app.add_url_rule("/x", view_func=X.as_view("x"))
app.add_url_rule("/y", view_func=Y.as_view("y"))
app.add_url_rule("/z", view_func=signed_in(Z.as_view("z")))
for name, cls in {"more": Z}.items():
    app.add_url_rule(f"/{name}", view_func=signed_in(cls.as_view(name)))
"""
    )
    assert both.runtimes() == {"x": "native", "y": "native", "z": "native", "more": "native"}
    user, json = {"X-User": "ann"}, {"X-Json": "1"}
    for method in ("GET", "POST", "HEAD", "OPTIONS"):
        assert both.same(method, "/x")[0] == (200 if method == "OPTIONS" else 401)
        assert both.same(method, "/x", headers=json)[0] == (200 if method == "OPTIONS" else 401)
        assert both.same(method, "/x", headers=user)[0] == (200 if method == "OPTIONS" else 415)
        assert both.same(method, "/x", headers=user | json)[0] == 200
    assert both.same("GET", "/y")[1] == b"open"
    assert both.same("POST", "/y")[0] == 401
    assert both.same("POST", "/y", headers=user)[1] == b"closed"
    for path in ("/z", "/more"):
        assert both.same("GET", path)[0] == 401
        assert both.same("GET", path, headers=user)[1] == b"z"


def test_inherited_methods_and_helpers_find_the_attributes_of_the_class_itself(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class Base(MethodView):
    word = "base"
    suffix = "!"

    def shout(self, text):
        return text.upper() + self.suffix

    def asked(self):
        return request.args.get("text", self.word)

    @staticmethod
    def twice(text):
        return text * 2

    def get(self):
        return self.shout(self.twice(self.asked()))

class One(Base):
    word = "one"

class Two(Base):
    word = "two"
    suffix = "?"

    def shout(self, text):
        return f"<{text}>{self.suffix}"

app.add_url_rule("/one", view_func=One.as_view("one"))
app.add_url_rule("/two", view_func=Two.as_view("two"))
"""
    )
    assert both.runtimes() == {"one": "native", "two": "native"}
    assert both.same("GET", "/one")[1] == b"ONEONE!"
    assert both.same("GET", "/two")[1] == b"<twotwo>?"
    assert both.same("GET", "/one?text=a")[1] == b"AA!"
    assert both.same("GET", "/two?text=a")[1] == b"<aa>?"


def test_a_view_answers_all_its_methods_with_what_it_was_given(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
TITLE = "Rows"
LIMITS = (1, 2)

class ListView(View):
    methods = ["GET", "POST"]

    def __init__(self, rows, title=None, size=10):
        self.rows, self.title = rows, title
        self.size = size

    def dispatch_request(self):
        if request.method == "POST":
            return jsonify(added=self.title), 201
        return jsonify(rows=self.rows, title=self.title, size=self.size)

app.add_url_rule("/a", view_func=ListView.as_view("a", LIMITS, TITLE))
app.add_url_rule("/b", view_func=ListView.as_view("b", rows=(3,), size=20))
"""
    )
    assert both.runtimes() == {"a": "native", "b": "native"}
    assert both.same("GET", "/a")[1] == b'{"rows":[1,2],"size":10,"title":"Rows"}\n'
    assert both.same("POST", "/a")[:2] == (201, b'{"added":"Rows"}\n')
    assert both.same("GET", "/b")[1] == b'{"rows":[3],"size":20,"title":null}\n'
    assert both.same("POST", "/b")[1] == b'{"added":null}\n'
    assert both.same("PUT", "/b")[0] == 405


def test_a_function_registers_views_with_classes_of_the_project(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class User:
    rows = {1: "ann"}

class Group:
    rows = {1: "admins"}

class ItemView(MethodView):
    init_every_request = False

    def __init__(self, model):
        self.model = model
        self.title = f"{model.__name__.lower()}/" + "item"

    def get(self, number):
        return jsonify(row=self.model.rows[number], title=self.title, keys=[key for key in self.model.rows])

class ListView(View):
    def __init__(self, model, size=2):
        self.model, self.size = model, size

    def dispatch_request(self):
        return jsonify(list(self.model.rows)[:self.size])

def register(app, name, model):
    app.add_url_rule(f"/{name}/<int:number>", view_func=ItemView.as_view(f"{name}-item", model))
    app.add_url_rule(f"/{name}/", view_func=ListView.as_view(f"{name}-list", model=model))

register(app, "users", User)
register(app, "groups", Group)
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    for path in ("/users/1", "/users/2", "/groups/1", "/users/", "/groups/"):
        both.same("GET", path)
    assert both.alone("GET", "/groups/1")[1] == b'{"keys":[1],"row":"admins","title":"group/item"}\n'


def test_properties_and_lists_of_classes_that_read_the_request(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class SignedIn:
    message = "sign in"

    def is_allowed(self):
        return "X-User" in request.headers

class Admin(SignedIn):
    message = "admins only"

    def is_allowed(self):
        return request.headers.get("X-User") == "admin"

class Base(MethodView):
    wanted = []

    @property
    def user(self):
        return request.headers.get("X-User", "nobody")

    def dispatch_request(self, *args, **kwargs):
        for wanted in self.wanted:
            permission = wanted()
            if not permission.is_allowed():
                return jsonify(error=permission.message), 403
        return super().dispatch_request(*args, **kwargs)

class Open(Base):
    def get(self):
        return self.user.upper() + self.user

class Secret(Base):
    wanted = [SignedIn, Admin]

    def get(self, key):
        return f"{key} of {self.user}"

app.add_url_rule("/open", view_func=Open.as_view("open"))
app.add_url_rule("/secret/<key>", view_func=Secret.as_view("secret"))
"""
    )
    assert both.runtimes() == {"open": "native", "secret": "bridged"}
    assert "dispatch" not in both.text("routers/root.py")  # there is nothing to check
    for headers in ({}, {"X-User": "ann"}, {"X-User": "admin"}):
        for path in ("/open", "/secret/1"):
            both.same("GET", path, headers=headers)
    assert both.same("GET", "/secret/1", headers={"X-User": "ann"})[0] == 403


def test_what_a_class_holds_and_may_change_is_shared_with_the_class(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
BOOKS = [{"id": 1}]

class Base(MethodView):
    rows = {}
    seen = []

    def lookup(self, key):
        self.seen.append(key)
        return self.rows.get(key)

class X(Base):
    rows = {"a": 1}

    def get(self, key):
        return jsonify(self.lookup(key), self.seen)

    def post(self, key):
        self.rows.setdefault(key, 2)
        return "", 201

class Y(Base):
    def put(self, key):
        self.rows[key] = request.get_json()
        return jsonify(self.rows)

class Books(View):
    def __init__(self, rows):
        self.rows = rows

    def dispatch_request(self):
        return self.rows

app.add_url_rule("/x/<key>", view_func=X.as_view("x"))
app.add_url_rule("/y/<key>", view_func=Y.as_view("y"))
app.add_url_rule("/books", view_func=Books.as_view("books", rows=BOOKS))
"""
    )
    assert both.runtimes() == {"x": "native", "y": "native", "books": "native"}
    assert both.same("GET", "/books")[1] == b'[{"id":1}]\n'
    with both.clients() as (flask, fastapi):
        assert fastapi.get("/x/a").content == b'[1,["a"]]\n'
        assert flask.get("/x/a").get_data() == b'[1,["a","a"]]\n'
        assert fastapi.post("/x/b").status_code == 201
        assert flask.get("/x/b").get_data() == b'[2,["a","a","b"]]\n'
        assert fastapi.put("/y/c", json=3).content == flask.put("/y/c", json=3).get_data() == b'{"c":3}\n'
    assert "x_rows: dict[Any, Any] = {'a': 1}" in both.text("state.py")


def test_a_constant_that_is_set_later_is_read_from_the_class(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class X(MethodView):
    text = "first"

    def get(self):
        return self.text

    def post(self):
        X.text = "second"
        return "", 201

app.add_url_rule("/x", view_func=X.as_view("x"))
"""
    )
    assert both.runtimes() == {"x": "bridged"}
    assert both.same("GET", "/x")[1] == b"first"
    with both.clients() as (flask, fastapi):
        assert fastapi.post("/x").status_code == 201
        assert flask.get("/x").get_data() == fastapi.get("/x").content == b"second"


def test_the_rules_of_a_view_may_differ_by_method(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class UserAPI(MethodView):
    def get(self, user_id):
        return jsonify("all" if user_id is None else user_id)

    def post(self):
        return "made", 201

    def delete(self, user_id):
        return jsonify(deleted=user_id)

view = UserAPI.as_view("users")
app.add_url_rule("/users/", defaults={"user_id": None}, view_func=view, methods=["GET"])
app.add_url_rule("/users/", view_func=view, methods=["POST"])
app.add_url_rule("/users/<int:user_id>", view_func=view, methods=["GET", "DELETE"])
"""
    )
    assert both.runtimes() == {"users": "native"}
    assert both.same("GET", "/users/")[1] == b'"all"\n'
    assert both.same("POST", "/users/")[:2] == (201, b"made")
    assert both.same("GET", "/users/4")[1] == b"4\n"
    assert both.same("DELETE", "/users/4")[1] == b'{"deleted":4}\n'
    assert both.same("DELETE", "/users/")[0] == 405


def test_a_schema_of_the_class_is_as_good_made_anew(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
from marshmallow import Schema, ValidationError, fields

class UserSchema(Schema):
    name = fields.Str(required=True)

class Users(MethodView):
    schema = UserSchema()

    def post(self):
        data = self.schema.load(request.get_json())
        return self.schema.dump(data), 201

@app.errorhandler(ValidationError)
def invalid(error):
    return jsonify(errors=error.messages), 422

app.add_url_rule("/users", view_func=Users.as_view("users"))
"""
    )
    assert both.runtimes()["users"] in ("native", "bridged")
    assert both.same("POST", "/users", json={"name": "Ann"})[:2] == (201, b'{"name":"Ann"}\n')
    assert both.same("POST", "/users", json={"name": 3})[0] == 422
    assert both.same("POST", "/users", json={})[0] == 422


def test_async_methods_stay_async(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class X(MethodView):
    async def get(self):
        return await self.answer(), 203

    async def answer(self):
        return {"path": request.path}

app.add_url_rule("/x", view_func=X.as_view("x"))
"""
    )
    assert both.runtimes() == {"x": "native"}
    assert both.same("GET", "/x")[:2] == (203, b'{"path":"/x"}\n')


DISPATCHING = """
USERS = {"t-ann": "ann"}

class LoginRequired:
    realm = "shop"

    def dispatch_request(self, *args, **kwargs):
        self.user = self.load_user()
        if self.user is None:
            abort(401, f"no user for {self.realm}")
        return super().dispatch_request(*args, **kwargs)

    def load_user(self):
        return USERS.get(request.headers.get("X-Token"))

class ItemView(LoginRequired, MethodView):
    def get(self, item_id):
        return jsonify(item_id=item_id, user=self.user)

    def delete(self, item_id):
        return "", 204

class Base(View):
    word = "base"

    def words(self):
        return {"word": self.word}

    def dispatch_request(self):
        return jsonify(self.words())

class Page(LoginRequired, Base):
    word = "page"
    realm = "pages"

    def words(self):
        found = super().words()
        found["more"] = True
        return found

app.add_url_rule("/items/<int:item_id>", view_func=ItemView.as_view("item"))
app.add_url_rule("/page", view_func=Page.as_view("page"))
"""


def test_a_dispatch_that_calls_the_next_guards_every_method_and_hands_on_what_it_keeps(pair: Pairs) -> None:
    both = pair(HEAD + DISPATCHING)
    assert both.runtimes() == {"item": "native", "page": "native"}
    text = both.text("routers/root.py")
    assert "def get_item(item_id: int, user: Annotated[Any, Depends(item_view_dispatch)])" in text
    assert '@router.get("/page", name="page", dependencies=[Depends(page_dispatch)])' in text
    ann = {"X-Token": "t-ann"}
    for method in ("GET", "DELETE", "HEAD", "PUT", "OPTIONS"):
        both.same(method, "/items/3")
        both.same(method, "/items/3", headers=ann)
    assert both.same("GET", "/items/3")[0] == both.same("DELETE", "/items/3")[0] == 401
    assert both.same("GET", "/items/3", headers=ann)[1] == b'{"item_id":3,"user":"ann"}\n'
    assert b"no user for pages" in both.same("GET", "/page")[1]
    assert both.same("GET", "/page", headers=ann)[1] == b'{"more":true,"word":"page"}\n'


def test_a_dispatch_that_changes_the_answer_or_sees_its_errors_is_a_decorator(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
from flask import make_response

class Timed(MethodView):
    def dispatch_request(self, **kwargs):
        response = make_response(super().dispatch_request(**kwargs))
        response.headers["X-After"] = type(self).__name__
        return response

class X(Timed):
    decorators = [signed_in]

    def get(self):
        return {"a": 1}

    def post(self):
        return request.get_json(), 201

class Caught(MethodView):
    def dispatch_request(self, *args, **kwargs):
        try:
            return super(Caught, self).dispatch_request(*args, **kwargs)
        except KeyError as error:
            return jsonify(missing=str(error)), 404

    def get(self, key):
        return jsonify({"a": 1}[key])

app.add_url_rule("/x", view_func=X.as_view("x"))
app.add_url_rule("/caught/<key>", view_func=Caught.as_view("caught"))
"""
    )
    assert both.runtimes() == {"x": "native", "caught": "native"}
    user = {"X-User": "ann"}
    assert both.same("GET", "/x")[0] == both.same("POST", "/x", json=1)[0] == 401
    assert both.same("GET", "/x", headers=user)[2]["x-after"] == "X"
    assert both.same("POST", "/x", headers=user, json=[1])[:2] == (201, b"[1]\n")
    assert both.same("POST", "/x", headers=user, data="{")[2]["x-after"] is None
    assert both.same("GET", "/caught/a")[1] == b"1\n"
    assert both.same("GET", "/caught/b")[0] == 404


def test_what_a_method_keeps_on_its_instance_is_a_local(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class Counter(View):
    methods = ["GET", "POST"]
    step = 2

    def __init__(self, start=0):
        self.count = start

    def dispatch_request(self):
        if request.method == "POST":
            self.count += self.step
        self.seen: bool = True
        return jsonify(self.count, self.seen)

app.add_url_rule("/count", view_func=Counter.as_view("count"))
app.add_url_rule("/from5", view_func=Counter.as_view("from5", start=5))
"""
    )
    assert both.runtimes() == {"count": "native", "from5": "native"}
    for path, first, second in (("/count", b"[0,true]\n", b"[2,true]\n"), ("/from5", b"[5,true]\n", b"[7,true]\n")):
        for _ in range(2):
            assert both.same("GET", path)[1] == first
            assert both.same("POST", path)[1] == second


def test_a_method_that_calls_its_base_class_s(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class Base(MethodView):
    word = "base"

    def get(self):
        return self.word

class X(Base):
    word = "x"

    def get(self):
        return super().get() + "!"

class Y(X):
    def get(self):
        return super().get() + "?"

app.add_url_rule("/x", view_func=X.as_view("x"))
app.add_url_rule("/y", view_func=Y.as_view("y"))
"""
    )
    assert both.runtimes() == {"x": "native", "y": "native"}
    assert both.same("GET", "/x")[1] == b"x!"
    assert both.same("GET", "/y")[1] == b"x!?"


def test_a_method_of_its_own_for_head_and_options(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class Star(MethodView):
    def get(self, name):
        return jsonify(name=name)

    def head(self, name):
        return "", 200, {"X-After": "own head of " + name}

    def options(self, name):
        return "", 200, {"Allow": "GET", "X-After": "own options"}

class Only(MethodView):
    def head(self):
        return "text", 203, {"X-After": request.method}

    def post(self):
        return request.method

@app.get("/stars/sun")
def sun():
    return "", {"X-After": request.method}

@app.route("/function", methods=["HEAD", "POST"])
def function():
    return "text", {"X-After": request.method}

app.add_url_rule("/stars/<name>", view_func=Star.as_view("star"))
app.add_url_rule("/only", view_func=Only.as_view("only"))
"""
    )
    assert both.runtimes() == {"star": "native", "sun": "native", "function": "native", "only": "native"}
    assert '@router.head("/stars/{name}", name="star")' in both.text("routers/root.py")
    for method in ("GET", "HEAD", "POST", "PUT"):
        for path in ("/stars/a", "/stars/sun", "/only", "/function", "/none"):
            both.same(method, path)
    assert both.same("HEAD", "/stars/a")[2]["x-after"] == "own head of a"
    assert both.same("HEAD", "/stars/sun")[2]["x-after"] == "HEAD"
    assert both.same("OPTIONS", "/stars/a")[2]["x-after"] == "own options"
    assert both.same("OPTIONS", "/only")[2]["allow"] == "HEAD, OPTIONS, POST"
    assert both.same("GET", "/only")[0] == both.same("GET", "/function")[0] == 405


def test_methods_of_the_class(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
class Base(MethodView):
    word, suffix = "base", "!"

    @classmethod
    def shout(cls, text):
        return f"{text}{cls.suffix}".upper()

    @classmethod
    def twice(cls, text):
        return cls.shout(text) * 2

class One(Base):
    word = "one"

    @classmethod
    @signed_in
    def get(cls):
        return cls.twice(cls.word) + cls.__name__

    def post(self):
        return One.shout(self.word) + self.shout("b")

app.add_url_rule("/one", view_func=One.as_view("one"))
"""
    )
    assert both.runtimes() == {"one": "native"}
    assert both.same("GET", "/one")[0] == 401
    assert both.same("GET", "/one", headers={"X-User": "a"})[1] == b"ONE!ONE!One"
    assert both.same("POST", "/one")[1] == b"ONE!B!"


def test_an_attribute_of_the_name_of_a_global(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
word, other = "a", "b"

class One(MethodView):
    word = word

    def get(self):
        return self.word

class Two(One):
    word, more = other, "more"

    def put(self):
        return self.word + self.more

app.add_url_rule("/one", view_func=One.as_view("one"))
app.add_url_rule("/two", view_func=Two.as_view("two"))
"""
    )
    assert both.runtimes() == {"one": "native", "two": "native"}
    assert [both.same("GET", path)[1] for path in ("/one", "/two")] == [b"a", b"b"]
    assert both.same("PUT", "/two")[1] == b"bmore"


MADE_IN_INIT = """
from marshmallow import Schema, fields

class Pet(Schema):
    name = fields.Str(required=True)

class Toy(Schema):
    size = fields.Int()

class Base(MethodView):
    schema_class = None
    def __init__(self, other):
        self.schema = self.schema_class()
        self.many = self.schema_class(many=True)
        self.other = other(only=("size",))
        self.toys = Toy(many=True)
    def post(self):
        return jsonify(self.schema.dump(request.json), self.other.dump({"size": "3"}))
    def put(self):
        return jsonify(self.many.dump([request.json]), self.toys.dump([{"size": 4, "more": 1}]))

class Pets(Base):
    schema_class = Pet

class Toys(Base):
    schema_class = Toy

app.add_url_rule("/pets", view_func=Pets.as_view("pets", Toy))
app.add_url_rule("/toys", view_func=Toys.as_view("toys", other=Toy))
"""


def test_schemas_that_init_makes_of_classes_it_is_given_or_knows(pair: Pairs) -> None:
    both = pair(HEAD + MADE_IN_INIT)
    assert both.runtimes() == {"pets": "native", "toys": "native"}, both.findings("pets")
    for path in ("/pets", "/toys"):
        for sent in ({"name": "a", "size": 1}, {}):
            both.same("POST", path, json=sent)
            both.same("PUT", path, json=sent)


def test_what_init_makes_of_a_class_that_may_change_stays(pair: Pairs) -> None:
    both = pair(HEAD + MADE_IN_INIT + "\n\ndef later():\n    Pets.schema_class = Toy\n")
    assert both.runtimes()["pets"] == "flask"
    both = pair(HEAD + MADE_IN_INIT.replace("Toy(many=True)", "[Toy()]"))
    assert both.runtimes() == {"pets": "flask", "toys": "flask"}
