"""Applications with Flask-CORS: what converts, what stays, and that every answer has the same headers."""

import itertools

import pytest

HEAD = """
from flask import Blueprint, Flask, abort
from flask_cors import CORS

app = Flask(__name__)
api = Blueprint("api", __name__, url_prefix="/api")
ORIGINS = ["https://a.example"]
"""
ROUTES = """

@app.get("/")
def index():
    return "index"


@api.get("/items")
def items():
    return {"items": []}


@api.get("/gone")
def gone():
    abort(410)


@api.get("/broken")
def broken():
    raise ValueError("broken")


app.register_blueprint(api)
"""
CONVERTED = {
    "everywhere": "CORS(app)",
    "options": 'CORS(app, resources={r"/api/*": {"origins": "https://a.example"}}, supports_credentials=True)',
    "a constant": "CORS(app, origins=ORIGINS, intercept_exceptions=False)",
    "in two steps": 'cors = CORS(origins=ORIGINS)\ncors.init_app(app, expose_headers=["X-Total"])',
    "a blueprint": "CORS(api, origins=ORIGINS)",
    "settings": (
        'app.config["CORS_ORIGINS"] = "https://a.example"\napp.config["CORS_EXPOSE_HEADERS"] = ["X-A"]\n'
        'CORS(app, expose_headers="X-B")'
    ),
}
LEFT = {
    "a setting that is computed": 'app.config["CORS_ORIGINS"] = str("https://a.example")\nCORS(app)',
    "a setting with two values": (
        'app.config["CORS_ORIGINS"] = "https://a.example"\napp.config["CORS_ORIGINS"] = "*"\nCORS(app)'
    ),
    "twice": "CORS(app)\nCORS(api)",
    "the environment": 'import os\nCORS(app, origins=os.environ.get("ORIGINS", "*"))',
    "a list that grows": 'CORS(app, origins=ORIGINS)\nORIGINS.append("https://b.example")',
    "options in a dict": 'CORS(app, **{"origins": "*"})',
}


@pytest.mark.parametrize("name", CONVERTED)
def test_answers_have_the_same_headers(pair, name):
    both = pair(HEAD + CONVERTED[name] + ROUTES)
    assert set(both.runtimes().values()) == {"native"}
    names = ("access-control-allow-origin", "access-control-allow-credentials", "access-control-expose-headers", "vary")
    with both.clients() as (flask, fastapi):
        for path, origin in itertools.product(
            ("/", "/api/items", "/api/gone", "/api/broken", "/nowhere"),
            (None, "https://a.example", "https://b.example"),
        ):
            headers = {"Origin": origin} if origin else {}
            theirs, mine = flask.get(path, headers=headers), fastapi.get(path, headers=headers)
            assert mine.status_code == theirs.status_code
            assert {one: mine.headers.get(one) for one in names} == {one: theirs.headers.get(one) for one in names}, (
                path
            )


@pytest.mark.parametrize("name", LEFT)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    both = pair(HEAD + LEFT[name] + ROUTES)
    assert "flask" in both.runtimes().values()
    assert any("FM721" in one for one in both.findings("api.items") + both.findings("index"))


def test_the_options_are_written_as_they_were(pair):
    both = pair(HEAD + CONVERTED["options"] + ROUTES)
    assert (
        "CrossOrigin(resources={'/api/*': {'origins': 'https://a.example'}}, supports_credentials=True)"
        in both.text("hooks.py")
    )
