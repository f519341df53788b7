"""Blueprints whose names are no names of modules, or would give two of them one file."""

NAMED = """
from flask import Blueprint, Flask, request, url_for

app = Flask(__name__)


@app.route("/")
def index():
    return "application"


"""
BLUEPRINT = """
{variable} = Blueprint({name!r}, __name__, url_prefix="/{variable}")


@{variable}.route("/")
def index_of_{variable}():
    return f"{{request.blueprint}} {{url_for('.index_of_{variable}')}}"


app.register_blueprint({variable})
"""
FILES = {
    "Roles & rights": "roles_rights",
    "2fa": "blueprint_2fa",
    "import": "blueprint_import",
    "-": "_",
    "root": "root_2",
    "Users": "users",
    "users": "users_2",
    "größe": "größe",
}


def test_every_blueprint_has_a_module_of_its_own(pair):
    source = NAMED + "\n".join(
        BLUEPRINT.format(name=name, variable=f"blueprint{place}") for place, name in enumerate(FILES)
    )
    both = pair(source)
    assert set(both.runtimes().values()) == {"native"}
    both.same("GET", "/")
    for place, (name, file) in enumerate(FILES.items()):
        assert f"def index_of_blueprint{place}(" in both.text(f"routers/{file}.py")
        assert both.same("GET", f"/blueprint{place}/")[1].startswith(name.encode())
    tags = {path: one["get"].get("tags") for path, one in both.make().openapi()["paths"].items()}
    assert tags == {"/": None} | {f"/blueprint{place}/": [name] for place, name in enumerate(FILES)}
