"""Settings of APIFlask's applications: known without Flask where the project sets them, else Flask's own business."""

HEAD = """
from apiflask import APIFlask
from flask import current_app

app = APIFlask(__name__, title="Pets", version="1.0")
"""


def test_apiflasks_own_defaults_are_not_known(pair):
    both = pair(
        HEAD
        + """
@app.get("/described")
def described():
    return {"text": current_app.config["NOT_FOUND_DESCRIPTION"]}


@app.get("/known")
def known():
    return {"known": "AUTO_TAGS" in current_app.config}
"""
    )
    assert both.runtimes()["described"] == both.runtimes()["known"] == "bridged"
    assert "what sets 'NOT_FOUND_DESCRIPTION' was not found" in both.findings("described")[0]
    both.same("GET", "/described")
    both.same("GET", "/known")


def test_settings_of_the_projects_own_are_known(pair):
    both = pair(
        HEAD
        + """
app.config.update(SIZE=3, NOT_FOUND_DESCRIPTION="No such pet.")


@app.error_processor
def process(error):
    body = {"text": error.message, "service": current_app.config.get("SERVICE", "pets")}
    return body, error.status_code, error.headers


@app.get("/size")
def size():
    return {"size": current_app.config["SIZE"], "own": app.config["SIZE"]}


@app.get("/described")
def described():
    return {"text": current_app.config["NOT_FOUND_DESCRIPTION"]}


@app.get("/name")
def name():
    return {"name": current_app.config["NAME"]}
"""
    )
    both.flask.config["PROPAGATE_EXCEPTIONS"] = False
    assert {name: both.runtimes()[name] for name in ("size", "described", "name")} == {
        "size": "native",
        "described": "native",
        "name": "native",
    }
    for path in ("/size", "/described", "/name"):
        both.same("GET", path)
    assert both.alone("GET", "/size")[1] == b'{"own":3,"size":3}\n'


def test_settings_of_a_factory(pair):
    both = pair(
        """
from apiflask import APIFlask, APIBlueprint
from flask import current_app

pets = APIBlueprint("pets", __name__)


@pets.get("/size")
def size():
    return {"size": current_app.config["SIZE"]}


def create_app():
    app = APIFlask(__name__)
    app.config["SIZE"] = 3
    app.register_blueprint(pets)
    return app


app = create_app()
"""
    )
    assert both.runtimes()["pets.size"] == "native"
    both.same("GET", "/size")
    assert both.alone("GET", "/size")[0] == 200


def test_what_else_the_application_says_of_itself(pair):
    both = pair(
        HEAD
        + """
@app.get("/said")
def said():
    return {"title": app.title, "version": current_app.version}


@app.get("/named")
def named():
    return {"name": app.name == current_app.name}
"""
    )
    assert (both.runtimes()["said"], both.runtimes()["named"]) == ("bridged", "native")
    both.same("GET", "/said")
    both.same("GET", "/named")
