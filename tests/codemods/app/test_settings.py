"""The configuration: beside Flask its live one, alone what the initialiser says, and else the route is bridged."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

HEAD = """
import os
from datetime import timedelta
from flask import Flask, current_app, jsonify, request
app = Flask(__name__)
"""


def alone(both: Any, path: str) -> Any:
    """The answer of the FastAPI application without Flask."""
    with TestClient(both.make(None), raise_server_exceptions=False) as client:
        answer = client.get(path)
        return answer.json() if answer.status_code == 200 else answer.status_code


def test_what_cannot_be_known_without_flask_is_bridged_and_says_why(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
KEY = "SIZE"
app.config.from_mapping(SIZE=1)
app.config.from_file(app.name, load=app.json.load, silent=True)

@app.get("/size")
def size():
    return jsonify(current_app.config["SIZE"])

@app.get("/named")
def named():
    return jsonify(app.config[KEY])

@app.get("/whole")
def whole():
    return jsonify(len(current_app.config) > 3)
"""
    )
    assert set(both.runtimes().values()) == {"bridged"}
    assert both.findings("size") == ["FM692 'current_app.config[\"SIZE\"]': 'app.name'"]
    for endpoint in both.runtimes():
        both.same("GET", f"/{endpoint}")


def test_settings_that_other_code_sets_are_not_known(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
app.config["SIZE"] = 1
app.config["NAME"] = "a"

def late():
    app.config["SIZE"] = 2

def fill(config):
    config["NAME"] = "b"

def fill_all():
    fill(app.config)

late()
fill_all()

@app.get("/size")
def size():
    return jsonify(current_app.config["SIZE"], current_app.config["NAME"])
"""
    )
    assert both.runtimes() == {"size": "bridged"}
    both.same("GET", "/size")


def test_settings_of_every_form(pair: Callable[..., Any], monkeypatch: Any) -> None:
    monkeypatch.setenv("SHOP_REGION", "north")
    both = pair(
        HEAD
        + """
class Base:
    COLOUR = "red"
    DEPTH = 1

class Production(Base):
    DEPTH = 2
    small = "not taken"

def configure(application):
    application.config["FOLLOWED"] = True

app.config.from_object(Production)
app.config.from_mapping({"SIZE": 3}, RATE=0.5, small="not taken")
app.config.update(dict(LABELS={"a": 1}), lower="taken")
app.config["REGION"] = os.environ.get("SHOP_REGION", "south")
app.config["AGE"] = timedelta(days=2)
app.config.setdefault("SIZE", 4)
app.secret_key = "k"
app.testing = False
configure(app)

def helper(key):
    config = current_app.config
    return config["RATE"] * config.get("ABSENT", 2) if key else None

@app.before_request
def refuse():
    if request.args.get("colour") == app.config["COLOUR"]:
        return "refused", 403

@app.get("/all")
def everything():
    return jsonify(
        current_app.config["COLOUR"], app.config["DEPTH"], app.config.get("small"), current_app.config["SIZE"],
        app.config["LABELS"]["a"], app.config["lower"], app.config["REGION"], app.config["AGE"].days,
        app.testing, current_app.secret_key, app.config["FOLLOWED"], app.config.get("SERVER_NAME"), helper(1),
    )

@app.get("/missing")
def missing():
    return app.config["MISSING"]

@app.get("/set")
def change():
    app.config["SIZE"] = 9
    return jsonify(app.config["SIZE"])
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    assert "from flask" not in "".join(
        both.text(path) for path in ("routers/root.py", "initial_settings.py", "hooks.py")
    )
    for path in ("/all?colour=red", "/all", "/missing", "/set", "/all"):
        both.same("GET", path)
    found = alone(both, "/all")
    assert found == ["red", 2, None, 3, 1, "taken", "north", 2, False, "k", True, None, 1.0]
    assert alone(both, "/missing") == 500
    both.flask.config["COLOUR"] = "blue"
    assert both.same("GET", "/all?colour=red")[0] == 200


def test_settings_of_a_factory(pair: Callable[..., Any]) -> None:
    files = {
        "made_by_factory.py": """
import os
from flask import Flask, current_app, jsonify

def create(name=None, config=None, **overrides):
    application = Flask(__name__)
    name = name or os.environ.get("UNHEARD_OF_NAME", "default")
    application.config.from_mapping(NAME=name.upper(), SIZE=1)
    application.config.from_mapping(overrides)
    if config is not None:
        application.config.from_mapping(config)
    else:
        application.config["PLAIN"] = True

    @application.get("/name")
    def name():
        return jsonify(current_app.config["NAME"], current_app.config["PLAIN"], current_app.config["SIZE"])

    return application
"""
    }
    both = pair("from made_by_factory import create\napp = create(SIZE=5)\n", files)
    assert both.runtimes() == {"name": "native"}
    both.same("GET", "/name")
    assert alone(both, "/name") == ["DEFAULT", True, 5]


@pytest.mark.parametrize(
    ("given", "known"), [("{'SIZE': 2}", [2, "a"]), ("{}", [1, "a"]), ("", [1, "a"]), ("{**{'SIZE': 3}}", None)]
)
def test_settings_handed_to_a_factory_or_none(pair: Callable[..., Any], given: str, known: list[Any] | None) -> None:
    """`config or {}`: what is unpacked may be empty, so that the text does not say which of the two it is."""
    source = f"""
from flask import Flask, current_app, jsonify

def create(config=None, *, name=None):
    application = Flask(__name__)
    application.config.update(SIZE=1)
    application.config.update(config or {{}})
    application.config["NAME"] = "b" if name else "a"

    @application.get("/size")
    def size():
        return jsonify(current_app.config["SIZE"], current_app.config["NAME"])

    return application

app = create({given})
"""
    both = pair(source)
    assert both.runtimes() == {"size": "bridged" if known is None else "native"}
    both.same("GET", "/size")
    if known is not None:
        assert alone(both, "/size") == known


def test_what_the_application_says_of_itself(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def note(text):
    app.logger.warning("note %s", text)

@app.get("/name")
def name():
    note("a")
    return jsonify(current_app.name, app.import_name)

@app.get("/logger")
def logger():
    current_app.logger.info("seen")
    return current_app.logger.name
"""
    )
    assert set(both.runtimes().values()) == {"native"}
    assert "from flask" not in both.text("routers/root.py")
    for path in ("/name", "/logger"):
        both.same("GET", path)


def test_a_handler_for_a_librarys_error_bridges_only_what_may_raise_it(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

@app.errorhandler(IntegrityError)
def twice(error):
    return jsonify(sorted(current_app.extensions)), 409

@app.get("/plain")
def plain():
    return "plain"

@app.get("/twice")
def insert():
    select(1)
    raise IntegrityError("insert", {}, Exception())
"""
    )
    assert both.runtimes() == {"plain": "native", "insert": "bridged"}
    for path in ("/plain", "/twice"):
        both.same("GET", path)


def test_a_helper_that_calls_itself_is_carried(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
def flat(value):
    return [one for inner in value for one in flat(inner)] if isinstance(value, list) else [value]

def deep(value):
    return deep(value[0]) if isinstance(value, list) else request.args.get("a")

@app.get("/flat")
def show():
    return jsonify(flat([1, [2, [3]]]))

@app.get("/deep")
def show_deep():
    return jsonify(deep([[1]]))
"""
    )
    assert both.runtimes()["show"] == "native"
    assert both.runtimes()["show_deep"] == "flask"
    both.same("GET", "/flat")


def test_a_handler_for_a_status_bridges_only_what_may_answer_so(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
from flask import abort

@app.errorhandler(404)
def missing(error):
    return jsonify(sorted(current_app.extensions)), 404

@app.get("/plain")
def plain():
    return "plain"

@app.get("/missing")
def absent():
    abort(404)
"""
    )
    assert both.runtimes() == {"plain": "native", "absent": "bridged"}
    for path in ("/plain", "/missing"):
        both.same("GET", path)


def test_the_served_one_of_several_applications(pair: Callable[..., Any]) -> None:
    both = pair(
        """
from flask import Flask
from second import app
other = Flask("other")

@app.get("/a")
def a():
    return app.make_response(app.name)
""",
        {"second.py": "from flask import Flask\napp = Flask(__name__)\n"},
    )
    assert both.runtimes() == {"a": "native"}
    both.same("GET", "/a")


OUTSIDE = """
import json
import os
import tomllib
from flask import Flask, current_app, jsonify

def create(testing=None):
    app = Flask(__name__, instance_relative_config={relative})
    app.config.from_mapping(SIZE=1, DATABASE=os.path.join(app.instance_path, "shop.sqlite"))
    if testing is None:
        app.config.from_pyfile("local.py", silent=True)
    else:
        app.config.update(testing)
    app.config.from_file("local.toml", load=tomllib.load, text=False, silent=True)
    app.config.from_prefixed_env("SHOP_TEST")
    app.config["SHOUT"] = app.config["GREETING"] + app.config.get("MARK", "!")
    if os.environ.get("SHOP_TEST_LARGE"):
        app.config["PAGE"] = 100
        app.config["WIDE"] = True
    else:
        app.config["PAGE"] = 10
    os.makedirs(app.instance_path, exist_ok=True)

    @app.get("/all")
    def everything():
        config = current_app.config
        return jsonify(
            config["SIZE"], config["SHOUT"], config["PAGE"], config.get("WIDE"), config.get("small"),
            config.get("NESTED"), config["DATABASE"],
        )

    return app

app = create()
"""
FILES = {
    "local.py": 'GREETING = "file"\nSIZE = 2\nsmall = 3\n',
    "local.toml": 'GREETING = "toml"\nsmall = 4\n',
    "instance/local.py": 'GREETING = "instance"\n',
}


@pytest.mark.parametrize(("relative", "large"), [(False, ""), (True, ""), (False, "1")])
def test_settings_from_files_and_the_environment(
    pair: Callable[..., Any], monkeypatch: Any, relative: bool, large: str
) -> None:
    monkeypatch.setenv("SHOP_TEST_NESTED__INNER", "[1, 2]")
    monkeypatch.setenv("SHOP_TEST_LARGE", large)
    both = pair(OUTSIDE.format(relative=relative), FILES)
    assert both.runtimes() == {"everything": "native"}
    both.same("GET", "/all")
    text = both.text("initial_settings.py")
    assert 'INSTANCE_PATH = str(Path(__file__).parents[1] / "instance")' in text
    assert "flask" not in text
    found = alone(both, "/all")
    assert found == both.flask.test_client().get("/all").json
    assert found[1] == ("instance!" if relative else "toml!")
    assert found[5] == {"INNER": [1, 2]}


def test_a_file_of_settings_that_uses_flask_is_left_to_flask(pair: Callable[..., Any]) -> None:
    files = {"local.py": "from flask import json\nGREETING = json.dumps(1)\n"}
    both = pair(OUTSIDE.format(relative=False), files)
    assert both.runtimes() == {"everything": "bridged"}
    both.same("GET", "/all")


def test_a_setting_made_of_one_that_is_not_known_is_not_known(pair: Callable[..., Any]) -> None:
    both = pair(
        HEAD
        + """
app.config["FIRST"] = len(app.extensions)
app.config["SECOND"] = app.config["FIRST"] + 1
if app.config["FIRST"]:
    app.config["THIRD"] = 1
app.config["FOURTH"] = 4

@app.get("/second")
def second():
    return jsonify(current_app.config["SECOND"])

@app.get("/third")
def third():
    return jsonify(current_app.config.get("THIRD"))

@app.get("/fourth")
def fourth():
    return jsonify(current_app.config["FOURTH"])
"""
    )
    assert both.runtimes() == {"second": "bridged", "third": "bridged", "fourth": "native"}
    for endpoint in both.runtimes():
        both.same("GET", f"/{endpoint}")


def test_a_module_that_is_called_settings(pair: Callable[..., Any]) -> None:
    files = {"settings.py": "SIZE = 7\n"}
    for given in ("settings", "'settings'"):
        both = pair(
            HEAD
            + f"""
import settings
app.config.from_object({given})

@app.get("/size")
def size():
    return jsonify(current_app.config["SIZE"])
""",
            files,
        )
        assert both.runtimes() == {"size": "native"}
        assert alone(both, "/size") == 7


def test_a_class_that_text_names_in_a_package_that_imports_flask(pair: Callable[..., Any]) -> None:
    files = {
        "kiosk_package/__init__.py": "from flask import current_app\n",
        "kiosk_package/sizes.py": "class Base:\n    SIZE = 7\n\nclass Small(Base):\n    COLOUR = 'red'\n",
    }
    both = pair(
        HEAD
        + """
app.config.from_object("kiosk_package.sizes.Small")

@app.get("/size")
def size():
    return jsonify(current_app.config["SIZE"], current_app.config["COLOUR"])
""",
        files,
    )
    assert both.runtimes() == {"size": "native"}
    assert alone(both, "/size") == [7, "red"]
    assert "from .kiosk_package.sizes import Small" in both.text("initial_settings.py")


def test_settings_of_a_namespace(pair: Callable[..., Any]) -> None:
    both = pair("""
from flask import Flask, current_app, jsonify
app = Flask(__name__)
app.config.update(MAIL_HOST="h", MAIL_PORT=25, OTHER=1)

@app.get("/a")
def a():
    return jsonify(current_app.config.get_namespace("MAIL_"), app.config.get_namespace("NONE_"))

@app.get("/b")
def b():
    return jsonify(app.config.get_namespace("MAIL_", lowercase=False, trim_namespace=False))

@app.get("/c/<start>")
def c(start):
    return jsonify(app.config.get_namespace(start))
""")
    assert both.runtimes() == {"a": "native", "b": "native", "c": "bridged"}
    for path in ("/a", "/b"):
        assert both.same("GET", path)[:2] == both.alone("GET", path)[:2]
    both.flask.config["MAIL_LATER"] = 2
    for path in ("/a", "/b", "/c/OT"):
        both.same("GET", path)


CHOSEN = """
class Config:
    SIZE = 20
    PREFIX = "[shop]"

    @staticmethod
    def init_app(app):
        pass

class Development(Config):
    SIZE = 3

config = {"development": Development, "default": Config}
"""
CREATE = """
from flask import Flask, current_app
{imported}
def create(name):
    application = Flask(__name__, static_folder=None)
    application.config.from_object(config[name])
    config[name].init_app(application)
    application.config.setdefault("PREFIX", "never")
    application.config.setdefault("OTHER", "other")

    @application.get("/size")
    def size():
        return [current_app.config["SIZE"], current_app.config["PREFIX"], current_app.config["OTHER"]]

    return application
"""


@pytest.mark.parametrize("is_apart", [True, False])
def test_a_class_of_settings_that_the_environment_names(
    pair: Callable[..., Any], monkeypatch: Any, is_apart: bool
) -> None:
    module = f"made_by_name_{is_apart}".lower()
    imported = f"from {module}_config import config\n" if is_apart else CHOSEN
    files = {f"{module}.py": CREATE.format(imported=imported), f"{module}_config.py": CHOSEN}
    source = f'import os\nfrom {module} import create\napp = create(os.getenv("SIZE_OF_SHOP") or "default")\n'
    both = pair(source, files)
    assert both.runtimes() == {"size": "native"}
    both.same("GET", "/size")
    assert alone(both, "/size") == [20, "[shop]", "other"]
    monkeypatch.setenv("SIZE_OF_SHOP", "development")
    assert alone(both, "/size") == [3, "[shop]", "other"]


def test_a_default_of_a_setting_that_may_be_given_is_not_known(pair: Callable[..., Any]) -> None:
    both = pair("""
import os
from flask import Flask
app = Flask(__name__, static_folder=None)
app.config["KNOWN"] = 1
app.config.from_object(os.environ.get("UNHEARD_OF_SETTINGS", "builtins"))
app.config.setdefault("KNOWN", 2)
app.config.setdefault("SIZE", 5)

@app.get("/size")
def size():
    return str(app.config["SIZE"])
""")
    assert both.runtimes() == {"size": "bridged"}
    assert "config.from_object(os.environ.get" in both.findings("size")[0]
