"""Schemas with links, and such as are loaded in part: what the proof has to be inside of, or to ask for."""

from pathlib import Path

import pytest

from .conftest import People

APP = """
from flask import Flask, jsonify, request
from flask_marshmallow import Marshmallow
from marshmallow import Schema, fields

app = Flask(__name__)
ma = Marshmallow(app)


class PersonSchema(ma.Schema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    home = ma.URLFor("show", values={"id": "<id>"}, dump_only=True)


@app.get("/people/<id>")
def show(id):
    return jsonify(PersonSchema().dump({"id": id, "name": "Ann"}))


@app.post("/people")
def make():
    return jsonify(PersonSchema(partial=("id",)).load(request.get_json()))
"""


@pytest.fixture
def linked(tmp_path: Path) -> People:
    """The converted project."""
    (tmp_path / "app.py").write_text(APP, "utf-8")
    people = People(tmp_path)
    for arguments in (("init", "--app", "app:app", "--target", "fastapi_app"), ("apply", "--all")):
        result = people.run(*arguments)
        assert result.exit_code == 0, result.output
    return people


def test_links_and_parts_are_proved(linked: People) -> None:
    report = linked.report("--inputs", "60", code=0)
    assert set(report["schemas"]) == {"app.PersonSchema", "app.PersonSchema(partial=(id,))"}
    linked.change("schemas/app.py", 'id="<id>"', 'id="<name>"')
    result = linked.run("verify", "--schemas", "--seed", "7", "--inputs", "60")
    assert result.exit_code == 1
    assert "differs app.PersonSchema: dump(" in result.stdout
