"""Flask-Login: what stays on Flask, then the same answers and cookies from both sides, each taking the other's."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from flask.sessions import SecureCookieSessionInterface

Pairs = Callable[..., Any]
BROWSER = {"User-Agent": "a browser"}

HEAD = """
from functools import wraps
from datetime import timedelta
from flask import Blueprint, Flask, abort, jsonify, redirect, render_template_string, request, url_for
from flask_login import (
    LoginManager, UserMixin, confirm_login, current_user, fresh_login_required, login_fresh, login_required, login_user,
    logout_user,
)
app = Flask(__name__)
app.secret_key = "k"
login_manager = LoginManager(app)
NAMES = {"ann": 1, "bob": 2}

class User(UserMixin):
    def __init__(self, id, name):
        self.id = id
        self.name = name

    @property
    def is_active(self):
        return self.name != "bob"

"""
LOADER = """
@login_manager.user_loader
def load_user(user_id):
    for name, number in NAMES.items():
        if str(number) == user_id:
            return User(number, name)
    return None

"""
ROUTE = """
@app.get("/me")
@login_required
def me():
    return jsonify(id=current_user.id)
"""
REFUSED = {
    "no function that loads users": "",
    "users by the request": LOADER
    + """
@login_manager.request_loader
def load_from_request(request):
    return None
""",
    "a loader that is no function": "login_manager.user_loader(lambda user_id: None)\n",
    "a loader with a decorator": """
def cached(function):
    return function

@login_manager.user_loader
@cached
def load_user(user_id):
    return None
""",
    "a page that is computed": LOADER + 'login_manager.login_view = "".join(["lo", "gin"])\n',
    "a page for each blueprint": LOADER + 'login_manager.blueprint_login_views = {"admin": "login"}\n',
    "an attribute that is set twice": LOADER
    + 'login_manager.login_view = "a"\nif NAMES:\n    login_manager.login_view = "b"\n',
    "a receiver of a signal": LOADER
    + """
from flask_login import user_logged_in

@user_logged_in.connect_via(app)
def logged_in(sender, user):
    pass
""",
    "a cookie that is written for every request": LOADER
    + 'app.config["REMEMBER_COOKIE_REFRESH_EACH_REQUEST"] = True\n',
    "two managers": LOADER + "other_manager = LoginManager()\n",
}
CONVERTED = (
    HEAD
    + LOADER
    + """
login_manager.login_view = "login"
login_manager.refresh_view = "again"
login_manager.login_message_category = "info"

def find(name):
    return User(NAMES[name], name) if name in NAMES else None

@app.get("/login")
def login():
    return render_template_string(
        "{% for one in get_flashed_messages(with_categories=True) %}{{ one }}{% endfor %}{{ current_user.is_active }}"
    )

@app.post("/login")
def log_in():
    user = find(request.form.get("name"))
    if user is None or not login_user(user, remember="remember" in request.form):
        return jsonify(error="refused"), 403
    return jsonify(user=current_user.get_id(), name=current_user.name)

@app.post("/short")
def short():
    login_user(find("ann"), remember=True, duration=timedelta(hours=1), fresh=False)
    return redirect(request.args.get("next") or url_for("me"))

@app.post("/force")
def force():
    return jsonify(login_user(find("bob"), force=True))

@app.get("/me")
@login_required
def me():
    return jsonify(id=current_user.id, fresh=login_fresh(), anonymous=current_user.is_anonymous)

@app.get("/public")
def public():
    if current_user.is_authenticated:
        return f"hi {current_user.name}"
    return jsonify(id=current_user.get_id())

@app.get("/again")
def again():
    confirm_login()
    return "confirmed"

@app.route("/secret", methods=["GET", "DELETE"])
@fresh_login_required
def secret():
    return "secret"

@app.post("/logout")
@login_required
def logout():
    logout_user()
    return "", 204

def boss_only(view):
    @wraps(view)
    @login_required
    def wrapper(*args, **kwargs):
        if current_user.id != 1:
            abort(403)
        return view(*args, **kwargs)
    return wrapper

@app.get("/boss")
@boss_only
def boss():
    return "boss"

admin = Blueprint("admin", __name__, url_prefix="/admin")

@admin.before_request
@login_required
def only_ann():
    if current_user.name != "ann":
        abort(403)

@admin.post("/add/<int:number>")
def add(number):
    return jsonify(number, request.get_json())

app.register_blueprint(admin)
"""
)
ANN, REMEMBERED, BOB = {"name": "ann"}, {"name": "ann", "remember": "1"}, {"name": "bob"}
STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/me", {}), ("GET", "/me?a=1&b=%C3%A9", {}), ("HEAD", "/me", {}), ("OPTIONS", "/me", {}),
    ("GET", "/login", {}), ("GET", "/public", {}), ("POST", "/login", {"data": BOB}),
    ("POST", "/login", {"data": ANN}), ("GET", "/me", {}), ("GET", "/secret", {}), ("GET", "/login", {}),
    ("GET", "/boss", {}), ("POST", "/admin/add/3", {"json": [1]}), ("POST", "/admin/add/3", {"data": "{"}),
    ("POST", "/logout", {}), ("GET", "/me", {}), ("GET", "/boss", {}), ("POST", "/admin/add/3", {"data": "{"}),
    ("POST", "/short", {}), ("GET", "/me", {}), ("GET", "/secret", {}), ("DELETE", "/secret", {}),
    ("GET", "/again", {}), ("GET", "/secret", {}), ("GET", "/me", {"headers": {"User-Agent": "another"}}),
    ("GET", "/secret", {}), ("POST", "/logout", {}), ("GET", "/me", {}), ("POST", "/login", {"data": REMEMBERED}),
    ("GET", "/me", {}), ("POST", "/force", {}), ("GET", "/public", {}), ("POST", "/admin/add/3", {"json": [1]}),
    ("POST", "/logout", {}), ("GET", "/public", {}),
)  # fmt: skip


def cookies(app: Any, headers: list[str]) -> list[str]:
    """Cookies without what changes with the time: the session's as what it keeps."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    kept = (re.sub(r"session=([^;]+)", lambda found: f"session={serializer.loads(found[1])}", one) for one in headers)
    return sorted(re.sub(r"Expires=([\w ,]+):\d\d:\d\d GMT", r"Expires=\1", one) for one in kept)


def ask(app: Any, flask: Any, fastapi: TestClient, method: str, path: str, request: dict[str, Any]) -> tuple[Any, Any]:
    """What both sides answer, with all cookies that they set."""
    headers = BROWSER | request.get("headers", {})
    theirs = flask.open(path, method=method, **request | {"headers": headers})
    sent = {key: value for key, value in request.items() if key != "headers"}
    if isinstance(sent.get("data"), str):
        sent["content"] = sent.pop("data")
    mine = fastapi.request(method, path, headers=headers, **sent)
    return tuple(
        (status, body, found.get("location"), found.get("vary"), cookies(app, every))
        for status, body, found, every in (
            (theirs.status_code, theirs.get_data(), theirs.headers, theirs.headers.getlist("set-cookie")),
            (mine.status_code, mine.content, mine.headers, mine.headers.get_list("set-cookie")),
        )
    )  # type: ignore[return-value]  # a pair


def client(both: Any, beside: bool) -> TestClient:
    app = both.make() if beside else both.make(None)
    return TestClient(
        app, base_url="http://localhost", raise_server_exceptions=False, follow_redirects=False,
        client=("127.0.0.1", 1234),
    )  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_manager_that_cannot_be_read_keeps_its_routes_on_flask(pair: Pairs, case: str) -> None:
    both = pair(HEAD + REFUSED[case] + ROUTE)
    assert both.runtimes() == {"me": "flask"}
    assert both.findings("me")[0][:5] in ("FM761", "FM762")


@pytest.mark.parametrize(
    "route",
    [
        '@app.get("/x")\ndef x():\n    return login_manager.unauthorized()\n',
        '@app.get("/x")\ndef x():\n    login_user(*[User(1, "ann")])\n    return ""\n',
        '@app.after_request\n@login_required\ndef x(a):\n    return a\n\n@app.get("/")\ndef y():\n    return ""\n',
    ],
)
def test_a_use_without_a_counterpart_stays_on_flask(pair: Pairs, route: str) -> None:
    both = pair(HEAD + LOADER + route)
    assert set(both.runtimes().values()) == {"flask"}


@pytest.mark.parametrize("beside", [True, False])
def test_logins_are_as_flask_s(pair: Pairs, beside: bool) -> None:
    both = pair(CONVERTED)
    assert set(both.runtimes().values()) == {"native"}
    assert "dependencies=[Depends(login_required)]" in both.text("routers/root.py")
    assert '"apiKey"' in client(both, beside).app.openapi().__repr__().replace("'", '"')  # type: ignore[attr-defined]
    with client(both, beside) as fastapi:
        flask = both.flask.test_client()
        for method, path, request in STEPS:
            theirs, mine = ask(both.flask, flask, fastapi, method, path, request)
            assert mine == theirs, (method, path, request)


def test_each_side_takes_the_other_s_cookies(pair: Pairs) -> None:
    both = pair(CONVERTED)
    with client(both, True) as fastapi:
        flask = both.flask.test_client()
        fastapi.post("/login", data=REMEMBERED, headers=BROWSER)
        for name in ("session", "remember_token"):
            flask.set_cookie(name, fastapi.cookies[name])
        assert flask.get("/me", headers=BROWSER).get_json() == {"id": 1, "fresh": True, "anonymous": False}
        flask.delete_cookie("session")
        assert flask.get("/me", headers=BROWSER).get_json()["fresh"] is False
        flask = both.flask.test_client()
        flask.post("/login", data=REMEMBERED, headers=BROWSER)
        fastapi.cookies.clear()
        fastapi.cookies["remember_token"] = flask.get_cookie("remember_token").value
        assert fastapi.get("/me", headers=BROWSER).json()["fresh"] is False
        fastapi.cookies.clear()
        fastapi.cookies["remember_token"] = "1|forged"
        assert fastapi.get("/me", headers=BROWSER).status_code == 302


def test_users_of_the_database_an_own_answer_and_an_own_stranger(pair: Pairs) -> None:
    both = pair(
        """
from flask import Flask, abort, jsonify, redirect, render_template_string, request, url_for
from flask_login import (
    AnonymousUserMixin, LoginManager, UserMixin, current_user, login_required, login_user, logout_user,
)
from flask_sqlalchemy import SQLAlchemy
app = Flask(__name__)
app.config.update(SECRET_KEY="k", SQLALCHEMY_DATABASE_URI="sqlite://", REMEMBER_COOKIE_NAME="kept")
db = SQLAlchemy(app)
lm = LoginManager()

class Nobody(AnonymousUserMixin):
    name = "nobody"

class User(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))

with app.app_context():
    db.create_all()
    db.session.add_all([User(id=1, name="ann"), User(id=2, name="bob")])
    db.session.commit()

lm.anonymous_user = Nobody
lm.session_protection = "strong"
lm.init_app(app)

@lm.user_loader
def load_user(user_id):
    return db.session.get(User, int(user_id))

@lm.unauthorized_handler
def unauthorized():
    if request.path.startswith("/api"):
        return jsonify(error="log in", path=request.path), 401
    return redirect(url_for("index"))

@app.get("/")
def index():
    return render_template_string("{{ current_user.name }} {{ current_user.is_anonymous }}")

@app.post("/login/<name>")
def login(name):
    user = User.query.filter_by(name=name).first_or_404()
    login_user(user, remember=bool(request.args.get("r")))
    return jsonify(current_user.name)

@app.get("/api/me")
@login_required
def me():
    return jsonify(id=current_user.id, name=current_user.name)

@app.post("/rename")
@login_required
def rename():
    current_user.name = request.form["name"]
    db.session.commit()
    return current_user.name

@app.post("/logout")
def logout():
    logout_user()
    return redirect("/")
"""
    )
    assert set(both.runtimes().values()) == {"bridged"}
    with client(both, True) as fastapi:
        flask = both.flask.test_client()
        for method, path, request in (
            ("GET", "/", {}), ("GET", "/api/me", {}), ("POST", "/rename", {}), ("POST", "/login/nn", {}),
            ("POST", "/login/ann", {}), ("GET", "/", {}), ("GET", "/api/me", {}),
            ("GET", "/api/me", {"headers": {"User-Agent": "another"}}), ("POST", "/login/bob?r=1", {}),
            ("GET", "/api/me", {}), ("GET", "/api/me", {"headers": {"User-Agent": "another"}}),
            ("POST", "/rename", {"data": {"name": "bert"}}), ("POST", "/logout", {}), ("GET", "/api/me", {}),
        ):  # fmt: skip
            theirs, mine = ask(both.flask, flask, fastapi, method, path, request)
            assert mine == theirs, (method, path)


FACTORY = """
from flask import Blueprint, Flask, flash, redirect, render_template_string, request, url_for
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user, logout_user
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
auth = Blueprint("auth", __name__)

class User(UserMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))

@auth.get("/login")
def login():
    return render_template_string("{{ get_flashed_messages() }} {{ current_user.is_authenticated }}")

@auth.post("/login")
def login_post():
    user = User.query.filter_by(name=request.form.get("name")).first()
    if not user:
        flash("Please check your name.")
        return redirect(url_for("auth.login"))
    login_user(user, remember=bool(request.form.get("remember")))
    return redirect(url_for("profile"))

@auth.get("/logout")
@login_required
def logout():
    logout_user()
    return redirect("/login")

def create_app():
    app = Flask(__name__)
    app.config.update(SECRET_KEY="k", SQLALCHEMY_DATABASE_URI="sqlite://")
    db.init_app(app)
    manager = LoginManager()
    manager.login_view = "auth.login"
    manager.init_app(app)

    @manager.user_loader
    def load_user(user_id):
        return db.session.get(User, int(user_id))

    @app.get("/profile")
    @login_required
    def profile():
        return "Welcome " + current_user.name

    app.register_blueprint(auth)
    with app.app_context():
        db.create_all()
        db.session.add(User(name="ann"))
        db.session.commit()
    return app

app = create_app()
"""


def test_a_manager_that_the_factory_makes(pair: Pairs) -> None:
    both = pair(FACTORY)
    assert set(both.runtimes().values()) == {"bridged"}
    assert "manager = LoginManager(load_user, " in both.text("bridged/login.py")
    with client(both, True) as fastapi:
        flask = both.flask.test_client()
        for method, path, request in (
            ("GET", "/profile", {}), ("GET", "/login", {}), ("POST", "/login", {}), ("GET", "/login", {}),
            ("POST", "/login", {"data": REMEMBERED}), ("GET", "/profile", {}), ("GET", "/login", {}),
            ("GET", "/logout", {}), ("GET", "/profile", {}),
        ):  # fmt: skip
            theirs, mine = ask(both.flask, flask, fastapi, method, path, request)
            assert mine == theirs, (method, path)


def test_a_manager_of_a_factory_that_is_told_more_stays_on_flask(pair: Pairs) -> None:
    both = pair(
        FACTORY.replace("    manager.init_app(app)\n", "    manager.init_app(app)\n    manager.id_attribute = 'x'\n")
    )
    assert set(both.runtimes().values()) == {"flask"}
    assert both.findings("profile")[0].startswith("FM761 how 'id_attribute' is set")
