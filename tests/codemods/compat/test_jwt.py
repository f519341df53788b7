"""`compat.jwt` against Flask-JWT-Extended: the same requests, the same answers."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import jwt as pyjwt
import pytest
from fastapi import Depends, FastAPI, Request, Response
from flask import Flask, jsonify, make_response
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    current_user,
    decode_token,
    get_csrf_token,
    get_jti,
    get_jwt,
    get_jwt_header,
    get_jwt_identity,
    get_jwt_request_location,
    jwt_required,
    set_access_cookies,
    set_refresh_cookies,
    unset_jwt_cookies,
)
from flask_jwt_extended import exceptions as library_exceptions
from flask_jwt_extended import verify_jwt_in_request as verify_in_flask

from codemods.compat import jwt, jwt_cookies, jwt_errors
from codemods.compat.bridged import BridgedRoute, in_request_thread
from codemods.compat.jwt_places import read_ahead
from codemods.compat.lifecycle import ErrorHandlers, Lifecycle
from codemods.compat.responses import FlaskJSONResponse

SECRET = "a secret of at least thirty-two bytes!"
FAR = 4102444800  # the year 2100

VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "optional": {"optional": True},
    "fresh": {"fresh": True},
    "refresh": {"refresh": True},
    "any-type": {"verify_type": False},
    "unrevoked": {"skip_revocation_check": True},
    "cookies": {"locations": "cookies"},
    "two": {"locations": ["query_string", "headers"]},
    "nowhere": {"locations": ["moon"]},
    "in-json": {"locations": ["json"]},
    "optional-fresh": {"optional": True, "fresh": True},
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def legacy(**config: Any) -> Flask:
    app = Flask("legacy")
    app.config.update(JWT_SECRET_KEY=SECRET, **config)
    JWTManager(app)
    for name, options in VARIANTS.items():
        app.add_url_rule(f"/{name}", name, jwt_required(**options)(show_in_flask), methods=["GET", "POST"])
    return app


def show_in_flask() -> Any:
    user = current_user._get_current_object() if has_users() else None
    return jsonify(
        claims=get_jwt(), header=get_jwt_header(), identity=get_jwt_identity(), where=get_jwt_request_location(),
        user=user,
    )  # fmt: skip


def has_users() -> bool:
    from flask import current_app

    return current_app.extensions["flask-jwt-extended"]._user_lookup_callback is not None


def converted(flask_app: Flask) -> FastAPI:
    app = FastAPI()
    app.router.route_class = BridgedRoute
    app.state.flask_app = flask_app
    app.state.lifecycle = Lifecycle(
        before={"": [read_ahead]}, handlers=ErrorHandlers({"": {**jwt_errors.ERROR_HANDLERS}})
    )
    for name, options in VARIANTS.items():
        dependencies = [Depends(required(**options))]
        app.add_api_route(f"/{name}", show, methods=["GET", "POST", "OPTIONS"], dependencies=dependencies)
    return app


def required(**options: Any) -> Callable[..., Any]:
    @in_request_thread
    def guard(request: Request) -> None:
        jwt.verify_jwt_in_request(request, **options)

    return guard


def show(request: Request) -> Response:
    with_users = request.app.state.flask_app.extensions["flask-jwt-extended"]._user_lookup_callback is not None
    return FlaskJSONResponse(
        {
            "claims": jwt.get_jwt(request),
            "header": jwt.get_jwt_header(request),
            "identity": jwt.get_jwt_identity(request),
            "where": jwt.get_jwt_request_location(request),
            "user": jwt.get_current_user(request) if with_users else None,
        }
    )


def token(**claims: Any) -> str:
    """A token with these claims; those that are None are left out."""
    content = {
        "fresh": False,
        "iat": 1700000000,
        "jti": "1",
        "type": "access",
        "sub": "ann",
        "exp": FAR,
        "csrf": "c",
        **claims,
    }
    return pyjwt.encode({key: value for key, value in content.items() if value is not None}, SECRET, algorithm="HS256")


TOKENS = {
    "access": token(),
    "fresh": token(fresh=True),
    "fresh-until": token(fresh=FAR),
    "no-longer-fresh": token(fresh=1700000001),
    "refresh": token(type="refresh"),
    "expired": token(exp=1700000001),
    "expired-refresh": token(exp=1700000001, type="refresh"),
    "not-yet": token(nbf=FAR),
    "issued-in-future": token(iat=FAR),
    "no-subject": token(sub=None),
    "number-subject": token(sub=7),
    "no-type": token(type=None, fresh=None, jti=None),
    "issuer": token(iss="shop"),
    "audience": token(aud="web"),
    "issuer-and-audience": token(iss="shop", aud=["web", "app"]),
    "no-csrf": token(csrf=None),
    "unsigned": pyjwt.encode({"sub": "ann"}, None, algorithm="none"),
    "other-key": pyjwt.encode({"sub": "ann"}, SECRET[::-1], algorithm="HS256"),
    "other-algorithm": pyjwt.encode({"sub": "ann", "exp": FAR}, SECRET * 2, algorithm="HS512"),
    "two-parts": "a.b",
    "rubbish": "rubbish",
    "bad-header": "ab.cd.ef",
    "bob": token(sub="bob"),
    "revoked": token(jti="revoked"),
    "banned": token(role="banned"),
}

BODIES: list[tuple[str, bytes]] = [
    ("application/json", b'{"access_token": "%s"}' % TOKENS["access"].encode()),
    ("application/json; charset=utf-8", b'{"refresh_token": "%s"}' % TOKENS["refresh"].encode()),
    ("application/vnd.api+json", b'{"access_token": "%s"}' % TOKENS["expired"].encode()),
    ("application/json", b"{"),
    ("application/json", b""),
    ("application/json", b"null"),
    ("application/json", b'["list"]'),
    ("application/json", b'{"access_token": ""}'),
    ("text/plain", b'{"access_token": "x"}'),
    ("application/x-www-form-urlencoded", b"csrf_token=c"),
    ("application/x-www-form-urlencoded", b"csrf_token=wrong"),
]

HEADERS = [
    "", "Bearer", "Bearer ", "bearer {}", "BEARER {}", "Basic YTpi", "{}", "Bearer {} {}", "Bearer  {}", "Bearer\t{}",
    "Bearer {},", "Basic YTpi, Bearer {}", "Bearer {}, Bearer {}", "Token {}", "Bearer {}, Basic YTpi", ",",
    "Bearer, {}",
]  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_token_against_every_option(variant, pair):
    flask_app = legacy()
    asked = pair(flask_app, converted(flask_app))
    statuses = set()
    for value in TOKENS.values():
        seen = asked.same("GET", f"/{variant}?jwt={value}", {"Authorization": f"Bearer {value}"})
        statuses.add(seen.status)
    statuses.add(asked.same("GET", f"/{variant}").status)
    assert len(statuses) > 1 or variant in ("cookies", "in-json", "nowhere")


@pytest.mark.parametrize("kind", ["Bearer", "", "Token"])
@pytest.mark.parametrize("variant", ["plain", "optional"])
def test_every_shape_of_the_header(kind, variant, pair):
    flask_app = legacy(JWT_HEADER_TYPE=kind)
    asked = pair(flask_app, converted(flask_app))
    for shape in HEADERS:
        asked.same("GET", f"/{variant}", {"Authorization": shape.format(TOKENS["access"], TOKENS["fresh"])})


def test_a_header_of_another_name(pair):
    flask_app = legacy(JWT_HEADER_NAME="X-Token")
    asked = pair(flask_app, converted(flask_app))
    assert asked.same("GET", "/plain", {"X-Token": f"Bearer {TOKENS['access']}"}).status == 200
    assert asked.same("GET", "/plain", {"Authorization": f"Bearer {TOKENS['access']}"}).status == 401


def test_a_header_sent_twice(pair):
    flask_app = legacy()
    asked = pair(flask_app, converted(flask_app))
    one = ("Authorization", f"Bearer {TOKENS['access']}")
    assert asked.same("GET", "/plain", [("Authorization", "Basic YTpi"), one]).status == 200
    assert asked.same("GET", "/plain", [one, one]).status == 401


@pytest.mark.parametrize(
    "config",
    [
        {"JWT_DECODE_ISSUER": "shop"},
        {"JWT_DECODE_AUDIENCE": "web"},
        {"JWT_DECODE_AUDIENCE": ["app", "other"], "JWT_DECODE_ISSUER": "shop"},
        {"JWT_DECODE_LEEWAY": 10**9},
        {"JWT_IDENTITY_CLAIM": "jti"},
        {"JWT_VERIFY_SUB": False},
        {"JWT_ERROR_MESSAGE_KEY": "error"},
        {"JWT_DECODE_ALGORITHMS": ["HS512"]},
        {"JWT_ALGORITHM": "HS512"},
        {"JWT_SECRET_KEY": None, "SECRET_KEY": SECRET},
        {"JWT_SECRET_KEY": None},
        {"JWT_TOKEN_LOCATION": "headers"},
        {"JWT_TOKEN_LOCATION": []},
        {"JWT_TOKEN_LOCATION": ["moon"]},
        {"JWT_HEADER_NAME": ""},
    ],
    ids=str,
)
def test_settings_of_the_check(config, pair):
    flask_app = Flask("legacy")
    flask_app.config.update({"JWT_SECRET_KEY": SECRET, **config})
    JWTManager(flask_app)
    flask_app.add_url_rule("/plain", "plain", jwt_required()(show_in_flask))
    asked = pair(flask_app, converted(flask_app))
    for value in TOKENS.values():
        asked.same("GET", "/plain", {"Authorization": f"Bearer {value}"})
    asked.same("GET", "/plain")


@pytest.mark.parametrize("prefix", ["", "jwt:"])
def test_the_query(prefix, pair):
    flask_app = legacy(JWT_TOKEN_LOCATION=["query_string"], JWT_QUERY_STRING_VALUE_PREFIX=prefix)
    asked = pair(flask_app, converted(flask_app))
    found = [
        asked.same("GET", f"/plain?{query}").status
        for value in TOKENS.values()
        for query in ("", "jwt=", f"jwt={value}", f"jwt={prefix}{value}", f"jwt={prefix}{value}&jwt=x")
    ]
    assert {200, 401, 422} <= set(found)


@pytest.mark.parametrize("places", [["json"], ["headers", "json"], ["headers", "query_string", "json", "cookies"]])
def test_the_body_and_several_places(places, pair):
    flask_app = legacy(JWT_TOKEN_LOCATION=places)
    asked = pair(flask_app, converted(flask_app))
    statuses = set()
    for variant in ("plain", "optional", "refresh", "in-json"):
        for kind, body in BODIES:
            seen = asked.same("POST", f"/{variant}", {"Content-Type": kind}, body)
            statuses.add(seen.status)
            asked.same("POST", f"/{variant}", {"Content-Type": kind, "Authorization": "Bearer x"}, body)
    assert {200, 401} <= statuses


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"JWT_COOKIE_CSRF_PROTECT": False},
        {"JWT_CSRF_CHECK_FORM": True},
        {"JWT_CSRF_METHODS": ["GET"]},
        {"JWT_ACCESS_COOKIE_NAME": "a", "JWT_REFRESH_COOKIE_NAME": "r", "JWT_ACCESS_CSRF_HEADER_NAME": "X-C"},
    ],
    ids=str,
)
def test_cookies_and_their_csrf_value(config, pair):
    flask_app = legacy(JWT_TOKEN_LOCATION=["cookies"], **config)
    asked = pair(flask_app, converted(flask_app))
    statuses = set()
    for value in (TOKENS["access"], TOKENS["refresh"], TOKENS["no-csrf"], TOKENS["expired"], ""):
        cookie = f"access_token_cookie={value}; refresh_token_cookie={value}; a={value}; r={value}"
        for sent in ({}, {"X-CSRF-TOKEN": "c"}, {"X-CSRF-TOKEN": "wrong"}, {"X-C": "c"}):
            for variant in ("plain", "refresh", "optional"):
                statuses.add(asked.same("GET", f"/{variant}", {"Cookie": cookie, **sent}).status)
                for kind, body in BODIES[-3:]:
                    headers = {"Cookie": cookie, "Content-Type": kind, **sent}
                    statuses.add(asked.same("POST", f"/{variant}", headers, body).status)
    assert {200, 401} <= statuses


def test_options_passes_and_leaves_nothing_verified(pair):
    flask_app = legacy()
    flask_app.add_url_rule("/own", "own", jwt_required()(lambda: show_in_flask()), methods=["OPTIONS"])
    app = converted(flask_app)
    app.add_api_route("/own", show, methods=["OPTIONS"], dependencies=[Depends(required())])
    assert pair(flask_app, app).same("OPTIONS", "/own").status == 500


def with_callbacks(manager: JWTManager) -> None:
    """Callbacks that answer in every way there is."""
    manager.user_lookup_loader(lambda header, claims: {"ann": {"name": "Ann"}}.get(claims["sub"]))
    manager.token_in_blocklist_loader(lambda header, claims: claims["jti"] == "revoked")
    manager.token_verification_loader(lambda header, claims: claims.get("role") != "banned")
    manager.decode_key_loader(lambda header, claims: SECRET if header["alg"] == "HS256" else SECRET * 2)

    @manager.unauthorized_loader
    def unauthorized(reason: str) -> Any:
        response = jsonify({"error": reason})
        response.status_code = 401
        response.headers["WWW-Authenticate"] = 'Bearer realm="shop"'
        return response

    @manager.invalid_token_loader
    def invalid(reason: str) -> Any:
        return {"error": reason}, 400

    @manager.expired_token_loader
    def expired(header: dict[str, Any], claims: dict[str, Any]) -> Any:
        return f"<p>{header['alg']} of {claims['sub']} is too old", 403, {"X-Why": "age"}

    @manager.needs_fresh_token_loader
    def stale(header: dict[str, Any], claims: dict[str, Any]) -> Any:
        return jsonify(claims), {"X-Why": "stale"}

    @manager.revoked_token_loader
    def revoked(header: dict[str, Any], claims: dict[str, Any]) -> Any:
        return make_response("revoked", "410 Gone")

    @manager.user_lookup_error_loader
    def nobody(header: dict[str, Any], claims: dict[str, Any]) -> Any:
        return [claims["sub"], "is nobody"], 404

    @manager.token_verification_failed_loader
    def failed(header: dict[str, Any], claims: dict[str, Any]) -> Any:
        return None


def test_callbacks_of_the_application(pair):
    flask_app = legacy()
    with_callbacks(flask_app.extensions["flask-jwt-extended"])
    asked = pair(flask_app, converted(flask_app))
    statuses = set()
    for variant in VARIANTS:
        statuses.add(asked.same("GET", f"/{variant}").status)
        for value in TOKENS.values():
            statuses.add(asked.same("GET", f"/{variant}", {"Authorization": f"Bearer {value}"}).status)
    assert statuses == {200, 400, 401, 403, 404, 410, 500}


def test_a_callback_that_aborts(pair):
    from flask import abort

    flask_app = legacy()
    flask_app.extensions["flask-jwt-extended"].user_lookup_loader(lambda header, claims: abort(409))
    asked = pair(flask_app, converted(flask_app))
    assert asked.same("GET", "/plain", {"Authorization": f"Bearer {TOKENS['access']}"}).status == 409


def test_nothing_verified_is_a_mistake_of_the_program(pair):
    flask_app = legacy()
    app = converted(flask_app)
    flask_app.add_url_rule("/bare", "bare", show_in_flask)
    app.add_api_route("/bare", show)
    assert pair(flask_app, app).same("GET", "/bare").status == 500


def test_no_users_are_looked_up(pair):
    flask_app = legacy()
    app = converted(flask_app)
    flask_app.add_url_rule("/who", "who", jwt_required(optional=True)(lambda: jsonify(str(current_user))))

    @app.get("/who", dependencies=[Depends(required(optional=True))])
    def who(request: Request) -> Response:
        return FlaskJSONResponse(str(jwt.get_current_user(request)))

    asked = pair(flask_app, app)
    assert asked.same("GET", "/who").status == 200
    assert asked.same("GET", "/who", {"Authorization": f"Bearer {TOKENS['access']}"}).status == 500


def test_verified_in_a_hook_and_again_in_the_endpoint(pair):
    flask_app = legacy()
    flask_app.extensions["flask-jwt-extended"].user_lookup_loader(lambda header, claims: claims["sub"])
    app = converted(flask_app)
    flask_app.before_request(lambda: verify_in_flask(optional=True) and None)

    def hook(request: Request) -> None:
        jwt.verify_jwt_in_request(request, optional=True)

    app.state.lifecycle = Lifecycle(
        before={"": [read_ahead, hook]}, handlers=ErrorHandlers({"": {**jwt_errors.ERROR_HANDLERS}})
    )
    flask_app.add_url_rule("/bare", "bare", show_in_flask)
    app.add_api_route("/bare", show)
    asked = pair(flask_app, app)
    for value in TOKENS.values():
        asked.same("GET", "/bare", {"Authorization": f"Bearer {value}"})
        asked.same("GET", "/fresh", {"Authorization": f"Bearer {value}"})
    asked.same("GET", "/bare")


def test_decoding_a_token_that_came_in_another_way(pair):
    flask_app = legacy()
    app = converted(flask_app)

    @flask_app.post("/decode")
    def decode() -> Any:
        from flask import request

        sent = request.get_json()
        claims = decode_token(sent["token"], sent.get("csrf"), allow_expired=sent.get("old", False))
        return jsonify(claims, get_jti(sent["token"]), get_csrf_token(sent["token"]))

    @app.post("/decode")
    def decode_(request: Request, sent: dict[str, Any]) -> Response:
        claims = jwt.decode_token(request, sent["token"], sent.get("csrf"), allow_expired=sent.get("old", False))
        identifier, csrf = jwt.get_jti(request, sent["token"]), jwt.get_csrf_token(request, sent["token"])
        return FlaskJSONResponse([claims, identifier, csrf])

    asked = pair(flask_app, app)
    for value in TOKENS.values():
        for more in ({}, {"csrf": "c"}, {"csrf": "wrong"}, {"old": True}):
            body = json.dumps({"token": value, **more}).encode()
            asked.same("POST", "/decode", {"Content-Type": "application/json"}, body)


def test_the_library_makes_tokens_without_a_request(fastapi_answer):
    """What an application context suffices for may stay the library's."""
    flask_app = legacy()
    manager = flask_app.extensions["flask-jwt-extended"]
    manager.additional_claims_loader(lambda user: {"role": user["role"]})
    manager.user_identity_loader(lambda user: user["name"])
    app = converted(flask_app)

    @app.post("/login")
    def login() -> Response:
        user = {"name": "ann", "role": "admin"}
        fresh = create_access_token(user, fresh=timedelta(minutes=5), additional_claims={"x": 1})
        return FlaskJSONResponse({"access": fresh, "refresh": create_refresh_token(user)})

    made = json.loads(fastapi_answer(app, "POST", "/login").body)
    seen = fastapi_answer(app, "GET", "/fresh", {"Authorization": f"Bearer {made['access']}"})
    claims = json.loads(seen.body)["claims"]
    assert (claims["sub"], claims["role"], claims["x"]) == ("ann", "admin", 1)
    assert fastapi_answer(app, "GET", "/refresh", {"Authorization": f"Bearer {made['refresh']}"}).status == 200


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"JWT_COOKIE_CSRF_PROTECT": False},
        {"JWT_CSRF_IN_COOKIES": False},
        {"JWT_COOKIE_SECURE": True, "JWT_COOKIE_SAMESITE": "Strict", "JWT_COOKIE_DOMAIN": ".example.com"},
        {"JWT_ACCESS_COOKIE_PATH": "/api", "JWT_ACCESS_CSRF_COOKIE_PATH": "/x", "JWT_REFRESH_COOKIE_NAME": "r"},
    ],
    ids=str,
)
def test_cookies_are_set_and_dropped(config, pair):
    flask_app = legacy(JWT_TOKEN_LOCATION=["cookies"], **config)
    app = converted(flask_app)

    @flask_app.get("/set")
    def set_() -> Any:
        response = jsonify("in")
        set_access_cookies(response, TOKENS["access"])
        set_refresh_cookies(response, TOKENS["refresh"], max_age=60, domain="other.example.com")
        return response

    @flask_app.get("/unset")
    def unset() -> Any:
        response = jsonify("out")
        unset_jwt_cookies(response)
        return response

    @app.get("/set")
    def set_converted(request: Request) -> Response:
        response = FlaskJSONResponse("in")
        jwt_cookies.set_access_cookies(request, response, TOKENS["access"])
        jwt_cookies.set_refresh_cookies(request, response, TOKENS["refresh"], max_age=60, domain="other.example.com")
        return response

    @app.get("/unset")
    def unset_converted(request: Request) -> Response:
        response = FlaskJSONResponse("out")
        jwt_cookies.unset_jwt_cookies(request, response)
        return response

    asked = pair(flask_app, app)
    for target in ("/set", "/unset"):
        expected, found = in_one_second(lambda path=target: asked.both("GET", path))
        assert found == expected
        assert [name for name, _ in found.headers].count("set-cookie") >= 2


def in_one_second(ask: Any) -> Any:
    """What is answered within one second of the clock, which tells when cookies expire."""
    while True:
        second = int(time.time())
        answers = ask()
        if int(time.time()) == second:
            return answers


def test_every_error_of_the_library_has_its_counterpart():
    names = {name for name, value in vars(library_exceptions).items() if isinstance(value, type)}
    assert names == {name for name in names if hasattr(jwt_errors, name)}


def test_every_error_that_the_library_answers_is_answered():
    handlers = legacy().error_handler_spec[None][None]
    expected = {kind.__name__ for kind in handlers if kind.__module__.startswith(("flask_jwt_extended", "jwt"))}
    assert {kind.__name__ for kind in jwt_errors.ERROR_HANDLERS} == expected
