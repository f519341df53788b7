"""Static folders of the application and of blueprints: the code that comes out, and the same answers as Flask's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

HEAD = """
from datetime import timedelta
from flask import Blueprint, Flask, request
app = Flask(__name__)
"""
STYLE = {"static/style.css": "body {}", "static/deep/a b.txt": "text", "static/empty": ""}


def test_the_applications_files_are_served_as_by_flask(pair: Callable[..., Any]) -> None:
    both = pair(HEAD, STYLE)
    assert both.conversion.outcomes["static"].runtime == "native"
    assert both.same("GET", "/static/style.css")[:2] == (200, b"body {}")
    assert both.same("HEAD", "/static/style.css")[1] == b""
    assert both.same("GET", "/static/deep/a%20b.txt")[2]["content-type"] == "text/plain; charset=utf-8"
    assert both.same("GET", "/static/empty")[0] == 200
    assert both.same("GET", "/static/style.css", headers={"Range": "bytes=1-3"})[:2] == (206, b"ody")
    etag = both.same("GET", "/static/style.css")[2]["etag"]
    assert both.same("GET", "/static/style.css", headers={"If-None-Match": etag})[0] == 304


def test_what_is_no_file_of_the_folder_is_not_found(pair: Callable[..., Any]) -> None:
    both = pair(HEAD, STYLE)
    for url in ("/static/none.css", "/static/deep", "/static/%2e%2e/secret", "/static/", "/static"):
        assert both.same("GET", url)[0] == 404
    assert both.same("POST", "/static/style.css")[0] == 405


def test_a_folder_that_does_not_exist_has_its_rule_too(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.errorhandler(404)
def missing(error):
    return {"error": "missing"}, 404
"""
    )
    assert both.conversion.outcomes["static"].runtime == "native"
    assert both.same("GET", "/static/a.css")[1] == b'{"error":"missing"}\n'


def test_hooks_run_around_a_static_file(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
@app.before_request
def closed():
    if request.headers.get("X-Closed"):
        return "closed", 503

@app.after_request
def tell(response):
    response.headers["X-After"] = request.endpoint
    return response
""",
        STYLE,
    )
    assert both.same("GET", "/static/style.css")[2]["x-after"] == "static"
    assert both.same("GET", "/static/style.css", headers={"X-Closed": "1"})[:2] == (503, b"closed")


def test_a_blueprints_files_come_from_its_own_folder(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
admin = Blueprint("admin", __name__, url_prefix="/admin", static_folder="assets")
inner = Blueprint("inner", __name__, url_prefix="/inner", static_folder="assets", static_url_path="/files")
admin.register_blueprint(inner)
app.register_blueprint(admin)
""",
        {**STYLE, "assets/a.js": "1;"},
    )
    assert both.runtimes() == {"admin.static": "native", "admin.inner.static": "native"}
    assert both.same("GET", "/admin/assets/a.js")[:2] == (200, b"1;")
    assert both.same("GET", "/admin/inner/files/a.js")[:2] == (200, b"1;")
    assert both.same("GET", "/admin/assets/b.js")[0] == 404


def test_how_long_files_are_cached_is_asked_when_they_are_sent(pair: Callable[..., Any]) -> None:
    both = pair(HEAD, STYLE)
    both.flask.config["SEND_FILE_MAX_AGE_DEFAULT"] = 60
    assert both.same("GET", "/static/style.css")[2]["cache-control"] == "public, max-age=60"
    both.flask.config["SEND_FILE_MAX_AGE_DEFAULT"] = None
    assert both.same("GET", "/static/style.css")[2]["cache-control"] == "no-cache"


def test_how_long_files_are_cached_is_known_without_flask_too(pair: Callable[..., Any]) -> None:
    both = pair(HEAD + 'app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(minutes=2)\n', STYLE)
    assert both.same("GET", "/static/style.css")[2]["cache-control"] == "public, max-age=120"
    assert both.alone("GET", "/static/style.css")[2]["cache-control"] == "public, max-age=120"


def test_a_folder_outside_the_project_is_asked_of_flask(pair: Callable[..., Any], tmp_path_factory: Any) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "a.css").write_text("a {}")
    both = pair(f"from flask import Flask\napp = Flask(__name__, static_folder={str(outside)!r})\n")
    assert both.conversion.outcomes["static"].runtime == "bridged"
    assert str(outside) not in "".join(both.conversion.files.values())
    assert both.same("GET", f"/{outside.name}/a.css")[:2] == (200, b"a {}")


def test_a_folder_beside_the_project_is_found_from_it(pair: Callable[..., Any], tmp_path: Path) -> None:
    beside = tmp_path.with_name(f"{tmp_path.name}_beside")
    beside.mkdir()
    (beside / "a.css").write_text("a {}")
    both = pair(f"from flask import Flask\napp = Flask(__name__, static_folder='../{beside.name}')\n")
    assert both.conversion.outcomes["static"].runtime == "native"
    assert f'Path(__file__).parents[2] / "../{beside.name}"' in both.text("routers/root.py")
    assert both.same("GET", f"/{beside.name}/a.css")[:2] == (200, b"a {}")


def test_a_folder_that_is_a_link_keeps_its_own_name(pair: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "release_1").mkdir()
    (tmp_path / "release_1" / "a.css").write_text("a {}")
    (tmp_path / "static").symlink_to("release_1")
    both = pair(HEAD)
    assert "release_1" not in both.text("routers/root.py")
    assert both.same("GET", "/static/a.css")[:2] == (200, b"a {}")


def test_a_blueprint_with_its_own_idea_of_caching_is_asked(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
class Part(Blueprint):
    def get_send_file_max_age(self, filename):
        return 7
part = Part("part", __name__, url_prefix="/part", static_folder="static")
app.register_blueprint(part)
""",
        STYLE,
    )
    assert both.runtimes() == {"part.static": "bridged"}
    assert both.same("GET", "/part/static/style.css")[2]["cache-control"] == "public, max-age=7"


def test_a_hook_that_needs_the_application_keeps_files_beside_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from flask import current_app
@app.teardown_request
def close(error):
    current_app.extensions.pop("database", None)
""",
        STYLE,
    )
    assert both.conversion.outcomes["static"].runtime == "bridged"
    assert both.same("GET", "/static/style.css")[0] == 200


def test_files_at_the_root_come_behind_all_other_rules(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from flask import Flask
app = Flask(__name__, static_folder="public", static_url_path="")

@app.route("/")
def index():
    return app.send_static_file("index.html")

@app.route("/robots.txt")
def robots():
    return "all"
""",
        {"public/index.html": "<p>", "public/robots.txt": "none"},
    )
    assert [both.same("GET", url)[1] for url in ("/index.html", "/robots.txt")] == [b"<p>", b"all"]


def test_an_application_without_a_folder_has_no_rule(pair: Callable[..., Any]) -> None:
    assert pair("from flask import Flask\napp = Flask(__name__, static_folder=None)\n").conversion.outcomes == {}


def test_a_static_endpoint_in_other_codes_hands_stays_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from functools import wraps
def closed(view):
    @wraps(view)
    def call(**arguments):
        return ("closed", 401) if "X-Key" not in request.headers else view(**arguments)
    return call
app.view_functions["static"] = closed(app.view_functions["static"])
""",
        STYLE,
    )
    assert both.conversion.outcomes["static"].runtime == "flask"


def test_a_class_with_its_own_way_to_send_files_stays_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from flask import Flask
class Site(Flask):
    def send_static_file(self, filename):
        return filename
app = Site(__name__)
""",
        STYLE,
    )
    assert both.conversion.outcomes["static"].runtime == "flask"


def test_a_static_folder_below_a_variable_prefix_stays_on_flask(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
shop = Blueprint("shop", __name__, url_prefix="/<name>", static_folder="static")
app.register_blueprint(shop)
""",
        STYLE,
    )
    assert both.findings("shop.static") == ["FM181 '/<name>/static/<path:filename>'"]
