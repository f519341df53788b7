"""Rules that are bound to hosts and subdomains, and trusted hosts, compared with what Flask answers."""

from collections.abc import Callable

import pytest

from tests.codemods.conftest import Pair

HEAD = """
from flask import Blueprint, Flask, abort, g, jsonify, redirect, request, url_for
"""
SUBDOMAINS = (
    HEAD
    + """
app = Flask(__name__, subdomain_matching=True)
app.config["SERVER_NAME"] = "shop.test"
admin = Blueprint("admin", __name__, subdomain="admin")
tenants = Blueprint("tenants", __name__, subdomain="<tenant>", url_prefix="/of")


@app.after_request
def tell(response):
    response.headers["X-After"] = request.host
    return response


@app.route("/")
def index():
    return jsonify(host=request.host, links=[
        url_for("index"), url_for("admin.home"), url_for("tenants.item", tenant="acme", n=2, q="a"),
        url_for("admin.home", _external=True), url_for("shops", city="ulm", kind="de", _scheme="https", _external=True),
    ])


@app.route("/both", methods=["POST"])
def both():
    return "main"


@app.route("/old", redirect_to="/")
def old():
    pass


@admin.route("/")
def home():
    return jsonify(links=[url_for("index"), url_for("tenants.item", tenant="admin", n=1), url_for(".folder")])


@admin.route("/folder/")
def folder():
    return "folder"


@admin.route("/both")
def both_of_admin():
    return redirect(url_for("index"))


@tenants.route("/<int:n>")
def item(tenant, n):
    return jsonify(tenant=tenant, n=n)


@tenants.route("/fixed", subdomain="www")
def fixed():
    return "fixed"


@app.route("/in/<city>", subdomain="<any(de, at):kind>.shops")
def shops(kind, city):
    return f"{kind} {city}"


app.register_blueprint(admin)
app.register_blueprint(tenants)
"""
)
HOSTS = (
    HEAD
    + """
app = Flask(__name__, host_matching=True, static_host="static.test")
users = Blueprint("users", __name__, url_prefix="/users")


@app.route("/", host="one.test:8080")
@app.route("/1", host="one.test")
def one():
    return jsonify(links=[url_for("two", name="bob"), url_for("one"), url_for("users.shown", name="x", user="eve")])


@app.route("/", host="two.test")
def two_root():
    return "two"


@app.route("/<name>", host="two.test")
def two(name):
    return f"{name} {request.view_args}"


@users.url_value_preprocessor
def pull(endpoint, values):
    g.user = values.pop("user", None)


@users.route("/<name>", host="<user>.users.test")
def shown(name):
    return f"{g.user} {name}"


@app.route("/nowhere")
def nowhere():
    return "never"


@app.errorhandler(404)
def unknown(error):
    return f"unknown {request.host}", 404


app.register_blueprint(users)
"""
)
UNMATCHED = (
    HEAD
    + """
app = Flask(__name__)


@app.route("/status", subdomain="api")
def status():
    return "api"


@app.route("/")
def index():
    return url_for("status")
"""
)
TRUSTED = (
    HEAD
    + """
app = Flask(__name__)
app.config["TRUSTED_HOSTS"] = ["localhost", ".example.org"]


@app.before_request
def stop():
    if "X-Stop" in request.headers:
        return "stopped", 418
    if "X-Elsewhere" in request.headers:
        return redirect(request.url + "?moved")


@app.after_request
def tell(response):
    response.headers["X-After"] = str(request.endpoint)
    if "X-Tell" in request.headers:
        response.headers["X-After"] = request.host
    return response


@app.errorhandler(400)
def refused(error):
    return (request.base_url if "X-Handled" in request.headers else str(error)), error.code


@app.route("/", methods=["GET", "POST"])
def index():
    return "index"
"""
)


ASKED_OF_SUBDOMAINS = [
    *[("shop.test", method, path) for method in ("GET", "POST", "OPTIONS") for path in ("/", "/both", "/old", "/x")],
    *[("admin.shop.test", method, "/both") for method in ("GET", "POST", "OPTIONS", "DELETE")],
    *[("admin.shop.test", "GET", path) for path in ("/", "/folder/", "/folder", "/old", "/of/1", "/folder//")],
    *[("acme.shop.test", "GET", path) for path in ("/of/1", "/of/x", "/of/fixed", "/", "/folder")],
    ("ACME.shop.test", "GET", "/of/1"), ("a.b.shop.test", "GET", "/of/1"), ("acme.shop.test:80", "GET", "/of/1"),
    ("acme.shop.test:5000", "GET", "/of/1"), ("www.shop.test", "GET", "/of/fixed"), ("elsewhere", "GET", "/"),
    ("elsewhere", "GET", "/of/1"), ("de.shops.shop.test", "GET", "/in/ulm"), ("ch.shops.shop.test", "GET", "/in/x"),
    ("acme.shop.test", "OPTIONS", "/of/1"), ("shop.test", "GET", "/static/none.txt"),
]  # fmt: skip
ASKED_OF_HOSTS = [
    ("one.test:8080", "/"), ("one.test", "/"), ("one.test", "/1"), ("two.test", "/"), ("two.test", "/bob"),
    ("two.test", "/bob/1"), ("eve.users.test", "/users/x"), ("users.test", "/users/x"),
    ("one.test", "/nowhere"), ("localhost", "/nowhere"), ("static.test", "/static/none"), ("ONE.test", "/1"),
    ("one.test:80", "/1"), ("no host", "/nowhere"),
]  # fmt: skip


def test_subdomains(pair: Callable[..., Pair]) -> None:
    made = pair(SUBDOMAINS)
    for host, method, path in ASKED_OF_SUBDOMAINS:
        answer = made.same(method, path, headers={"Host": host})
        assert made.alone(method, path, headers={"Host": host}) == answer
    assert set(made.runtimes().values()) == {"native"}
    tenants = made.text("routers/tenants.py")
    assert 'dependencies=[Depends(OnSubdomain("admin"))], route_class' in made.text("routers/admin.py")
    assert 'dependencies=[Depends(OnSubdomain("{tenant}"))]' in tenants
    assert "tenant: Annotated[str, Path(include_in_schema=False)]" in tenants


def test_hosts(pair: Callable[..., Pair]) -> None:
    made = pair(HOSTS)
    for host, path in ASKED_OF_HOSTS:
        answer = made.same("GET", path, headers={"Host": host})
        assert made.alone("GET", path, headers={"Host": host}) == answer
    assert set(made.runtimes().values()) == {"native"}
    assert 'name="one", dependencies=[Depends(OnHost("one.test:8080"))]' in made.text("routers/root.py")


def test_a_subdomain_that_nothing_matches_is_never_reached(pair: Callable[..., Pair]) -> None:
    made = pair(UNMATCHED)
    for host in ("localhost", "api.localhost"):
        made.same("GET", "/status", headers={"Host": host})
        assert made.alone("GET", "/", headers={"Host": host})[1] == f"http://api.{host}/status".encode()
    assert set(made.runtimes().values()) == {"native"}


def test_trusted_hosts(pair: Callable[..., Pair]) -> None:
    made = pair(TRUSTED)
    names = ("localhost", "LOCALHOST", "localhost:99999", "evil", "a.example.org:8", "example.org", "xexample.org", "")
    for host in names:
        for method, path in (("GET", "/"), ("OPTIONS", "/"), ("GET", "/none"), ("DELETE", "/")):
            answer = made.same(method, path, headers={"Host": host})
            assert made.alone(method, path, headers={"Host": host}) == answer
        for name in ("X-Stop", "X-Elsewhere", "X-Tell", "X-Handled"):  # of which three look at the host
            answer = made.same("GET", "/", headers={"Host": host, name: "1"})
            assert made.alone("GET", "/", headers={"Host": host, name: "1"}) == answer


@pytest.mark.parametrize("host", ["<int(min=3):n>.test", "<two:n>.test", "{n}.test"])
def test_hosts_that_stay(pair: Callable[..., Pair], host: str) -> None:
    parameter = "n" if "<" in host else ""
    made = pair(
        HEAD
        + f"""
from werkzeug.routing import BaseConverter


class Two(BaseConverter):
    regex = ".."


app = Flask(__name__, host_matching=True, static_folder=None)
app.url_map.converters["two"] = Two


@app.route("/", host="{host}")
def shown({parameter}):
    return "x"
"""
    )
    assert made.runtimes() == {"shown": "flask"}
    assert made.findings("shown")[0].startswith("FM111")
