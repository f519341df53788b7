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


DECORATED = """
from functools import wraps

from flask import request
from flask_cors import cross_origin


def keyed(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if "X-Key" not in request.headers:
            return "no key", 401
        return view(*args, **kwargs)

    return wrapper


@app.route("/one", methods=["GET", "POST"])
@cross_origin(origins=["https://a.example"], allow_headers=["X-Token"], max_age=5)
def one():
    if request.args.get("gone"):
        abort(410)
    return {"sent": request.get_json(silent=True)}


@app.get("/own")
@keyed
@cross_origin(supports_credentials=True)
def own():
    return "own", 201


@app.post("/below")
@cross_origin()
@keyed
def below():
    return request.form["x"]


@app.route("/asked", methods=["GET", "OPTIONS"])
@cross_origin(automatic_options=False, origins="https://b.example")
def asked():
    return request.method


@app.delete("/one")
def other():
    return "other"


@app.get("/plain")
def plain():
    return "plain"
"""
CROSS = ("access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-headers",
         "access-control-allow-methods", "access-control-max-age", "vary", "content-type")  # fmt: skip


@pytest.mark.parametrize("more", ["", "CORS(app)"], ids=["alone", "beside CORS"])
def test_decorated_views_have_headers_of_their_own(pair, more):
    both = pair(HEAD + more + DECORATED)
    assert set(both.runtimes().values()) == {"native"}
    with both.clients() as (flask, fastapi):
        for method, path, origin, key in itertools.product(
            ("GET", "OPTIONS", "POST"),
            ("/one", "/one?gone=1", "/own", "/asked", "/plain", "/below"),
            (None, "https://a.example", "https://b.example"),
            (False, True),
        ):
            headers = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-token, x-other"}
            headers |= ({"Origin": origin} if origin else {}) | ({"X-Key": "k"} if key else {})
            theirs = flask.open(path, method=method, headers=headers)
            mine = fastapi.request(method, path, headers=headers)
            shown = [mine.status_code, mine.content, *(mine.headers.get(one) for one in CROSS)]
            expected = [theirs.status_code, theirs.data, *(theirs.headers.get(one) for one in CROSS)]
            assert shown == expected, (method, path, headers)
            allow = set(theirs.headers.get("Allow", "").split(", "))
            assert set(mine.headers.get("Allow", "").split(", ")) == allow, (method, path)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('@app.get("/")\n@cross_origin(origins=str(1))\ndef index():\n    return ""\n', "FM113"),
        ('@app.get("/")\n@cross_origin()\nasync def index():\n    return ""\n', "FM113"),
        ('@app.get("/")\n@cross_origin(origins=ORIGINS)\ndef index():\n    return ""\n', "FM113"),
        ('app.config["CORS_MAX_AGE"] = 3\n@app.get("/")\n@cross_origin()\ndef index():\n    return ""\n', "FM721"),
    ],
    ids=["computed", "an async view", "a list that may change", "a setting"],
)
def test_decorators_in_other_forms_stay_on_flask(pair, text, code):
    pair(HEAD + DECORATED + text).stays("index", code)
