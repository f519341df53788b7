"""Applications with Flask-Limiter: what stays and why, and that what converts counts as Flask-Limiter does."""

import pytest
from fastapi.testclient import TestClient

HEAD = """
from flask import Blueprint, Flask, g, jsonify, make_response, request
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address

app = Flask(__name__)
"""
INDEX = '\n@app.get("/")\n@limiter.limit("1/day")\ndef index():\n    return "index"\n'
STAYS = {
    "two limiters": (
        "limiter = Limiter(get_remote_address, app=app)\nother = Limiter(get_remote_address)" + INDEX,
        "FM764",
    ),
    "limits of the application": (
        'limiter = Limiter(get_remote_address, app=app, application_limits=["9/day"])' + INDEX,
        "FM764",
    ),
    "a setting that is computed": (
        'app.config["RATELIMIT_HEADERS_ENABLED"] = bool(1)\nlimiter = Limiter(get_remote_address, app=app)' + INDEX,
        "FM764",
    ),
    "a filter of requests": (
        "limiter = Limiter(get_remote_address, app=app)\n@limiter.request_filter\ndef own():\n    return False" + INDEX,
        "FM764",
    ),
    "limits that are computed": (
        'limiter = Limiter(get_remote_address, app=app)\n@app.get("/")\n@limiter.limit(lambda: "1/day")\n'
        "def index():\n    return ''\n",
        "FM764",
    ),
    "two limits of a view": (
        'limiter = Limiter(get_remote_address, app=app)\n@app.get("/")\n@limiter.limit("1/day")\n'
        "@limiter.limit('2/day')\ndef index():\n    return ''\n",
        "FM765",
    ),
    "a part of the view that is limited": (
        'limiter = Limiter(get_remote_address, app=app)\n@app.get("/")\ndef index():\n'
        '    with limiter.limit("1/day"):\n        return ""\n',
        "FM",
    ),
    "an exempted blueprint": (
        'limiter = Limiter(get_remote_address, app=app)\nbp = Blueprint("bp", __name__)\nlimiter.exempt(bp)' + INDEX,
        "FM764",
    ),
}


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    text, code = STAYS[name]
    pair(HEAD + text).stays("index", code)


LIMITED = """
def caller():
    return request.headers.get("X-Key", "nobody")


def breached(limit: RequestLimit):
    return make_response(jsonify(slow=str(limit.limit)), 429)


app.config["RATELIMIT_HEADERS_ENABLED"] = True
limiter = Limiter(caller, app=app, default_limits=["3/day", "9/day"], storage_uri="memory://")
shared = limiter.shared_limit("2/day", scope="both")
bp = Blueprint("bp", __name__, url_prefix="/bp")
limiter.limit("1/day")(bp)


@app.get("/default/<int:number>")
def default(number):
    return str(number)


@app.route("/methods", methods=["GET", "POST"])
@limiter.limit("1/day", methods=["POST"], error_message="Slowly!")
def methods():
    return request.method


@app.route("/each", methods=["GET", "POST"])
@limiter.limit("1/day", per_method=True)
def each():
    return request.method


@app.get("/first")
@shared
def first():
    return "first"


@app.get("/second")
@shared
def second():
    return "second"


@app.get("/own")
@limiter.limit("1/day", on_breach=breached, exempt_when=lambda: caller() == "gold", override_defaults=False)
def own():
    return "own"


@app.post("/login")
@limiter.limit("1/day", deduct_when=lambda response: response.status_code == 401)
def login():
    return ("no", 401) if request.args.get("wrong") else "yes"


@app.get("/dear")
@limiter.limit("4/day", cost=3)
def dear():
    return "dear", 200, {"Retry-After": "5"}


@app.get("/free")
@limiter.exempt
def free():
    return "free"


@bp.get("/x")
def x():
    return "x"


@bp.get("/y")
def y():
    return "y"


app.register_blueprint(bp)
"""
HANDLER = """
@app.errorhandler(429)
def too_many(error):
    return jsonify(error=error.description), 429
"""
ASKED = [
    *[("GET", "/default/1"), ("GET", "/default/2"), ("HEAD", "/default/1"), ("GET", "/default/3")],
    *[("GET", "/methods"), ("POST", "/methods"), ("POST", "/methods"), ("GET", "/methods")],
    *[("GET", "/each"), ("POST", "/each"), ("GET", "/each")],
    *[("GET", "/first"), ("GET", "/second"), ("GET", "/first"), ("GET", "/second")],
    *[("GET", "/own"), ("GET", "/own")],
    *[("POST", "/login"), ("POST", "/login?wrong=1"), ("POST", "/login")],
    *[("GET", "/dear"), ("GET", "/dear")],
    *[("GET", "/free")] * 4,
    *[("GET", "/bp/x"), ("GET", "/bp/y"), ("GET", "/bp/x"), ("GET", "/nowhere"), ("DELETE", "/each")],
]
TELLING = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "Content-Type")


def said(response, status, body):
    """What an answer says of limits; the time until the next day is told apart, as it passes."""
    has_time = "Retry-After" in response.headers
    return (status, body, *(response.headers.get(one) for one in TELLING), has_time)


@pytest.mark.parametrize("more", ["", HANDLER], ids=["plain", "handled"])
def test_requests_are_counted_as_flask_limiter_does(pair, more):
    both = pair(HEAD + LIMITED + more)
    assert set(both.runtimes().values()) == {"native"}
    flask = both.flask.test_client()
    with TestClient(both.make(None), base_url="http://localhost") as fastapi:
        for key in ("ann", "gold"):
            for method, path in ASKED:
                theirs = flask.open(path, method=method, headers={"X-Key": key})
                mine = fastapi.request(method, path, headers={"X-Key": key})
                expected = said(theirs, theirs.status_code, theirs.data)
                assert said(mine, mine.status_code, mine.content) == expected, (key, method, path)


def test_both_sides_count_together(pair):
    both = pair(HEAD + LIMITED)
    with both.clients() as (flask, fastapi):
        assert flask.get("/first").status_code == fastapi.get("/second").status_code == 200
        assert flask.get("/second").status_code == fastapi.get("/first").status_code == 429


def test_a_limiter_that_is_switched_off_counts_nothing(pair):
    both = pair(HEAD + LIMITED)
    both.flask.extensions["limiter"].copy().pop().enabled = False
    with both.clients() as (_, fastapi):
        assert [fastapi.get("/bp/x").status_code for _ in range(3)] == [200, 200, 200]


def test_beside_flask_another_function_tells_whom_to_count_for(pair):
    source = """
from flask import current_app

limiter = Limiter(lambda: g.tenant, app=app)
app.extensions["tenants"] = {"a": "one"}


def extension():
    return current_app.extensions["tenants"]


@app.before_request
def find():
    g.tenant = extension().get(request.args.get("key"), "none")
"""
    both = pair(HEAD + source + INDEX)
    assert both.runtimes() == {"index": "bridged"}
    with both.clients() as (_, fastapi):
        assert fastapi.get("/").status_code == fastapi.get("/?key=a").status_code == 200
        assert fastapi.get("/").status_code == fastapi.get("/?key=a").status_code == 429
