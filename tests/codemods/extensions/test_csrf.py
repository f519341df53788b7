"""Flask-WTF's CSRFProtect: what stays, and the check ahead of converted views beside Flask's own."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from codemods.compat.csrf import InvalidTokenError, check_token

Pairs = Callable[..., Any]

HEAD = """
from flask import Blueprint, Flask, jsonify, render_template_string, request, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from wtforms import StringField
app = Flask(__name__)
app.config["SECRET_KEY"] = "not a secret"
"""
NOTES = """
@app.route("/notes", methods=["GET", "POST", "PUT", "DELETE"])
def notes():
    return jsonify(method=request.method)
"""


def test_a_check_of_another_class_or_with_answers_of_its_own_stays(pair: Pairs) -> None:
    own = "class Protect(CSRFProtect):\n    def protect(self, apply_exemptions=False):\n        pass\nProtect(app)\n"
    pair(HEAD + own + NOTES).stays("notes", "FM797")
    answers = (
        "csrf = CSRFProtect(app)\ndef deny(reason):\n    raise CSRFError(reason + '!')\ncsrf._error_response = deny\n"
    )
    pair(HEAD + answers + NOTES).stays("notes", "FM797")


def test_a_token_that_is_made_by_another_key_stays(pair: Pairs) -> None:
    view = "@app.get('/token')\ndef token():\n    return generate_csrf('other')\n"
    pair(HEAD + "CSRFProtect(app)\n" + view).stays("token", "FM797")


PROTECTED = """
csrf = CSRFProtect()
admin = Blueprint("admin", __name__, url_prefix="/admin")
hooks = Blueprint("hooks", __name__, url_prefix="/hooks")
csrf.exempt(hooks)

@app.get("/page")
def page():
    return render_template_string("{{ csrf_token() }} {{ csrf_token() }} {{ csrf_meta_tag() }}")

@app.get("/token")
def token():
    return generate_csrf()

@app.post("/exempt")
@csrf.exempt
def exempt():
    return "exempt"

@app.post("/now")
@csrf.exempt
def now():
    if request.args.get("check"):
        csrf.protect()
    return "now"

class NameForm(FlaskForm):
    name = StringField()

@app.post("/form")
def form():
    form = NameForm()
    return jsonify(valid=form.validate_on_submit(), errors=form.errors)

@admin.post("/")
def change():
    return "changed"

@hooks.post("/")
def hook():
    return "hooked"

app.register_blueprint(admin)
app.register_blueprint(hooks)
csrf.init_app(app)
"""


TOKENS: dict[str, Callable[[str], dict[str, Any]]] = {
    "none": lambda _: {},
    "an empty one": lambda _: {"data": {"csrf_token": ""}},
    "of a form": lambda token: {"data": {"csrf_token": token}},
    "of a form with a prefix": lambda token: {"data": {"a-csrf_token": "", "b-csrf_token": token}},
    "of a header": lambda token: {"headers": {"X-CSRFToken": token}, "json": {"a": 1}},
    "of the other header": lambda token: {"headers": {"X-CSRF-Token": token}},
    "of another header": lambda token: {"headers": {"X-Token": token}},
    "of JSON": lambda token: {"json": {"csrf_token": token}},
    "changed": lambda token: {"data": {"csrf_token": f"{token}x"}},
    "of nobody": lambda _: {"data": {"csrf_token": "IjEi.aaaa.bbbb"}},
    "over HTTPS": lambda token: {
        "headers": {"X-CSRFToken": token, "Referer": "https://localhost/page"}, "base_url": "https://localhost"
    },
    "over HTTPS from elsewhere": lambda token: {
        "headers": {"X-CSRFToken": token, "Referer": "https://localhost:444/page"}, "base_url": "https://localhost"
    },
    "over HTTPS from nowhere": lambda token: {"headers": {"X-CSRFToken": token}, "base_url": "https://localhost"},
}  # fmt: skip


PATHS = ("/notes", "/form", "/now?check=1", "/now", "/exempt", "/admin/", "/hooks/", "/no")


def test_a_page_of_either_side_is_sent_to_the_other(pair: Pairs) -> None:
    both = pair(HEAD + NOTES + PROTECTED)
    assert set(both.runtimes().values()) == {"native"}
    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"):
        both.same(method, "/notes")
    with both.clients() as (flask, fastapi):
        token, again, *tag = fastapi.get("/page").text.split(" ", 2)
        assert token == again
        assert re.fullmatch(r'<meta name="csrf-token" content="([^"]+)">', tag[0])
        flask.set_cookie("session", fastapi.cookies["session"])
        for one in (token, fastapi.get("/token").text, flask.get("/page").text.split()[0]):
            for path, way in product(PATHS, TOKENS):
                request = TOKENS[way](one)
                theirs = flask.post(path, **request)
                mine = fastapi.post(f"{request.pop('base_url', 'http://localhost')}{path}", **request)
                assert (mine.status_code, mine.content) == (theirs.status_code, theirs.get_data()), (path, way)


def test_settings_of_the_source_and_a_handler_for_wrong_tokens(pair: Pairs) -> None:
    both = pair(
        HEAD
        + """
app.config.update(WTF_CSRF_METHODS=["PUT"], WTF_CSRF_FIELD_NAME="t", WTF_CSRF_HEADERS=["X-Own"])
CSRFProtect(app)
@app.errorhandler(CSRFError)
def wrong(error):
    return jsonify(why=error.description, name=error.name), error.code
"""
        + NOTES
    )
    assert both.runtimes() == {"notes": "native"}
    assert both.same("PUT", "/notes")[1] == b'{"name":"Bad Request","why":"The CSRF token is missing."}\n'
    for method in ("PUT", "POST"):
        both.same(method, "/notes", headers={"X-Own": "x"})
        assert both.alone(method, "/notes")[0] == (400 if method == "PUT" else 200)


def test_a_check_that_settings_switch_off(pair: Pairs) -> None:
    both = pair(HEAD + 'app.config["WTF_CSRF_ENABLED"] = False\nCSRFProtect(app)\n' + NOTES)
    assert both.runtimes() == {"notes": "native"}
    assert both.same("POST", "/notes")[0] == both.alone("POST", "/notes")[0] == 200


def test_a_setting_that_only_the_application_knows(pair: Pairs) -> None:
    limit = 'app.config["WTF_CSRF_TIME_LIMIT"] = len(app.blueprints) + 5\nCSRFProtect(app)\n'
    both = pair(HEAD + limit + NOTES)
    assert both.runtimes() == {"notes": "bridged"}
    both.same("POST", "/notes")


def test_tokens_without_a_key_are_a_mistake_of_the_application() -> None:
    with pytest.raises(RuntimeError, match="A secret key is required"):
        check_token(None, "token", None, "csrf_token", 60)  # type: ignore[arg-type]  # no request is looked at
    assert issubclass(InvalidTokenError, ValueError)
