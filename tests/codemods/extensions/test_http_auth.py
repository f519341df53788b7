"""Applications with Flask-HTTPAuth: what stays and why, and that what converts lets in the same requests."""

from base64 import b64encode

import pytest

HEAD = """
from flask import Flask, current_app, g, jsonify, request
from flask_httpauth import HTTPBasicAuth, HTTPDigestAuth, HTTPTokenAuth, MultiAuth

app = Flask(__name__)
app.config["SECRET"] = "t2"
"""
INDEX = """
@app.get("/")
@auth.login_required
def index():
    return f"Hello {auth.current_user()}"
"""
STAYS = {
    "a digest": ("auth = HTTPDigestAuth()" + INDEX, "FM751"),
    "a method of a class": (
        "class Users:\n    @staticmethod\n    def check(token):\n        return token\n"
        "auth = HTTPTokenAuth()\nauth.verify_token(Users.check)" + INDEX,
        "FM751",
    ),
    "a lambda": ("auth = HTTPTokenAuth()\nauth.verify_token(lambda token: token)" + INDEX, "FM751"),
    "a coroutine": (
        "auth = HTTPTokenAuth()\n@auth.verify_token\nasync def check(token):\n    return token" + INDEX,
        "FM751",
    ),
    "two functions for one thing": (
        "auth = HTTPTokenAuth()\n@auth.verify_token\ndef one(token):\n    return None\n"
        "@auth.verify_token\ndef two(token):\n    return token" + INDEX,
        "FM751",
    ),
    "one function for two objects": (
        "auth = HTTPTokenAuth()\nother = HTTPTokenAuth('Other')\n"
        "@auth.error_handler\n@other.error_handler\ndef refuse(status):\n    return 'no', status" + INDEX,
        "FM751",
    ),
    "a realm that is computed": ("auth = HTTPTokenAuth(realm='a'.upper())" + INDEX, "FM751"),
    "hashed passwords": (
        "auth = HTTPBasicAuth()\n@auth.hash_password\ndef hashed(password):\n    return password" + INDEX,
        "FM751",
    ),
    "its way of reading headers": (
        "auth = HTTPTokenAuth()\n@app.get('/')\n@auth.login_required\ndef index():\n    return str(auth.get_auth())\n",
        "FM751",
    ),
    "the name of a token": (
        "auth = HTTPTokenAuth()\n@app.get('/')\n@auth.login_required\ndef index():\n    return auth.username()\n",
        "FM",
    ),
    "the name, read elsewhere": (
        "auth = HTTPBasicAuth()\ndef who():\n    return auth.username()\n"
        "@app.get('/')\n@auth.login_required\ndef index():\n    return who()\n",
        "FM753",
    ),
    "a role that is computed": (
        "auth = HTTPTokenAuth()\n@app.get('/')\n@auth.login_required(role=str(1))\ndef index():\n    return ''\n",
        "FM113",
    ),
}


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    text, code = STAYS[name]
    pair(HEAD + text).stays("index", code)


FUNCTIONS = """
basic = HTTPBasicAuth(realm="Shop")
token = HTTPTokenAuth()
key = HTTPTokenAuth("Key", header="X-Key")
old = HTTPBasicAuth(scheme="Form")
either = MultiAuth(token, basic, key)
TOKENS = {"t1": "ann", "t0": 0, "t3": True}


@basic.verify_password
def check(name, password):
    g.asked = [name, password]
    if password == "pw":
        return name == "ann" or {"name": name}


@basic.get_user_roles
def roles_of(user):
    return ["user", "admin"] if isinstance(user, dict) else user.username


@basic.error_handler
def refuse(status):
    return jsonify(status=status, asked=g.asked, path=request.path), status


@token.verify_token
def find(token):
    return current_app.config["SECRET"] if token == "t2" else TOKENS.get(token)


@token.error_handler
def refuse_token():
    return {"error": "token"}


@token.get_user_roles
def no_roles(user):
    return None


@key.verify_token
def find_key(key):
    return key == "k"


@key.error_handler
def refuse_key(status):
    if request.args.get("plain"):
        return "plain"
    response = jsonify(key=False)
    response.headers["WWW-Authenticate"] = "Own"
    return response


@old.get_password
def password_of(name):
    return {"ann": "pw"}.get(name)


@app.get("/basic")
@basic.login_required
def by_name():
    return jsonify(user=str(basic.current_user()), name=basic.username(), asked=g.get("asked"))


@app.get("/admin")
@basic.login_required(role=[["user", "admin"], "ann"])
def admin():
    return "admin"


@app.get("/token")
@token.login_required(optional=True)
def by_token():
    return jsonify(user=token.current_user())


@app.get("/strict")
@token.login_required(role="any")
def strict():
    return "strict"


@app.get("/roleless")
@key.login_required(role="any")
def roleless():
    return "roleless"


@app.route("/key", methods=["GET", "OPTIONS"])
@key.login_required
def by_key():
    return f"{request.method} {key.current_user()}"


@app.get("/old")
@old.login_required
def by_password():
    return old.current_user()


@app.get("/either")
@either.login_required
def by_either():
    return str(either.current_user())


@app.get("/open")
def open_to_all():
    return jsonify(user=basic.current_user())
"""


def basic(text):
    return {"Authorization": f"Basic {b64encode(text.encode('latin-1')).decode()}"}


HEADERS = [
    {}, basic("ann:pw"), basic("bob:pw"), basic("bob:no"), basic("ann:"), basic(":pw"), basic("nothing"), basic("é:pw"),
    {"Authorization": "Basic"}, {"Authorization": "Basic !!"}, {"Authorization": "Other YW5uOnB3"},
    {"Authorization": "basic YW5uOnB3"}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "},
    *({"Authorization": f"Bearer {one}"} for one in ("t0", "t1", "t2", "t3", "t9", "a=b")),
    {"Authorization": "bearer t1"}, {"Authorization": "Key k"}, {"X-Key": "k"}, {"X-Key": ""}, {"X-Key": "x"},
    {"X-Key": "k", "Authorization": "Bearer t1"}, {"X-Key": "k", **basic("ann:pw")},
]  # fmt: skip
PATHS = [
    "/basic", "/admin", "/token", "/strict", "/roleless", "/key", "/key?plain=1", "/old", "/either", "/open",
]  # fmt: skip


def same(both, method, path, headers):
    """Ask both sides; the answers, challenge included, must be one."""
    with both.clients() as (flask, fastapi):
        fastapi.headers.clear()
        theirs = flask.open(path, method=method, headers=headers)
        mine = fastapi.request(method, path, headers=headers)
        challenge = theirs.headers.get("WWW-Authenticate")
    shown = (theirs.status_code, theirs.data, theirs.headers["Content-Type"], challenge)
    found = (mine.status_code, mine.content, mine.headers["Content-Type"], mine.headers.get("WWW-Authenticate"))
    assert found == shown, (method, path, headers)


def test_the_same_requests_are_let_in(pair):
    both = pair(HEAD + FUNCTIONS)
    both.flask.config["PROPAGATE_EXCEPTIONS"] = False
    assert set(both.runtimes().values()) == {"native"}
    for headers in HEADERS:
        for path in PATHS:
            same(both, "GET", path, headers)
        same(both, "OPTIONS", "/key", headers)
        same(both, "HEAD", "/basic", headers)


BRIDGED = """
auth = HTTPTokenAuth()


def extension():
    return current_app.extensions["users"]


app.extensions["users"] = {"t1": "ann"}


@auth.verify_token
def find(token):
    return extension().get(token)


def below():
    return str(auth.current_user()) + str(len(current_app.extensions))


@app.get("/")
@auth.login_required
def index():
    return below() + str(auth.current_user()) + g.flask_httpauth_user
"""


def test_beside_flask_the_user_is_on_g(pair):
    both = pair(HEAD + BRIDGED)
    assert both.runtimes() == {"index": "bridged"}
    for headers in HEADERS:
        same(both, "GET", "/", headers)


def test_openapi_tells_what_is_asked_for(pair):
    document = pair(HEAD + FUNCTIONS).make().openapi()
    schemes = document["components"]["securitySchemes"]
    assert schemes["HTTPBasic"] == {"type": "http", "scheme": "basic"}
    assert schemes["X-Key"] == {"type": "apiKey", "in": "header", "name": "X-Key"}
    assert document["paths"]["/token"]["get"]["security"] == [{"HTTPBearer": []}]
    assert document["paths"]["/either"]["get"]["security"] == [{"HTTPBearer": []}, {"HTTPBasic": []}, {"X-Key": []}]
    assert "security" not in document["paths"]["/open"]["get"]


API = """
from apiflask import APIFlask, HTTPBasicAuth, HTTPTokenAuth, Schema
from apiflask.fields import String

app = APIFlask(__name__)
auth = HTTPTokenAuth(name="Keys", description="A key of ours")
own = HTTPBasicAuth()


class Note(Schema):
    text = String(required=True)


@auth.verify_token
def find(token):
    return {"t1": "ann"}.get(token)


@auth.get_user_roles
def roles(user):
    return "writer"


@own.verify_password
def check(name, password):
    return name


@own.error_processor
def refused(error):
    return {"status": error.status_code, "message": error.message}, error.status_code


@app.post("/")
@app.auth_required(auth, roles=["writer"])
@app.input(Note)
def index(json_data):
    return {"user": auth.current_user, **json_data}


@app.get("/none")
@app.auth_required(auth, roles=["reader"])
def none():
    return {}


@app.get("/own")
@app.auth_required(own)
def name():
    return {"user": own.current_user.upper()}
"""
PROCESSOR = """
@app.error_processor
def process(error):
    return {"said": error.message}, error.status_code
"""


def test_apiflask_refuses_by_its_own_errors(pair):
    both = pair(API)
    assert {one for name, one in both.runtimes().items() if not name.startswith("openapi")} == {"native"}
    for headers in HEADERS:
        same(both, "POST", "/", headers)
        same(both, "GET", "/none", headers)
        same(both, "GET", "/own", headers)
    document = both.make().openapi()
    told = {"type": "http", "scheme": "bearer", "description": "A key of ours"}
    assert document["components"]["securitySchemes"]["Keys"] == told


def test_a_processor_without_headers_keeps_apiflasks_checks(pair):
    both = pair(API + PROCESSOR)
    assert both.runtimes()["index"] == both.runtimes()["none"] == "flask"
    assert both.runtimes()["name"] == "native"
    assert both.findings("index")[0].startswith("FM736")


HOOKED = """
from flask import Blueprint, Flask, g, jsonify
from flask_httpauth import HTTPBasicAuth
app = Flask(__name__)
api = Blueprint("api", __name__)
auth = HTTPBasicAuth()

@auth.verify_password
def verify(name, password):
    g.seen = [name]
    return name if password == "right" else None

@auth.get_user_roles
def roles(user):
    return [user]

@auth.error_handler
def refused(status):
    return jsonify(refused=status, seen=g.seen), status

@api.before_request
@auth.login_required{options}
def load():
    g.seen.append(auth.current_user())
    if g.seen == ["stop", "stop"]:
        return "stopped", 410

@api.get("/seen")
def seen():
    return jsonify(g.seen)

@api.get("/own")
@auth.login_required
def own():
    return jsonify(auth.current_user())

app.register_blueprint(api, url_prefix="/api")
"""


@pytest.mark.parametrize("options", ["", '(role="admin")', "(optional=True)"])
def test_a_hook_of_a_blueprint(pair, options):
    """What stands around a hook is asked before the hook, for every route of the blueprint."""
    both = pair(HOOKED.replace("{options}", options))
    assert set(both.runtimes().values()) <= {"native", "bridged"}
    for name, password in (("admin", "right"), ("sue", "right"), ("stop", "right"), ("sue", "wrong"), ("", "")):
        credentials = b64encode(f"{name}:{password}".encode()).decode()
        for path in ("/api/seen", "/api/own", "/api/none"):
            both.same("GET", path, headers={"Authorization": f"Basic {credentials}"})
    both.same("GET", "/api/seen")


def test_a_hook_with_something_else_around_it(pair):
    both = pair(
        HOOKED.replace("@auth.login_required{options}", "@auth.login_required\n@cache").replace(
            "auth = HTTP", "from functools import cache\nauth = HTTP"
        )
    )
    assert both.runtimes() == {"api.seen": "flask", "api.own": "flask"}


def test_the_name_in_methods_of_class_based_views(pair):
    both = pair(
        HEAD
        + """
from flask.views import MethodView

auth = HTTPBasicAuth()


@auth.verify_password
def known(name, password):
    return name if password == "pw" else None


class Me(MethodView):
    decorators = [auth.login_required]

    def get(self):
        return auth.username() + str(auth.current_user())


app.add_url_rule("/me", view_func=Me.as_view("me"))
"""
    )
    assert both.runtimes() == {"me": "native"}, both.findings("me")
    for headers in HEADERS[:8]:
        both.same("GET", "/me", headers=headers)
