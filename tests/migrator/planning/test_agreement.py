"""The forecast and the conversion agree on what facts alone can tell, case by case on real small applications."""

import sys

import pytest

from codemods.pipeline import convert
from migrator.planning.forecast import forecast
from migrator.project import Choices, load_project
from migrator.settings import Settings

HEAD = """
import flask
from flask import Flask, current_app, g, jsonify, render_template, request, send_file, session, url_for
from flask.views import MethodView, View
from werkzeug.routing import BaseConverter

app = Flask(__name__)
app.secret_key = "secret"
"""
CASES = {
    "plain": '@app.get("/x")\ndef x():\n    return jsonify(a=1)\n',
    "query": '@app.get("/x")\ndef x():\n    return {"q": request.args.get("q", "")}\n',
    "url_for": '@app.get("/x")\ndef x():\n    return url_for("x")\n',
    "session": '@app.get("/x")\ndef x():\n    return {"n": session.get("n")}\n',
    "current_app": '@app.get("/x")\ndef x():\n    return {"name": current_app.name}\n',
    "g in a helper": 'def user():\n    return g.get("user")\n\n@app.get("/x")\ndef x():\n    return {"u": user()}\n',
    "template": '@app.get("/x")\ndef x():\n    return render_template("x.html")\n',
    "send_file": '@app.get("/x")\ndef x():\n    return send_file("app.py")\n',
    "environ": '@app.get("/x")\ndef x():\n    return request.environ["REQUEST_METHOD"]\n',
    "module import": '@app.get("/x")\ndef x():\n    return {"q": flask.request.args.get("q", "")}\n',
    "int": '@app.get("/x/<int:n>")\ndef x(n):\n    return {"n": n}\n',
    "int with limits": '@app.get("/x/<int(min=1):n>")\ndef x(n):\n    return {"n": n}\n',
    "any": '@app.get("/x/<any(a, b):n>")\ndef x(n):\n    return {"n": n}\n',
    "defaults": '@app.get("/x", defaults={"n": 1})\n@app.get("/x/<int:n>")\ndef x(n):\n    return {"n": n}\n',
    "converter class": (
        'class Even(BaseConverter):\n    regex = "[02468]"\n\napp.url_map.converters["even"] = Even\n\n'
        '@app.get("/x/<even:n>")\ndef x(n):\n    return {"n": n}\n'
    ),
    "method view": (
        'class X(MethodView):\n    def get(self):\n        return {"a": 1}\n\n'
        'app.add_url_rule("/x", view_func=X.as_view("x"))\n'
    ),
    "class-based view": (
        'class X(View):\n    def dispatch_request(self):\n        return {"a": 1}\n\n'
        'app.add_url_rule("/x", view_func=X.as_view("x"))\n'
    ),
    "class in a function": (
        'def make():\n    class X(View):\n        def dispatch_request(self):\n            return {"a": 1}\n'
        '    return X.as_view("x")\n\napp.add_url_rule("/x", view_func=make())\n'
    ),
    "own head": (
        'class X(MethodView):\n    def get(self):\n        return {"a": 1}\n\n'
        '    def head(self):\n        return ""\n\n'
        'app.add_url_rule("/x", view_func=X.as_view("x"))\n'
    ),
    "lambda": 'app.add_url_rule("/x", "x", lambda: "x")\n',
    "nested": 'def make():\n    @app.get("/x")\n    def x():\n        return "x"\n\nmake()\n',
    "foreign hook": (
        'import json\n\napp.before_request(json.JSONEncoder().default)\n\n@app.get("/x")\ndef x():\n    return "x"\n'
    ),
    "url_value_preprocessor": (
        "@app.url_value_preprocessor\ndef pull(endpoint, values):\n    pass\n\n"
        '@app.get("/x")\ndef x():\n    return "x"\n'
    ),
    "request class": (
        'class Own(flask.Request):\n    pass\n\napp.request_class = Own\n\n@app.get("/x")\ndef x():\n    return "x"\n'
    ),
    "signal": (
        "def heard(sender, **extra):\n    pass\n\nflask.request_finished.connect(heard, app)\n\n"
        '@app.get("/x")\ndef x():\n    return "x"\n'
    ),
    "signal that is received": (
        "@flask.request_started.connect_via(app)\ndef heard(sender, **extra):\n    g.heard = True\n\n"
        '@app.get("/x")\ndef x():\n    return "x"\n'
    ),
    "the application's variable": '@app.get("/x")\ndef x():\n    return {"name": app.name}\n',
    "a response of the application's class": '@app.get("/x")\ndef x():\n    return app.response_class("x")\n',
    "the application handed on": '@app.get("/x")\ndef x():\n    return {"n": str(app)}\n',
    "made of a class": (
        'class Book:\n    name = \'x\'\n\nBOOKS = [Book()]\n\n@app.get("/x")\ndef x():\n    return {"n": len(BOOKS)}\n'
    ),
    "context variable": (
        'import contextvars\n\ntrace = contextvars.ContextVar("trace", default="x")\n\n'
        '@app.get("/x")\ndef x():\n    return trace.get()\n'
    ),
    "a decorator above": ('def guard(view):\n    return view\n\n@guard\n@app.get("/x")\ndef x():\n    return "x"\n'),
    "a method": (
        'class Greeter:\n    def __call__(self):\n        return \'x\'\n\napp.add_url_rule("/x", "x", Greeter())\n'
    ),
    "redirect": 'app.add_url_rule("/x", "x", redirect_to="/y")\n',
    "url_defaults": (
        "@app.url_defaults\ndef add(endpoint, values):\n"
        "    if app.url_map.is_endpoint_expecting(endpoint, 'n'):\n        values.setdefault('n', 1)\n\n"
        '@app.get("/x")\ndef x():\n    return url_for("x")\n'
    ),
    "a conditional response": (
        '@app.get("/x")\ndef x():\n    response = flask.make_response("x")\n    response.add_etag()\n'
        "    return response.make_conditional(request)\n"
    ),
    "an object that is called": (
        "class Greeter:\n    def __init__(self, word):\n        self.word = word\n\n"
        "    def __call__(self):\n        return self.word\n\n"
        'greeter = Greeter("x")\napp.add_url_rule("/x", "x", greeter)\n'
    ),
    "an extension's object": (
        "from flask_limiter import Limiter\n\ndef whose():\n    return request.remote_addr\n\n"
        'limiter = Limiter(whose, app=app, storage_uri="memory://")\n\n'
        '@app.get("/x")\n@limiter.limit("2 per day")\ndef x():\n    return "x"\n'
    ),
    "a view that an extension keeps": (
        'from flask_caching import Cache\n\ncache = Cache(app, config={"CACHE_TYPE": "SimpleCache"})\n\n'
        '@app.get("/x")\n@cache.cached()\ndef x():\n    return "x"\n'
    ),
    "made of an extension's class": (
        "from flask_login import UserMixin\n\nclass User(UserMixin):\n    id = 1\n\nUSERS = {1: User()}\n\n"
        '@app.get("/x")\ndef x():\n    return {"n": len(USERS)}\n'
    ),
    "json switch": 'app.json.sort_keys = False\n\n@app.get("/x")\ndef x():\n    return jsonify(b=1, a=2)\n',
}


@pytest.mark.parametrize("case", CASES)
def test_the_forecast_says_what_the_conversion_does(tmp_path, case):
    (tmp_path / "app.py").write_text(HEAD + "\n\n" + CASES[case])
    loaded = load_project(tmp_path, Settings(app="app:app"), Choices(python=sys.executable))
    (planned,) = {route.runtime for route in forecast(loaded.project).routes if route.endpoint == "x"}
    outcome = convert(loaded.project, loaded.sources.files, ["x"], "fastapi_app").outcomes["x"]
    assert planned == outcome.runtime, [str(finding) for finding in outcome.findings]
    if planned == "bridged":
        (planned,) = {one.runtime for one in forecast(loaded.project, is_apart=True).routes if one.endpoint == "x"}
        outcome = convert(loaded.project, loaded.sources.files, ["x"], "fastapi_app", is_apart=True).outcomes["x"]
        assert planned == outcome.runtime == "flask"
