"""Forms of Flask-WTF's: what stays, and converted ones beside Flask's own, which can be sent to one another."""

import re
from collections.abc import Callable
from typing import Any

import pytest

HEAD = """
from flask import Flask, current_app, g, jsonify, render_template_string, request, url_for
from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, FormField, IntegerField, StringField
from wtforms.validators import DataRequired, Length, ValidationError
app = Flask(__name__)
app.config["SECRET_KEY"] = "not a secret"

class NameForm(FlaskForm):
    name = StringField("Name", validators=[DataRequired(), Length(1, 8)])
    age = IntegerField(default=3)
    agreed = BooleanField()

    def validate_name(self, field):
        if field.data == "nobody":
            raise ValidationError("Somebody else, please.")

"""
VIEW = """
@app.route("/{name}", methods=["GET", "POST"])
def {view}():
    form = {}
    if form.validate_on_submit():
        return jsonify(form.data)
    return render_template_string("{{{{ form.hidden_tag() }}}} {{{{ form.name }}}} {{{{ form.errors }}}}", form=form)
"""


def view(form: str, name: str = "index") -> str:
    """A view that makes a form in this way."""
    return VIEW.replace("{name}", "" if name == "index" else name).replace("{view}", name).format(form)


REFUSED = {
    "given the fields": "NameForm(request.form)",
    "given the fields by name": "NameForm(formdata=request.args)",
    "told how to be": 'NameForm(meta={"csrf": False})',
    "given whatever there is": 'NameForm(**{"name": "a"})',
    "not called": "(NameForm, 1)[0]()",
}


def test_forms_that_are_made_in_another_way(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + "".join(view(how, f"v{place}") for place, how in enumerate(REFUSED.values())))
    assert set(both.runtimes().values()) == {"flask"}
    assert all(both.findings(name) for name in both.runtimes())


CLASSES = {
    "files": "class Form(NameForm):\n    file = FileField()\n",
    "a form in a form": "class Form(FlaskForm):\n    name = FormField(NameForm)\n",
    "the request": (
        "class Form(NameForm):\n    def validate_name(self, field):\n        field.data = request.remote_addr\n"
    ),
    "what it is filled with": (
        "class Form(NameForm):\n    def __init__(self, **kwargs):\n"
        '        kwargs.setdefault("formdata", request.args)\n        super().__init__(**kwargs)\n'
    ),
    "arguments that it keeps": "class Form(NameForm):\n    def __init__(self):\n        super().__init__()\n",
    "arguments that it changes": (
        "class Form(NameForm):\n    def __init__(self, **kwargs):\n        kwargs['prefix'] = 'a'\n"
        "        super().__init__(**kwargs)\n"
    ),
    "settings of its own": (
        "class Form(NameForm):\n    def __init__(self, **kwargs):\n        super().__init__(meta={}, **kwargs)\n"
    ),
    "settings that it takes": (
        "class Form(NameForm):\n    def __init__(self, meta=None, **kwargs):\n        super().__init__(**kwargs)\n"
    ),
    "fields by place": (
        "class Form(NameForm):\n    def __init__(self, **kwargs):\n        super().__init__(None, **kwargs)\n"
    ),
    "fields that it is given later": "class Form(NameForm):\n    pass\nForm.more = StringField()\n",
    "fields that it is given by name": "class Form(NameForm):\n    pass\nsetattr(Form, 'b', StringField())\n",
    "another base": "class Mixin:\n    pass\nclass Form(Mixin, NameForm):\n    pass\n",
}


def test_forms_that_do_more(pair: Callable[..., Any]) -> None:
    named = {
        name: re.sub(r"\bForm\b(?=[(.,])(?!Field)", f"Form{place}", text)
        for place, (name, text) in enumerate(CLASSES.items())
    }
    views = [view(f"Form{place}()", f"v{place}") for place in range(len(named))]
    both = pair(HEAD + "".join([*named.values(), *views]))
    assert set(both.runtimes().values()) == {"flask"}


def test_extensions_that_translate(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + "from flask_babel import Babel\nBabel(app)\n" + view("NameForm()"))
    assert both.findings("index")[0].startswith("FM788")


def test_how_it_reads(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + view("NameForm()"))
    assert both.runtimes() == {"index": "native"}
    assert "form = NameForm(**submitted(request, body))" in both.text("routers/root.py")
    carried = next(text for text in both.conversion.files.values() if "class NameForm(FlaskForm):" in text)
    assert "from .compat.forms import FlaskForm" in carried


SENT: dict[str, dict[str, Any]] = {
    "a form": {"data": {"name": "a", "age": "7", "agreed": "y"}},
    "less": {"data": {"agreed": ""}},
    "too much": {"data": {"name": "a" * 9, "age": "x"}},
    "what a method of the form refuses": {"data": {"name": "nobody"}},
    "JSON": {"json": {"name": "a", "age": [8, 9], "agreed": False}},
    "JSON that is no object": {"json": [["name", "a"]]},
    "malformed JSON": {"data": "{", "headers": {"content-type": "application/json"}},
    "nothing": {},
}


def test_what_is_sent_without_a_token(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + 'app.config["WTF_CSRF_ENABLED"] = False\n' + view("NameForm()"))
    assert both.runtimes() == {"index": "native"}
    for sent in SENT.values():
        assert both.same("POST", "/", **sent) == both.alone("POST", "/", **sent)


def test_what_is_not_sent(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + 'app.config["WTF_CSRF_ENABLED"] = False\n'
        + view("NameForm(formdata=None, data={'name': request.args.get('name')})")
    )
    assert both.runtimes() == {"index": "native"}
    both.same("POST", "/?name=c", data={"name": "a"})
    both.same("GET", "/?name=b")


TOKEN = re.compile(rb'name="csrf_token" type="hidden" value="([^"]+)"')


@pytest.fixture
def forms(pair: Callable[..., Any]) -> Any:
    both = pair(HEAD + view("NameForm()"))
    assert both.runtimes() == {"index": "native"}
    return both


def test_a_page_of_one_side_is_sent_to_the_other(forms: Any) -> None:
    with forms.clients() as (flask, fastapi):
        page = flask.get("/")
        token = TOKEN.search(page.data)[1].decode()
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        sent = fastapi.post("/", data={"name": "a", "csrf_token": token}, headers={"cookie": cookie})
        assert sent.json()["name"] == "a"
        page = fastapi.get("/")
        token = TOKEN.search(page.content)[1].decode()
        flask.set_cookie("session", page.cookies["session"])
        assert flask.post("/", data={"name": "b", "csrf_token": token}).json["name"] == "b"


def test_wrong_tokens(forms: Any) -> None:
    with forms.clients() as (flask, _):
        of_another = TOKEN.search(flask.get("/").data)[1].decode()
    for has_session in (False, True):
        for wrong in ({}, {"csrf_token": ""}, {"csrf_token": "wrong"}, {"csrf_token": of_another}):
            with forms.clients() as (flask, fastapi):
                if has_session:
                    assert flask.get("/").status_code == fastapi.get("/").status_code == 200
                fields = {"name": "a", **wrong}
                theirs, mine = flask.post("/", data=fields), fastapi.post("/", data=fields)
                assert without_token(mine.content) == without_token(theirs.data)
                assert b"csrf_token&#39;: [" in mine.content


def without_token(page: bytes) -> bytes:
    """A page whose token is the same for all."""
    return TOKEN.sub(b"token", page)


MODELS = """
NAMES = {"known": 1}

def is_known(name):
    return f"{current_app.name} {name}" in g.get("names", [f"{current_app.name} {one}" for one in NAMES])

class OtherForm(NameForm):
    def __init__(self, known, *args, **kwargs):
        super(OtherForm, self).__init__(*args, **kwargs)
        self.known = known

    def validate_name(self, field):
        if field.data != self.known and is_known(field.data):
            raise ValidationError("Known by now.")
"""


def test_forms_that_use_what_lives_on_the_application(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + MODELS + 'app.config["WTF_CSRF_ENABLED"] = False\n' + view('OtherForm("old", prefix="")'))
    assert both.runtimes() == {"index": "bridged"}
    for name in ("known", "old", "new", ""):
        both.same("POST", "/", data={"name": name})


ELSEWHERE = """
def found(prefix):
    form = NameForm(prefix=prefix)
    return form.name.data if form.is_submitted() else "none"

@app.before_request
def load():
    g.name = NameForm().name.data

@app.errorhandler(404)
def missing(error):
    return jsonify(NameForm().data), 404

@app.route("/helper", methods=["GET", "POST"])
def helper():
    return jsonify(found("a"), found(prefix="b"), g.name)
"""


def test_forms_in_helpers_hooks_and_handlers(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + ELSEWHERE + 'app.config["WTF_CSRF_ENABLED"] = False\n')
    assert both.runtimes() == {"helper": "native"}
    for path in ("/helper", "/none"):
        both.same("GET", path)
        both.same("POST", path, data={"name": "c", "a-name": "d", "b-name": "e"})
