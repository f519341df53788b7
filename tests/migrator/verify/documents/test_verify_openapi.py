"""`migrate verify --openapi` on a real project whose extension serves a document of its own."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from migrator.cli.entry import cli

APP = '''
from flask import Flask
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields

app = Flask(__name__)
app.config.update(
    API_TITLE="Pets", API_VERSION="1", OPENAPI_VERSION="3.0.3", OPENAPI_URL_PREFIX="/docs", OPENAPI_JSON_PATH="api.json"
)
api = Api(app)
pets = Blueprint("pets", __name__, url_prefix="/pets", description="Animals")


class PetSchema(Schema):
    name = fields.String(required=True)


@pets.route("/", methods=["POST"])
@pets.arguments(PetSchema)
@pets.response(201, PetSchema)
def add(pet):
    """Add a pet."""
    return pet


api.register_blueprint(pets)
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, converted."""
    root = tmp_path_factory.mktemp("pets")
    (root / "app.py").write_text(APP, "utf-8")
    for arguments in (("init", "--app", "app:app", "--target", "fastapi_app"), ("apply", "--all")):
        result = run(root, *arguments)
        assert result.exit_code == 0, result.output
    return root


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), *arguments], prog_name="migrate")


def test_the_document_that_the_application_serves_is_found_and_compared(project):
    result = run(project, "verify", "--openapi", "--format", "json")
    report = json.loads(result.stdout)
    assert report["sources"] == ["/docs/api.json"]
    (operation,) = report["operations"]
    assert operation == "POST /pets/"
    told = report["operations"][operation]
    assert not told["missing"]
    lost = [one["place"][0] for one in told["differences"] if one["kind"] == "lost"]
    assert not {"body", "query", "tag pets", "response 201"} & set(lost)
    assert report["same"] is not bool(told["differences"])
    assert result.exit_code == (0 if report["same"] else 1)


def test_a_document_in_a_file_and_what_got_lost(project, tmp_path):
    told = {"summary": "Add one", "parameters": [{"in": "query", "name": "loud", "schema": {"type": "boolean"}}]}
    file = tmp_path / "api.json"
    paths = {"/pets/": {"post": told}, "/other": {"get": {"summary": "Elsewhere"}}}
    file.write_text(json.dumps({"openapi": "3.0.0", "paths": paths}), "utf-8")
    result = run(project, "verify", "--openapi", "--document", str(file))
    assert result.exit_code == 1
    assert "lost     query: loud" in result.stdout
    assert "changed  summary: Add one → " in result.stdout
    assert "1 operation(s) not compared: their routes are not converted" in result.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "is not a JSON document"), ("[]", "is not an OpenAPI document"), ('{"paths": 1}', "it has no `paths`")],
)
def test_a_file_without_a_document_is_an_error(project, tmp_path, text, message):
    file = tmp_path / "api.json"
    file.write_text(text, "utf-8")
    result = run(project, "verify", "--openapi", "--document", str(file))
    assert result.exit_code == 2
    assert message in result.stderr


def test_an_application_without_a_document_says_where_was_looked(project):
    text = (project / "app.py").read_text("utf-8")
    try:
        (project / "app.py").write_text(text.replace('OPENAPI_URL_PREFIX="/docs", ', ""), "utf-8")
        result = run(project, "verify", "--openapi")
    finally:
        (project / "app.py").write_text(text, "utf-8")
    assert result.exit_code == 2
    assert "serves no OpenAPI document (no rule sounds like one): name a file with --document" in result.stderr
