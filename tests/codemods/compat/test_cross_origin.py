"""`compat.cross_origin` sends the headers that Flask-CORS sends."""

import datetime
import itertools
import re

import flask
import pytest
from fastapi import FastAPI
from fastapi import Request as FastAPIRequest
from fastapi import Response as FastAPIResponse
from fastapi.testclient import TestClient
from flask_cors import CORS

from codemods.compat.cross_origin import CrossOrigin

OPTIONS = {
    "none": {},
    "one origin": {"origins": "https://a.example"},
    "several": {"origins": ["https://b.example", "https://a.example"], "expose_headers": ["X-B", "X-A"]},
    "pattern": {"origins": r"https://.*\.example", "max_age": 600},
    "compiled": {"origins": re.compile("https://[ab].example"), "vary_header": False},
    "wildcard": {"send_wildcard": True, "methods": ["get", "POST"]},
    "credentials": {"supports_credentials": True, "allow_headers": ["X-Token", "Content-Type"]},
    "quiet": {"always_send": False, "origins": ["https://a.example"], "methods": "PUT"},
    "private": {"allow_private_network": True, "max_age": datetime.timedelta(minutes=5), "expose_headers": "X-A"},
    "resource": {"resources": r"/api/*"},
    "resources": {"resources": ["/api/items", r"/deep/.*"], "origins": ["https://a.example"]},
    "own options": {
        "resources": {
            r"/api/.*": {"origins": "https://a.example"},
            "/api/items": {"origins": ["https://b.example"]},
            "*": {"supports_credentials": True},
        },
        "max_age": 0,
    },
}
ORIGINS = [None, "https://a.example", "HTTPS://A.EXAMPLE", "https://b.example", "https://evil.test", ""]
PREFLIGHTS = [
    {},
    {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-token, X-Other,content-type"},
    {"Access-Control-Request-Method": "put", "Access-Control-Request-Private-Network": "true"},
    {"Access-Control-Request-Method": "BREW"},
]
PATHS = ["/", "/api/items", "/api/other", "/deep/er", "/API/items", "/api%2Fitems", "/set"]
NAMES = ("access-control-", "vary")


def shown(headers):
    return sorted((name.lower(), value) for name, value in headers if name.lower().startswith(NAMES))


@pytest.mark.parametrize("name", OPTIONS)
def test_the_headers_are_those_of_flask_cors(name):
    theirs = flask.Flask(__name__)
    CORS(theirs, **OPTIONS[name])

    @theirs.route("/", defaults={"where": ""}, methods=["GET", "PUT", "OPTIONS"])
    @theirs.route("/<path:where>", methods=["GET", "PUT", "OPTIONS"])
    def answer(where):
        response = flask.Response("x")
        if where == "set":
            response.headers["Access-Control-Allow-Origin"] = "mine"
        return response

    mine, cross_origin = FastAPI(), CrossOrigin(**OPTIONS[name])

    @mine.api_route("/{where:path}", methods=["GET", "PUT", "OPTIONS"])
    def plain(where: str, request: FastAPIRequest) -> FastAPIResponse:
        headers = {"Access-Control-Allow-Origin": "mine"} if where == "set" else None
        return cross_origin.add_headers(request, FastAPIResponse("x", headers=headers))

    fastapi, client = TestClient(mine, base_url="http://localhost"), theirs.test_client()
    seen = set()
    for method, path, origin, asked in itertools.product(["GET", "OPTIONS"], PATHS, ORIGINS, PREFLIGHTS):
        headers = dict(asked) if origin is None else {**asked, "Origin": origin}
        expected = shown(client.open(path, method=method, headers=headers).headers)
        found = shown(fastapi.request(method, path, headers=headers).headers.multi_items())
        assert found == expected, (method, path, headers)
        seen.add(tuple(expected))
    assert len(seen) > 3


def test_what_the_specification_forbids_is_refused_as_there():
    with pytest.raises(ValueError, match="credentials"):
        CrossOrigin(send_wildcard=True, supports_credentials=True)


OLD = {"/api/it ms": {"origins": "https://a.example"}, "/API/.*": {"origins": "https://b.example"}}


@pytest.mark.parametrize(("path", "origin"), [("/API/IT+ms", "https://a.example"), ("/api/x", "https://b.example")])
def test_before_version_6_the_longest_resource_came_first_whatever_its_case(path, origin):
    # as measured with the versions from 3.0.10 to 5.0.1
    mine, cross_origin = FastAPI(), CrossOrigin(OLD, ignores_case=True, allow_private_network=None)

    @mine.get("/{where:path}")
    def plain(where: str, request: FastAPIRequest) -> FastAPIResponse:
        return cross_origin.add_headers(request, FastAPIResponse("x"))

    found = TestClient(mine).get(path, headers={"Access-Control-Request-Private-Network": "true"}).headers
    assert found["access-control-allow-origin"] == origin
    assert "access-control-allow-private-network" not in found
