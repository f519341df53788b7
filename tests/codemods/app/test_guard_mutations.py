"""Guards can be seen: without any one of them in the generated code, some request is answered otherwise.

For each kind of guard an application of a few lines is converted and asked; then the guards are taken out of the
generated files one by one, and the same requests are asked again.
"""

import ast
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

Files = Mapping[str, str]
Asked = tuple[str, str, dict[str, Any]]

HEAD = """
import base64
import hmac
from functools import wraps
from flask import Blueprint, Flask, abort, g, jsonify, make_response, redirect, request, session, url_for
from flask.views import MethodView
app = Flask(__name__)
app.secret_key = "k"
TOKENS = {"t-ann": "ann", "t-bob": "bob"}

def bearer():
    return TOKENS.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
"""
ANN = {"headers": {"Authorization": "Bearer t-ann"}}
BOB = {"headers": {"Authorization": "Bearer t-bob"}}

APPLICATIONS: dict[str, tuple[str, list[Asked]]] = {
    "a decorator": (
        """
def login_required(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if not bearer():
            return jsonify(error="who?"), 401
        return view(*args, **kwargs)
    return wrapper

@app.route("/a", methods=["GET", "POST"])
@login_required
def a():
    return jsonify(request.get_json(silent=True))
""",
        [("GET", "/a", {}), ("POST", "/a", {"json": [1]}), ("GET", "/a", ANN)],
    ),
    "a permission with arguments, below a check that loads": (
        """
def known(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        user = bearer()
        if user is None:
            abort(401)
        return view(user, *args, **kwargs)
    return wrapper

def only(*names):
    def decorate(view):
        @wraps(view)
        def wrapper(user, *args, **kwargs):
            if user not in names:
                abort(403)
            return view(user, *args, **kwargs)
        return wrapper
    return decorate

@app.get("/a/<int:number>")
@known
@only("ann")
def a(user, number):
    return {"user": user, "number": number}
""",
        [("GET", "/a/1", {}), ("GET", "/a/1", ANN), ("GET", "/a/1", BOB)],
    ),
    "a hook that a function with arguments registers": (
        """
closed = Blueprint("closed", __name__, url_prefix="/closed")

def guard(blueprint, name):
    @blueprint.before_request
    def check():
        if bearer() != name:
            abort(403)

guard(closed, "ann")

@closed.get("/a")
def a():
    return "a"

app.register_blueprint(closed)
""",
        [("GET", "/closed/a", {}), ("GET", "/closed/a", ANN), ("GET", "/closed/a", BOB)],
    ),
    "a partial function of a guarded view": (
        """
import functools

def known(view):
    @wraps(view)
    def wrapper(**kwargs):
        if not bearer():
            abort(401)
        return view(**kwargs)
    return wrapper

@known
def show(number, kind="k"):
    return jsonify(kind, number)

app.add_url_rule("/a/<int:number>", "a", functools.partial(show, kind="other"))
""",
        [("GET", "/a/1", {}), ("GET", "/a/1", ANN)],
    ),
    "Flask-Login's decorators": (
        """
from flask_login import LoginManager, UserMixin, current_user, fresh_login_required, login_required, login_user
login_manager = LoginManager(app)

class User(UserMixin):
    id = "1"

@login_manager.user_loader
def load_user(user_id):
    return User()

@app.post("/login")
def login():
    login_user(User(), fresh=False)
    return "in"

@app.get("/a")
@login_required
def a():
    return "a"

@app.get("/fresh")
@fresh_login_required
def fresh():
    return "fresh"

admin = Blueprint("admin", __name__, url_prefix="/admin")

@admin.before_request
@login_required
def check():
    pass

@admin.post("/a")
def post():
    return jsonify(request.get_json())

app.register_blueprint(admin)
""",
        [
            ("GET", "/a", {}),
            ("GET", "/fresh", {}),
            ("POST", "/admin/a", {"data": "{"}),
            ("POST", "/login", {}),
            ("GET", "/a", {}),
            ("GET", "/fresh", {}),
            ("POST", "/admin/a", {"json": 1}),
        ],
    ),
    "a dispatch that calls the base class's": (
        """
class Signed(MethodView):
    def dispatch_request(self, *args, **kwargs):
        self.user = bearer()
        if self.user is None:
            abort(401)
        return super().dispatch_request(*args, **kwargs)

class Items(Signed):
    def get(self, number):
        return {"user": self.user, "number": number}

    def post(self, number):
        return jsonify(request.get_json())

app.add_url_rule("/a/<int:number>", view_func=Items.as_view("a"))
""",
        [("GET", "/a/1", {}), ("GET", "/a/1", ANN), ("POST", "/a/1", {"json": [1]}), ("POST", "/a/1", {"data": "{"})],
    ),
    "an API key in constant time": (
        """
def keyed(view):
    @wraps(view)
    def wrapper(**kwargs):
        if hmac.compare_digest(request.headers.get("X-API-Key", ""), "secret"):
            return view(**kwargs)
        abort(401, description="invalid key")
    return wrapper

@app.delete("/a/<name>")
@keyed
def a(name):
    return {"deleted": name}
""",
        [("DELETE", "/a/x", {}), ("DELETE", "/a/x", {"headers": {"X-API-Key": "secret"}})],
    ),
    "HTTP basic taken apart by hand": (
        """
def basic(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        kind, _, sent = request.headers.get("Authorization", "").partition(" ")
        if kind != "Basic" or base64.b64decode(sent) != b"ann:pw":
            response = make_response("sign in", 401)
            response.headers["WWW-Authenticate"] = 'Basic realm="all"'
            return response
        return view(*args, **kwargs)
    return wrapper

@app.get("/a")
@basic
def a():
    return "in"
""",
        [("GET", "/a", {}), ("GET", "/a", {"headers": {"Authorization": "Basic YW5uOnB3"}})],
    ),
    "a hook of the application": (
        """
@app.before_request
def check():
    if request.endpoint != "open_to_all" and not bearer():
        return jsonify(error="who?"), 401

@app.get("/a")
def a():
    return "a"

@app.get("/open")
def open_to_all():
    return "open"
""",
        [("GET", "/a", {}), ("GET", "/open", {}), ("GET", "/a", ANN)],
    ),
    "hooks of nested blueprints": (
        """
outer = Blueprint("outer", __name__, url_prefix="/outer")
inner = Blueprint("inner", __name__, url_prefix="/inner")

@outer.before_request
def signed_in():
    if not bearer():
        abort(401)

@inner.before_request
def is_ann():
    if bearer() != "ann":
        abort(403)

@outer.get("/a")
def a():
    return "a"

@inner.get("/b")
def b():
    return "b"

outer.register_blueprint(inner)
app.register_blueprint(outer)
""",
        [("GET", path, who) for path in ("/outer/a", "/outer/inner/b") for who in ({}, ANN, BOB)],
    ),
    "decorators of a class and of a method": (
        """
def signed_in(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if not bearer():
            abort(401)
        return view(*args, **kwargs)
    return wrapper

def is_ann(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if bearer() != "ann":
            abort(403)
        return view(*args, **kwargs)
    return wrapper

class Items(MethodView):
    decorators = [signed_in]

    def get(self):
        return "items"

    @is_ann
    def delete(self):
        return "gone"

app.add_url_rule("/a", view_func=Items.as_view("a"))
""",
        [(method, "/a", who) for method in ("GET", "DELETE") for who in ({}, ANN, BOB)],
    ),
    "a token of Flask-JWT-Extended": (
        """
from flask_jwt_extended import JWTManager, create_access_token, get_jwt_identity, jwt_required
app.config["JWT_SECRET_KEY"] = "a secret that is long enough for the tests"
jwt = JWTManager(app)

@app.get("/a")
@jwt_required()
def a():
    return jsonify(by=get_jwt_identity())
""",
        [("GET", "/a", {}), ("GET", "/a", {"headers": {"Authorization": "Bearer x.y.z"}})],
    ),
    "a token against forged forms": (
        """
def csrf(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if request.form.get("token", "") != session.get("token", "none"):
            abort(400, description="bad token")
        return view(*args, **kwargs)
    return wrapper

@app.post("/a")
@csrf
def a():
    return "saved"
""",
        [("POST", "/a", {}), ("POST", "/a", {"data": {"token": "x"}})],
    ),
    "a token of Flask-WTF": (
        """
from flask_wtf.csrf import CSRFProtect
csrf = CSRFProtect(app)

@app.post("/a")
def a():
    return "saved"

@app.post("/open")
@csrf.exempt
def exempt():
    return "open"
""",
        [("POST", "/a", {}), ("POST", "/a", {"data": {"csrf_token": "x"}}), ("POST", "/open", {})],
    ),
    "a session, with a redirect": (
        """
def login_required(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "user" not in session:
            return redirect(url_for("login", next=request.path))
        return view(*args, **kwargs)
    return wrapper

@app.get("/login")
def login():
    return "login"

@app.get("/a")
@login_required
def a():
    return "in"
""",
        [("GET", "/a", {}), ("GET", "/login", {})],
    ),
    "a check around the view of one declaration only": (
        """
def login_required(view):
    def wrapper(*args, **kwargs):
        if not bearer():
            abort(401)
        return view(*args, **kwargs)
    return wrapper

def stats():
    return jsonify(total=3)

app.add_url_rule("/open", "open", stats)
app.add_url_rule("/a", "a", login_required(stats))
""",
        [("GET", "/open", {}), ("GET", "/a", {}), ("GET", "/a", ANN)],
    ),
    "a check below what changes its answer": (
        """
def stamped(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        response = make_response(view(*args, **kwargs))
        response.headers["X-After"] = "stamped"
        return response
    return wrapper

def login_required(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if not bearer():
            return "who?", 401
        return view(*args, **kwargs)
    return wrapper

@app.get("/a")
@stamped
@login_required
def a():
    return "in"
""",
        [("GET", "/a", {}), ("GET", "/a", ANN)],
    ),
}

DEPENDENCY = re.compile(r"Depends\((?!\w+_scheme\b)[a-z]\w*(?:\([^()]*\))?\)")
DECORATOR = re.compile(r"^@(?!router\.)\w.*\n", re.MULTILINE)
HOOK = re.compile(r"^(?:async )?def \w+\(request: Request\) -> None:\n", re.MULTILINE)


def without_one_guard(files: Files) -> Iterator[tuple[str, Files]]:
    """The generated files, each time without one guard, and which."""
    hooks = {found[0] for path, text in files.items() if path.endswith("hooks.py") for found in HOOK.finditer(text)}
    for head in sorted(hooks):
        opened = {path: text.replace(head, f"{head}    return None\n") for path, text in files.items()}
        yield head, {path: opened[path] if path.endswith("hooks.py") else text for path, text in files.items()}
    for path, text in files.items():
        if path.endswith("dependencies.py") or "routers/" in path:
            for found in DEPENDENCY.finditer(text):
                yield found[0], {**files, path: f"{text[: found.start()]}Depends(lambda: None){text[found.end() :]}"}
        if "routers/" in path:
            for found in DECORATOR.finditer(text):
                yield found[0], {**files, path: text[: found.start()] + text[found.end() :]}


@pytest.mark.parametrize("kind", APPLICATIONS)
def test_no_guard_can_be_taken_away_unseen(pair: Callable[..., Any], tmp_path: Path, kind: str) -> None:
    source, requests = APPLICATIONS[kind]
    both = pair(HEAD + source)
    assert "flask" not in both.runtimes().values()
    answers = [both.same(method, path, **sent) for method, path, sent in requests]
    mutants = list(without_one_guard(both.conversion.files))
    assert mutants
    for number, (guard, files) in enumerate(mutants):
        package = f"mutant_{sorted(APPLICATIONS).index(kind)}_{number}"
        for path, text in files.items():
            (tmp_path / package / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / package / path).write_text(text)
        application = importlib.import_module(f"{package}.main").create_app(both.flask)
        with TestClient(
            application, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False
        ) as client:
            client.headers.clear()
            seen = [client.request(method, path, **sent) for method, path, sent in requests]
        assert [(one.status_code, one.content, one.headers.get("x-after")) for one in seen] != [
            (status, body, headers["x-after"]) for status, body, headers in answers
        ], f"nothing shows that {guard!r} is gone"


SHOP_CHECK = """
import importlib, json, sys
from fastapi.testclient import TestClient
from shop import create_app
from shop.extensions import db
from shop.models import User
from flask_jwt_extended import create_access_token

app = create_app("testing", SQLALCHEMY_DATABASE_URI="sqlite:///" + sys.argv[1], REVIEWS_ENABLED=False)
with app.app_context():
    db.create_all()
    carol = User(email="carol@example.com", name="Carol", role="customer")
    carol.set_password("secret-123")
    db.session.add(carol)
    db.session.commit()
    token = {"Authorization": "Bearer " + create_access_token(carol)}

ASKED = [
    ("POST", "/api/v1/auth/login", {"content": "[]", "headers": {"Content-Type": "application/json"}}),
    ("GET", "/api/v1/auth/me", {}),
    ("DELETE", "/api/v1/catalogue/products/1", {}),
    ("GET", "/api/v1/catalogue/products/999", {}),
    ("GET", "/api/v1/catalogue/products/1/reviews/", {}),
    ("GET", "/api/v1/orders/00000000-0000-0000-0000-000000000001", {"headers": token}),
    ("GET", "/api/v1/admin/users", {"headers": token}),
    ("GET", "/account", {}),
]

def answers(package):
    application = importlib.import_module(package + ".main").create_app(app)
    options = {"raise_server_exceptions": False, "follow_redirects": False, "base_url": "http://localhost"}
    with TestClient(application, **options) as client:
        client.headers.clear()
        found = [client.request(method, path, **sent) for method, path, sent in ASKED]
        return [(one.status_code, one.text) for one in found]

with app.test_client() as client:
    found = [
        client.open(path, method=method, headers=sent.get("headers"), data=sent.get("content"))
        for method, path, sent in ASKED
    ]
    theirs = [(one.status_code, one.text) for one in found]
print(json.dumps([theirs, {package: answers(package) for package in sys.argv[2:]}]))
"""


def without_definition(text: str, name: str) -> str:
    """A module in which a guard, or what a guard's factory returns, lets everything through."""
    tree = ast.parse(text)
    function = next(one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name)
    inner = next((one for one in function.body if isinstance(one, ast.FunctionDef)), function)
    first = inner.body[0]
    lines = text.splitlines(keepends=True)
    lines.insert(first.lineno - 1, f"{' ' * first.col_offset}return None\n")
    return "".join(lines)


def test_no_guard_of_the_shop_can_be_taken_away_unseen(shop: tuple[Path, Any, Any]) -> None:
    root, conversion, _ = shop
    guards = {
        "bridged/dependencies.py": [
            "json_required", "jwt_required", "role_required", "signin_required", "with_order", "with_product",
        ],
        "bridged/hooks.py": ["require_admin", "require_feature"],
    }  # fmt: skip
    defined = ast.parse(conversion.files["bridged/dependencies.py"]).body
    assert {one.name for one in defined if isinstance(one, ast.FunctionDef)} == {*guards["bridged/dependencies.py"]}
    packages = []
    for path, names in guards.items():
        for name in names:
            packages.append(f"without_{name}")
            files = {**conversion.files, path: without_definition(conversion.files[path], name)}
            for file, text in files.items():
                (root / packages[-1] / file).parent.mkdir(parents=True, exist_ok=True)
                (root / packages[-1] / file).write_text(text)
    (root / "check_guards.py").write_text(SHOP_CHECK)
    command = [sys.executable, "check_guards.py", str(root / "shop.db"), "fastapi_app", *packages]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    theirs, mine = json.loads(done.stdout.splitlines()[-1])
    assert [status for status, _ in theirs] == [400, 401, 401, 404, 503, 404, 403, 302]
    assert mine.pop("fastapi_app") == theirs
    assert [package for package, answers in mine.items() if answers == theirs] == []
