"""The inventory script, run as the tool runs it: by an interpreter, as a file, with a document as its answer."""

import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import migrator.inside

SCRIPT = Path(migrator.inside.__file__).parent / "inventory.py"
APP = "from flask import Flask\napp = Flask(__name__)\n"


@pytest.fixture
def inventory(tmp_path):
    """Write files, run the script; gives the exit code and the document."""

    def run(files, app="app:app", *more):
        root = tmp_path / "project"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text))
        out = tmp_path / "out.json"
        command = [sys.executable, str(SCRIPT), "--app", app, "--root", str(root), "--out", str(out), *more]
        finished = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False)
        assert out.exists(), finished.stderr
        return finished.returncode, json.loads(out.read_text())

    return run


@pytest.mark.parametrize(
    ("reference", "factory"),
    [
        ("shop", False),
        ("shop:app", False),
        ("shop:other.app", False),
        ("shop.py", False),
        ("shop:make", True),
        ("shop:make()", True),
        ("shop:make('x', debug=True)", True),
    ],
)
def test_references_as_flask_takes_them(inventory, reference, factory):
    code, document = inventory(
        {"shop.py": APP + "def make(name='n', debug=False):\n    return Flask(name)\nclass other:\n    app = app\n"},
        reference,
    )
    assert code == 0
    assert document["is_factory"] is factory
    assert document["module"] == "shop"


@pytest.mark.parametrize(
    ("files", "app", "kind", "words"),
    [
        ({"app.py": "x = 1\n"}, "app", "no-application", "no Flask application"),
        ({"app.py": "x = 1\n"}, "app:app", "attribute-missing", "'app' has no attribute 'app'"),
        ({"app.py": "app = 1\n"}, "app:app", "not-flask", "builtins.int"),
        ({"app.py": "def create_app():\n    return 1\n"}, "app:create_app", "not-flask", "builtins.int"),
        ({"app.py": APP}, "app:create_app(", "bad-reference", "create_app("),
        ({"app.py": APP}, "app:app(x)", "bad-reference", "app(x)"),
        ({"app.py": APP}, "nowhere:app", "module-missing", "nowhere"),
        (
            {"app.py": "from flask import Flask\none = Flask('a')\ntwo = Flask('b')\n"},
            "app",
            "several-applications",
            "app:one, app:two",
        ),
    ],
)
def test_what_is_wrong_with_a_reference(inventory, files, app, kind, words):
    code, document = inventory(files, app)
    assert code == 3
    assert document["error"]["kind"] == kind
    assert words in document["error"]["message"]


@pytest.mark.parametrize(
    ("files", "kind", "file", "line"),
    [
        ({"app.py": "import views\n", "views.py": "x = 1\nimport not_there\n"}, "import-error", "views.py", 2),
        ({"app.py": "import views\n", "views.py": "x = 1\ndef f(:\n"}, "syntax-error", "views.py", 2),
        ({"app.py": "import os\nos.environ['NOT_SET_HERE']\n"}, "exception", "app.py", 2),
        ({"app.py": "import sys\nsys.exit('set X first')\n"}, "exit", "app.py", 2),
        ({"app.py": APP + "def create():\n    raise RuntimeError('no')\n"}, "exception", "app.py", 4),
    ],
)
def test_where_the_users_code_fails(inventory, files, kind, file, line):
    code, document = inventory(files, "app:create" if "create" in files["app.py"] else "app:app")
    error = document["error"]
    assert (code, error["kind"], error["file"], error["line"]) == (3, kind, file, line)
    assert "Traceback" in error["traceback"]


def test_ends_although_a_thread_runs_and_names_it(inventory):
    code, document = inventory(
        {
            "app.py": APP
            + "import threading, time\ndef forever():\n    time.sleep(600)\n"
            + "threading.Thread(target=forever, name='poll').start()\n"
        }
    )
    assert code == 0
    assert document["threads"] == [{"name": "poll", "daemon": False, "target": "app.forever"}]


def test_secrets_stay_where_they_are(inventory):
    code, document = inventory(
        {
            "app.py": APP
            + """
from flask.views import View
class V(View):
    def __init__(self, token): ...
app.config.update(SECRET_KEY="hunter2", MAX_CONTENT_LENGTH=10, DATABASE_URL="postgres://u:hunter2@h")
app.add_url_rule("/v", view_func=V.as_view("v", token="hunter2"))
"""
        }
    )
    assert code == 0
    assert "hunter2" not in json.dumps(document)
    assert set(document["application"]["config"]) == {"SECRET_KEY", "MAX_CONTENT_LENGTH", "DATABASE_URL"}
    assert document["application"]["flags"]["MAX_CONTENT_LENGTH"] == 10
    assert document["endpoints"]["v"]["view_class"]["keywords"] == ["token"]


def test_env_file_sets_what_is_not_set(inventory, tmp_path, monkeypatch):
    monkeypatch.setenv("GIVEN", "outside")
    (tmp_path / "vars").write_text("# no\nexport NAME='a b' # c\nGIVEN=inside\nPLAIN=x # y\n")
    code, document = inventory(
        {
            "app.py": "import os\nfrom flask import Flask\n"
            "app = Flask('-'.join(os.environ[name] for name in ('NAME', 'GIVEN', 'PLAIN')))\n"
        },
        "app:app",
        "--env-file",
        str(tmp_path / "vars"),
    )
    assert (code, document["application"]["name"]) == (0, "a b-outside-x")


def test_a_module_of_the_application_may_be_called_as_the_script(inventory):
    code, document = inventory(
        {
            "inventory.py": "NAME = 'mine'\n",
            "app.py": "import inventory\nfrom flask import Flask\napp = Flask(inventory.NAME)\n",
        }
    )
    assert (code, document["application"]["name"]) == (0, "mine")
    assert document["modules"] == {"app": "app.py", "inventory": "inventory.py"}


def test_src_layout(inventory):
    code, document = inventory({"src/shop/__init__.py": APP}, "shop:app")
    assert (code, document["modules"]) == (0, {"shop": "src/shop/__init__.py"})


def test_rank_is_the_order_in_which_werkzeug_tries(inventory):
    _, document = inventory(
        {
            "app.py": APP.replace("__name__", "__name__, static_folder=None")
            + "for rule in ('/<path:p>', '/<s>', '/<int:i>', '/a', '/<s>/b', '/a/<s>'):\n"
            + "    app.add_url_rule(rule, rule, lambda **k: '')\n"
        }
    )
    ranked = [row["rule"] for row in sorted(document["url_map"]["rules"], key=lambda row: row["rank"])]
    assert ranked == ["/a", "/a/<s>", "/<int:i>", "/<s>", "/<s>/b", "/<path:p>"]
    assert [row["rule"] for row in document["url_map"]["rules"]][:2] == ["/<path:p>", "/<s>"]


def test_methods_converters_and_redirects(inventory):
    _, document = inventory(
        {
            "app.py": """
                from flask import Flask
                from werkzeug.routing import BaseConverter, Rule
                app = Flask(__name__, static_folder=None)
                class Slug(BaseConverter):
                    regex = "[a-z-]+"
                app.url_map.converters["slug"] = Slug
                app.url_map.strict_slashes = False
                BOTH = ["GET", "OPTIONS"]
                def show(**values): return ""
                app.add_url_rule("/<slug:s>/<int(min=2):n>", "show", show, methods=BOTH, defaults={"q": 1})
                app.url_map.add(Rule("/any", endpoint="show"))
                app.url_map.add(Rule("/old", endpoint="gone", redirect_to="/any"))
                app.url_map.add(Rule("/made/<s>", endpoint="made", build_only=True))
            """
        }
    )
    rows = {row["rule"]: row for row in document["url_map"]["rules"]}
    first = rows["/<slug:s>/<int(min=2):n>"]
    assert (first["asked"], first["automatic_options"], first["strict_slashes"]) == (["GET", "OPTIONS"], False, False)
    assert first["defaults"] == {"q": 1}
    assert [(row["converter"], row["class"], row["arguments"]) for row in first["variables"]] == [
        ("slug", "app.Slug", None),
        ("int", "werkzeug.routing.converters.IntegerConverter", "min=2"),
    ]
    assert rows["/any"]["methods"] is None
    assert rows["/old"]["redirect_to"] == "/any"
    assert rows["/made/<s>"]["build_only"]
    assert document["url_map"]["converters"] == {"slug": "app.Slug"}


def test_wrapper_chain_names_the_wrappers_by_their_own_code(inventory):
    _, document = inventory(
        {
            "app.py": """
                import functools
                from flask import Flask
                app = Flask(__name__)
                def guard(view):
                    @functools.wraps(view)
                    def checked(*args, **kwargs):
                        return view(*args, **kwargs)
                    return checked
                @app.get("/x")
                @guard
                async def x():
                    return ""
                class Greeter:
                    def __call__(self): return ""
                app.add_url_rule("/g", "greet", functools.partial(Greeter().__call__))
            """
        }
    )
    found = document["endpoints"]["x"]
    assert (found["qualified"], found["def_line"], found["line"], found["is_async"]) == ("app.x", 12, 10, True)
    assert [row["qualified"] for row in found["wrappers"]] == ["app.guard.<locals>.checked"]
    assert document["endpoints"]["greet"]["kind"] == "method"
    assert document["endpoints"]["greet"]["qualified"] == "app.Greeter.__call__"


def test_what_replaces_flasks_own(inventory):
    _, document = inventory(
        {
            "app.py": """
                from flask import Flask, Request, request_started
                from flask.json.provider import DefaultJSONProvider
                from flask.sessions import SecureCookieSessionInterface

                class MyRequest(Request): ...
                class Sessions(SecureCookieSessionInterface): ...
                class Provider(DefaultJSONProvider): ...
                class Middleware:
                    def __init__(self, app): self.app = app
                    def __call__(self, environ, start_response): return self.app(environ, start_response)
                class Shop(Flask):
                    request_class = MyRequest
                    def make_response(self, rv): return super().make_response(rv)

                app = Shop(__name__)
                app.session_interface = Sessions()
                app.json = Provider(app)
                app.json.sort_keys = False
                app.wsgi_app = Middleware(app.wsgi_app)
                app.preprocess_request = lambda: None

                @app.template_filter("loud")
                def loud(text): return text.upper()
                app.jinja_env.globals["shop"] = "name"

                @request_started.connect
                def started(sender, **extra): ...
            """
        }
    )
    application = document["application"]
    assert application["overridden"] == {
        "request_class": "app.MyRequest",
        "make_response": "app.Shop.make_response",
        "session_interface": "app.Sessions",
        "json.sort_keys": "False",
        "preprocess_request": "app.<lambda>",
    }
    assert [row["qualified"] for row in application["wsgi_chain"]] == ["app.Middleware"]
    assert application["template_filters"] == {"loud": "app.loud"}
    assert application["template_globals"] == {"shop": "builtins.str"}
    assert [(row["signal"], row["callable"]["qualified"]) for row in application["signal_receivers"]] == [
        ("request_started", "app.started")
    ]


def test_plain_application_overrides_nothing(inventory):
    _, document = inventory({"app.py": APP})
    application = document["application"]
    assert application["overridden"] == {}
    assert application["config"] == []
    assert application["extensions"] == {}
    assert application["template_globals"] == application["template_filters"] == application["template_tests"] == {}
    assert document["hooks"] == document["error_handlers"] == document["threads"] == document["hazards"] == []
    assert document["distributions"]["flask"]


def test_whole_prefix_of_nested_blueprints(inventory):
    _, document = inventory(
        {
            "app.py": APP
            + """
from flask import Blueprint
outer, inner = Blueprint("outer", __name__, url_prefix="/o"), Blueprint("inner", __name__, url_prefix="/i")
outer.register_blueprint(inner)
app.register_blueprint(outer, url_prefix="/v1")
"""
        }
    )
    assert {row["name"]: (row["url_prefix"], row["variable"]) for row in document["blueprints"]} == {
        "outer": ("/v1", "app.outer"),
        "outer.inner": ("/v1/i", "app.inner"),
    }
