"""Flask-JWT-Extended converted: the code that comes out, and that it answers as Flask did."""

from collections.abc import Mapping
from typing import Any

import jwt as pyjwt
import pytest
from fastapi.testclient import TestClient

SECRET = "a secret of at least thirty-two bytes!"

HEAD = f"""
from functools import wraps

from flask import Blueprint, Flask, abort, jsonify, redirect, request, url_for
from flask_jwt_extended import *
from flask_jwt_extended import (
    JWTManager, create_access_token, create_refresh_token, current_user, decode_token, get_current_user, get_jwt,
    get_jwt_header, get_jwt_identity, jwt_required, set_access_cookies, unset_jwt_cookies, verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import InvalidHeaderError, NoAuthorizationError

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = "{SECRET}"
jwt = JWTManager(app)
""".replace("from flask_jwt_extended import *\n", "")


def token(**claims: Any) -> str:
    content = {"sub": "ann", "jti": "1", "type": "access", "fresh": False, "exp": 4102444800, "role": "admin", **claims}
    return pyjwt.encode(content, SECRET, algorithm="HS256")


TOKENS = {
    "access": token(),
    "fresh": token(fresh=True),
    "refresh": token(type="refresh"),
    "expired": token(exp=1700000001),
    "revoked": token(jti="revoked"),
    "bob": token(sub="bob"),
    "guest": token(role="guest"),
    "rubbish": "rubbish",
}
SENT: dict[str, Mapping[str, str]] = {
    "nothing": {},
    "bare": {"Authorization": "Bearer"},
    "basic": {"Authorization": "Basic YTpi"},
    **{name: {"Authorization": f"Bearer {value}"} for name, value in TOKENS.items()},
}


def answers(client: Any, method: str, path: str, headers: Mapping[str, str], **body: Any) -> tuple[Any, ...]:
    """Status, body and the headers that matter of an answer, of Flask's client as of FastAPI's."""
    response = client.open(path, method=method, headers=headers, **body) if hasattr(client, "open") else client.request(
        method, path, headers=headers, **body
    )  # fmt: skip
    content = response.get_data() if hasattr(response, "get_data") else response.content
    kept = ("content-type", "www-authenticate", "x-why", "location")
    return response.status_code, content, {name: response.headers.get(name) for name in kept}


def compare(
    made: Any, *requests: tuple[str, str], sent: Mapping[str, Mapping[str, str]] = SENT, **body: Any
) -> set[int]:
    """Ask both sides with every token; the statuses seen."""
    flask = made.flask.test_client(use_cookies=False)
    fastapi = TestClient(made.make(), raise_server_exceptions=False, follow_redirects=False)
    statuses = set()
    for method, path in requests:
        for name, headers in sent.items():
            expected = answers(flask, method, path, headers, **body)
            assert answers(fastapi, method, path, headers, **body) == expected, (method, path, name)
            statuses.add(expected[0])
    return statuses


def test_decorated_views(converted):
    made = converted(
        HEAD
        + """
@app.get("/me")
@jwt_required()
def me():
    return jsonify(get_jwt_identity(), sorted(get_jwt()), get_jwt_header())


@app.route("/feed", methods=["GET", "POST"])
@jwt_required(True)
def feed():
    return jsonify(user=get_jwt_identity())


@app.post("/password")
@jwt_required(fresh=True)
def password():
    return "", 204


@app.post("/refresh")
@jwt_required(refresh=True)
def refresh():
    return jsonify(made=len(create_access_token(identity=get_jwt_identity()).split(".")))


@app.delete("/logout")
@jwt_required(verify_type=False, locations=["headers", "query_string"])
def logout():
    token = get_jwt()
    return {"gone": token["jti"], "type": token["type"]}
"""
    )
    assert set(made.runtimes().values()) == {"bridged"}
    router = made.conversion.files["bridged/routers/root.py"]
    assert "dependencies=[Depends(jwt_required(fresh=True))]" in router
    assert "Depends(jwt_required(optional=True))" in router
    assert "def refresh(request: Request) -> Response:" in router
    assert "HTTPBearer(" in made.conversion.files["bridged/dependencies.py"]
    assert "flask_jwt_extended" not in "".join(
        text for path, text in made.conversion.files.items() if path != "bridged/routers/root.py"
    )
    requests = [
        ("GET", "/me"),
        ("HEAD", "/me"),
        ("OPTIONS", "/me"),
        ("GET", "/feed"),
        ("POST", "/feed"),
        ("POST", "/password"),
    ]
    assert {200, 204, 401, 422} == compare(made, *requests, ("POST", "/refresh"), ("DELETE", "/logout"))


def test_the_scheme_is_in_openapi_without_refusing_by_itself(converted):
    made = converted(HEAD + '\n@app.get("/me")\n@jwt_required()\ndef me():\n    return {}\n')
    schema = made.make().openapi()
    assert schema["paths"]["/me"]["get"]["security"] == [{"HTTPBearer": []}]
    assert schema["components"]["securitySchemes"]["HTTPBearer"]["bearerFormat"] == "JWT"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ('app.config["JWT_TOKEN_LOCATION"] = ["cookies"]', "APIKeyCookie"),
        ('app.config.update(JWT_TOKEN_LOCATION="headers")', "HTTPBearer"),
        ('app.config["JWT_TOKEN_LOCATION"] = ["headers", "cookies"]', None),
        ('app.config["JWT_TOKEN_LOCATION"] = [name for name in ("headers",)]', None),
        ('app.config["JWT_HEADER_NAME"] = "X-Token"', None),
    ],
)
def test_openapi_says_nothing_of_a_place_that_is_not_known(setting, expected, converted):
    made = converted(f'{HEAD}\n{setting}\n\n@app.get("/me")\n@jwt_required()\ndef me():\n    return {{}}\n')
    text = made.conversion.files["bridged/dependencies.py"]
    assert (f"{expected}(" in text) if expected else ("token_scheme" not in text)
    assert 401 in compare(made, ("GET", "/me"))


CALLBACKS = """
USERS = {"ann": {"name": "Ann"}}


def register(manager):
    @manager.user_lookup_loader
    def load(header, payload):
        return USERS.get(payload["sub"])

    @manager.unauthorized_loader
    def missing(reason):
        return refuse(reason)


def refuse(reason, status=401):
    response = jsonify(error=reason)
    response.status_code = status
    response.headers["WWW-Authenticate"] = 'Bearer realm="shop"'
    return response


@jwt.token_in_blocklist_loader
def is_revoked(header, payload):
    return payload["jti"] == "revoked"


@jwt.expired_token_loader
def expired(header, payload):
    return "too old", 410, {"X-Why": "age"}


def invalid(reason):
    return {"why": reason}, 400


jwt.invalid_token_loader(invalid)
register(jwt)
"""


def test_callbacks_closures_and_the_current_user(converted):
    made = converted(
        HEAD
        + CALLBACKS
        + """
@app.get("/who")
@jwt_required()
def who():
    return jsonify(name=current_user["name"], again=get_current_user()["name"])


@app.get("/unwrapped")
@jwt_required()
def unwrapped():
    user = current_user._get_current_object()
    return jsonify(user)
"""
    )
    assert set(made.runtimes().values()) == {"bridged"}
    assert {200, 400, 401, 410} == compare(made, ("GET", "/who"), ("GET", "/unwrapped"))


def test_guards_hooks_and_helpers_that_verify(converted):
    made = converted(
        HEAD
        + CALLBACKS
        + """
def admin_required(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        verify_jwt_in_request()
        if get_jwt().get("role") != "admin":
            return jsonify(msg="Admins only!"), 403
        return view(*args, **kwargs)

    return wrapper


def role_required(*roles, fresh=False):
    def decorator(view):
        @wraps(view)
        @jwt_required(fresh=True)
        def wrapper(*args, **kwargs):
            if get_jwt()["role"] not in roles:
                abort(403)
            return view(*args, **kwargs)

        return wrapper

    return decorator


def viewer():
    verify_jwt_in_request(optional=True)
    return name_of(get_jwt_identity())


def name_of(identity):
    return identity.upper() if identity else "nobody of " + str(get_jwt())


api = Blueprint("api", __name__, url_prefix="/api")


@api.before_request
def authenticate():
    if verify_jwt_in_request() is None:
        return
    if get_jwt().get("role") != "admin":
        abort(403)


@api.get("/items")
def items():
    return jsonify(owner=get_jwt_identity(), name=current_user["name"])


app.register_blueprint(api)


@app.delete("/everything")
@admin_required
def wipe():
    return jsonify(by=current_user["name"])


@app.get("/staff")
@role_required("admin", "staff")
def staff():
    return jsonify(by=get_jwt_identity())


@app.get("/deep")
def deep():
    return jsonify(viewer())


@app.get("/caught")
def caught():
    try:
        verify_jwt_in_request()
    except NoAuthorizationError as error:
        return jsonify(caught=str(error))
    except InvalidHeaderError:
        return jsonify(caught="header"), 418
    return jsonify(get_jwt_identity())
"""
    )
    assert set(made.runtimes().values()) == {"bridged"}
    requests = [("GET", "/api/items"), ("OPTIONS", "/api/items"), ("DELETE", "/everything"), ("GET", "/staff")]
    assert {200, 400, 401, 403, 410, 418} == compare(made, *requests, ("GET", "/deep"), ("GET", "/caught"))
    assert "def viewer(*, request: Request)" in "".join(made.conversion.files.values())


def test_the_application_answers_an_error_of_the_extension_itself(converted):
    made = converted(
        HEAD
        + """
@app.errorhandler(NoAuthorizationError)
def nobody(error):
    return jsonify(own=str(error)), 418


@app.get("/me")
@jwt_required()
def me():
    return jsonify(get_jwt_identity())
"""
    )
    assert made.runtimes() == {"me": "bridged"}
    assert {200, 401, 418, 422} == compare(made, ("GET", "/me"))


def test_tokens_in_cookies(converted):
    made = converted(
        HEAD
        + """
app.config["JWT_TOKEN_LOCATION"] = ["cookies"]


@app.post("/in")
def sign_in():
    token = request.get_json()["token"]
    response = jsonify(user=decode_token(token)["sub"])
    set_access_cookies(response, token)
    return response


@app.post("/out")
def sign_out():
    response = jsonify(msg="bye")
    unset_jwt_cookies(response)
    return response


@app.post("/notes")
@jwt_required()
def notes():
    return jsonify(get_jwt_identity())
"""
    )
    assert set(made.runtimes().values()) == {"bridged"}
    cookies = {
        name: {"Cookie": f"access_token_cookie={value}", "X-CSRF-TOKEN": "c"}
        for name, value in {**TOKENS, "with csrf": token(csrf="c"), "other csrf": token(csrf="x")}.items()
    }
    assert {200, 401, 422} == compare(made, ("POST", "/notes"), sent=cookies)
    flask, fastapi = made.flask.test_client(), TestClient(made.make())
    for path in ("/in", "/out"):
        for value in (token(csrf="c"), TOKENS["expired"], "x"):
            expected, found = flask.post(path, json={"token": value}), fastapi.post(path, json={"token": value})
            assert (found.status_code, found.json()) == (expected.status_code, expected.get_json())
            assert found.headers.get_list("set-cookie") == expected.headers.getlist("Set-Cookie")


def test_a_token_in_the_body_is_found_before_anything_reads_it(converted):
    made = converted(
        HEAD
        + """
app.config["JWT_TOKEN_LOCATION"] = ["json"]


@app.before_request
def first():
    if request.path != "/open":
        verify_jwt_in_request(optional=True)


@app.post("/both")
@jwt_required()
def both():
    return jsonify(get_jwt_identity(), request.get_json()["x"])


@app.post("/bodiless")
@jwt_required()
def bodiless():
    return jsonify(get_jwt_identity())
"""
    )
    assert set(made.runtimes().values()) == {"bridged"}
    for value in TOKENS.values():
        compare(made, ("POST", "/both"), ("POST", "/bodiless"), sent={"": {}}, json={"access_token": value, "x": 1})
    compare(made, ("POST", "/both"), ("POST", "/bodiless"), sent={"": {}}, json={"x": 1})
    compare(made, ("POST", "/both"), ("POST", "/bodiless"), sent={"": {}})


def test_errors_of_the_library_below_are_answered_for_views_without_a_token(converted):
    made = converted(
        "import jwt as pyjwt\n"
        + HEAD
        + """
@app.post("/check")
def check():
    return jsonify(pyjwt.decode(request.get_json()["token"], app.config["JWT_SECRET_KEY"], algorithms=["HS256"])["sub"])


@app.get("/plain")
def plain():
    return jsonify(1)
"""
    )
    assert made.runtimes()["plain"] == "native"
    for value in TOKENS.values():
        if value != TOKENS["expired"]:
            compare(made, ("POST", "/check"), ("GET", "/plain"), sent={"": {}}, json={"token": value})


@pytest.mark.parametrize(
    ("callback", "expected"),
    [
        ("@jwt.unauthorized_loader\ndef cb(reason):\n    return redirect(url_for('me'))\n", "FM712 'flask.url_for'"),
        ("@jwt.user_lookup_loader\ndef cb(h, p):\n    return helper(p)\n", "FM712 'flask.request'"),
        (
            "jwt.user_lookup_loader(lambda h, p: request.path)\n",
            "FM712 'user_lookup_loader' is not used as a decorator",
        ),
        ("@jwt.additional_claims_loader\ndef cb(user):\n    return {'by': get_jwt_identity()}\n", "FM712 'flask_jwt"),
    ],
)
def test_callbacks_that_need_the_request_keep_what_uses_tokens_on_flask(callback, expected, converted):
    made = converted(
        HEAD
        + "\ndef helper(payload):\n    return request.path\n\n\n"
        + callback
        + """

@app.get("/me")
@jwt_required()
def me():
    return jsonify(get_jwt_identity())


@app.post("/login")
def login():
    return jsonify(create_access_token("ann"))


@app.get("/health")
def health():
    return jsonify(ok=True)
"""
    )
    assert made.runtimes() == {"me": "flask", "login": "flask", "health": "native"}
    code, _, name = expected.partition(" ")
    assert all(code in found and name.strip("'") in found for one in ("me", "login") for found in made.findings(one))


def test_options_that_are_no_constants_keep_the_view_on_flask(converted):
    made = converted(
        HEAD + '\nFRESH = True\n\n\n@app.get("/me")\n@jwt_required(fresh=FRESH)\ndef me():\n    return "x"\n'
    )
    assert made.runtimes() == {"me": "flask"}
    assert made.findings("me")[0].startswith("FM711")


def test_the_identity_of_the_proxy_is_not_the_users(converted):
    made = converted(
        HEAD
        + """
@app.get("/is")
@jwt_required(optional=True)
def identical():
    return jsonify(current_user is None)


@app.get("/truth")
@jwt_required(optional=True)
def truth():
    return jsonify(bool(current_user), current_user == None)
"""
    )
    assert made.runtimes() == {"identical": "flask", "truth": "bridged"}
    assert {200} == compare(made, ("GET", "/truth"), sent={"": {}})


def test_functions_of_one_name_in_several_modules_stay_apart(converted):
    blueprint = """
from functools import wraps

import flask_jwt_extended as tokens
from flask import Blueprint, abort, request

bp = Blueprint("{name}", __name__, url_prefix="/{name}")


@bp.before_request
def check():
    tokens.verify_jwt_in_request({options})


@bp.errorhandler(KeyError)
def broken(error):
    return "{name}", 418


def jwt_required():
    def decorator(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if tokens.get_jwt()["role"] != "{role}":
                abort(403)
            return view(*args, **kwargs)

        return wrapper

    return decorator


@bp.get("/own")
@jwt_required()
def own():
    return request.headers["X-None"]


@bp.get("/library")
@tokens.jwt_required(fresh=True)
def library():
    return tokens.get_jwt_identity()
"""
    one = blueprint.format(name="same_one", options="", role="admin")
    two = blueprint.format(name="same_two", options="refresh=True", role="guest")
    register = (
        "\nimport same_one, same_two\n\napp.register_blueprint(same_one.bp)\napp.register_blueprint(same_two.bp)\n"
    )
    made = converted({"same_names": HEAD + register, "same_one": one, "same_two": two})
    assert set(made.runtimes().values()) == {"bridged"}
    paths = [("GET", f"/same_{which}/{path}") for which in ("one", "two") for path in ("own", "library")]
    sent = {**SENT, "guest refresh": {"Authorization": f"Bearer {token(role='guest', type='refresh')}"}}
    assert {200, 401, 403, 418, 422} == compare(made, *paths, sent=sent)


def test_templates_that_are_given_the_current_user_stay_on_flask(converted):
    made = converted(
        HEAD.replace("JWTManager(app)", "JWTManager(app, add_context_processor=True)")
        + """
from flask import render_template


@app.get("/page")
@jwt_required()
def page():
    return render_template("page.html")


@app.get("/me")
@jwt_required()
def me():
    return jsonify(get_jwt_identity())
"""
    )
    assert made.runtimes() == {"page": "flask", "me": "bridged"}
    assert made.findings("page")[0].startswith("FM714")
