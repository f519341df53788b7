"""APIFlask's API keys in headers, cookies and the query: what stays and why, and that the same requests are let in."""

import pytest

HEAD = """
from apiflask import (
    APIBlueprint, APIFlask, APIKeyCookieAuth, APIKeyHeaderAuth, APIKeyQueryAuth, HTTPBasicAuth, MultiAuth,
)

app = APIFlask(__name__)
"""
INDEX = """
@auth.verify_token
def user_of(key):
    return key


@app.get("/")
@app.auth_required(auth)
def index():
    return {"user": auth.current_user}
"""
STAYS = {
    "a name that is computed": "auth = APIKeyQueryAuth(param_name='a'.upper())",
    "no name": "auth = APIKeyCookieAuth(param_name=None)",
    "an empty name": "auth = APIKeyHeaderAuth(param_name='')",
    "arguments that are spread": "auth = APIKeyHeaderAuth(*['Key'])",
}


@pytest.mark.parametrize("name", STAYS)
def test_what_cannot_be_read_stays_on_flask(pair, name):
    pair(HEAD + STAYS[name] + INDEX).stays("index", "FM751")


KEYS = """
header = APIKeyHeaderAuth(realm="Shop", description="A key of ours")
cookie = APIKeyCookieAuth(name="Cookie", param_name="key")
query = APIKeyQueryAuth("Query", "Own", param_name="key")
flag = APIKeyQueryAuth(security_scheme_name="Flag", param_name="flag")
token = APIKeyHeaderAuth("Token", "Token", param_name="Authorization")
basic = HTTPBasicAuth()
either = MultiAuth(basic, cookie, query, header)
USERS = {"k1": {"name": "ann", "role": "reader"}, "k2": {"name": "bob", "role": "writer"}, "k0": False}


@header.verify_token
def by_header(key):
    return USERS.get(key)


@cookie.verify_token
def by_cookie(key):
    return USERS.get(key)


@query.verify_token
def by_query(key):
    return USERS.get(key)


@query.get_user_roles
def role_of(user):
    return user["role"]


@flag.verify_token
def is_flag(key):
    return key == "yes"


@flag.get_user_roles
def parts_of(auth):
    return [auth.type, auth.token]


@flag.error_processor
def refused(error):
    return {"flag": error.message}, error.status_code, error.headers


@token.verify_token
def itself(key):
    return key


@basic.verify_password
def check(name, password):
    return {"name": name} if password == "pw" else None


@app.get("/header")
@app.auth_required(header)
def in_header():
    return {"user": header.current_user}


@app.get("/cookie")
@app.auth_required(cookie)
def in_cookie():
    return {"user": cookie.current_user}


@app.get("/query")
@app.auth_required(query, roles=["writer"])
def in_query():
    return {"user": query.current_user}


@app.get("/optional")
@app.auth_required(query, roles=["writer"], optional=True)
def optional():
    return {"user": query.current_user}


@app.get("/flag")
@app.auth_required(flag, roles=["yes", ["apiKey", "no"]])
def by_flag():
    return {"user": flag.current_user}


@app.get("/token")
@app.auth_required(token)
def by_token():
    return {"user": token.current_user}


@app.get("/either")
@app.auth_required(either)
def by_either():
    return {"user": either.current_user}
"""
HEADERS = [
    {}, *({"X-API-Key": key} for key in ("k0", "k1", "k2", "k9", "")),
    *({"Cookie": text} for text in ("key=k0", "key=k1", "key=", "key=k9; key=k1", 'key="k1"', "other=k1")),
    *({"Authorization": text} for text in ("Token k1", "token k2", "k1", "ApiKey k1", "Token a=b", "Basic YW5uOnB3")),
    {"Cookie": "key=k1", "X-API-Key": "k9"}, {"Cookie": "key=k1", "Authorization": "Basic YW5uOnB3"},
]  # fmt: skip
QUERIES = ["", "?key=k0", "?key=k1", "?key=k2", "?key=", "?key=k9&key=k2", "?key=%6b2", "?flag=yes", "?flag=no"]
PATHS = ["/header", "/cookie", "/query", "/optional", "/flag", "/token", "/either"]


def same(flask, fastapi, path, headers):
    """Ask both sides; the answers, challenge included, must be one."""
    theirs = flask.open(path, headers=headers)
    mine = fastapi.request("GET", path, headers=headers)
    kept = ("Content-Type", "WWW-Authenticate")
    shown = (theirs.status_code, theirs.data, *map(theirs.headers.get, kept))
    assert (mine.status_code, mine.content, *map(mine.headers.get, kept)) == shown, (path, headers)


def test_the_same_requests_are_let_in(pair):
    both = pair(HEAD + KEYS)
    assert {one for name, one in both.runtimes().items() if not name.startswith("openapi")} == {"native"}
    with both.clients() as (_, fastapi):
        for path in PATHS:
            for headers in HEADERS:
                same(both.flask.test_client(use_cookies=False), fastapi, path, headers)
            for query in QUERIES:
                same(both.flask.test_client(use_cookies=False), fastapi, path + query, {})


def test_openapi_tells_where_the_keys_are(pair):
    both = pair(HEAD + KEYS.partition('@app.get("/either")')[0])
    mine, theirs = both.make().openapi(), both.flask.spec
    told = theirs["components"]["securitySchemes"]
    assert told.keys() == {"ApiKeyAuth", "Cookie", "Query", "Flag", "Token"}
    for name in told:
        assert mine["components"]["securitySchemes"][name] == told[name]
    for path in ("/cookie", "/query", "/optional"):
        assert mine["paths"][path]["get"]["security"] == theirs["paths"][path]["get"]["security"]
    assert mine["paths"]["/query"]["get"]["security"] == [{"Query": ["writer"]}]
    assert mine["paths"]["/flag"]["get"]["security"] == [{"Flag": []}]  # OpenAPI has no word for both of two roles


HOOKED = """
auth = APIKeyQueryAuth()
admin = APIBlueprint("admin", __name__, url_prefix="/admin")


@auth.verify_token
def user_of(key):
    return key


@admin.before_request
@admin.auth_required(auth)
def guard():
    pass


@admin.get("/")
def index():
    return {"user": auth.current_user}


app.register_blueprint(admin)
"""
PROCESSOR = """
@app.error_processor
def process(error):
    return {"said": error.message}, error.status_code
"""


def test_a_hook_that_asks_for_a_key(pair):
    both = pair(HEAD + HOOKED)
    assert both.runtimes()["admin.index"] == "native"
    with both.clients() as (flask, fastapi):
        for query in ("", "?X-API-Key=a", "?X-API-Key="):
            same(flask, fastapi, f"/admin/{query}", {})


def test_a_hook_whose_challenge_would_be_lost_stays(pair):
    both = pair(HEAD + PROCESSOR + HOOKED)
    assert both.runtimes()["admin.index"] == "flask"
    assert any(one.startswith("FM736") for one in both.findings("admin.index")), both.findings("admin.index")
