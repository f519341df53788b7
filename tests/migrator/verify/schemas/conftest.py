"""A small application with schemas, converted by the tool itself, in a folder."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from migrator.cli.entry import cli
from migrator.manifest.model import Manifest, RouteEntry
from migrator.manifest.store import load

APP = '''"""People and their orders."""

import datetime as dt
import enum
import uuid

from flask import Flask, jsonify, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_dump, post_load, pre_load, validate, validates
from marshmallow import validates_schema

app = Flask(__name__)


class Colour(enum.Enum):
    RED = "r"
    GREEN = "g"


class Period:
    def __init__(self, first, last):
        self.first, self.last = first, last


class AddressSchema(Schema):
    """Where somebody lives."""

    street = fields.String(required=True, validate=validate.Length(min=2, max=20))
    city = fields.String(load_default="Ulm")


class PersonSchema(Schema):
    """A person."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True, data_key="fullName", validate=validate.Length(max=10))
    age = fields.Integer(validate=validate.Range(min=0, max=150), strict=True)
    email = fields.Email(allow_none=True, error_messages={"invalid": "No address."})
    colour = fields.Enum(Colour)
    home = fields.Nested(AddressSchema)
    others = fields.List(fields.Nested(AddressSchema), validate=validate.Length(max=2))
    price = fields.Decimal(places=2, load_default=None)
    tags = fields.Dict(keys=fields.Integer(), values=fields.Integer())
    made = fields.DateTime(load_default=lambda: dt.datetime.now())
    token = fields.UUID(load_default=uuid.uuid4)
    nick = fields.String(dump_default="nobody", validate=validate.OneOf(["ann", "bob"]))

    @pre_load
    def strip(self, data, **kwargs):
        if isinstance(data, dict) and isinstance(data.get("fullName"), str):
            data = {**data, "fullName": data["fullName"].strip()}
        return data

    @validates("age")
    def not_unlucky(self, value, data_key):
        if value == 13:
            raise ValidationError("Not that one.")

    @validates_schema
    def adults_have_addresses(self, data, **kwargs):
        if data.get("age", 0) > 99 and "home" not in data:
            raise ValidationError("Where?", "home")

    @post_dump
    def shout(self, data, **kwargs):
        if isinstance(data.get("fullName"), str):
            data["fullName"] = data["fullName"].upper()
        return data


class PeriodSchema(Schema):
    """From when to when."""

    class Meta:
        unknown = EXCLUDE

    first = fields.Date(required=True)
    last = fields.Date(load_default=None)

    @post_load
    def make(self, data, **kwargs):
        return Period(data["first"], data["last"])


@app.post("/people")
def create_person():
    return jsonify(PersonSchema().dump(PersonSchema().load(request.get_json())))


@app.patch("/people")
def change_person():
    return jsonify(PersonSchema().dump(PersonSchema(partial=True).load(request.get_json())))


@app.post("/periods")
def create_period():
    period = PeriodSchema().load(request.get_json())
    return jsonify(PeriodSchema().dump(period))


@app.get("/plain")
def plain():
    return jsonify(1)
'''


@dataclass(frozen=True)
class People:
    """The converted project. `run` calls the command line in it."""

    root: Path

    def run(self, *arguments: str) -> Result:
        """Run `migrate ARGUMENTS`."""
        return CliRunner().invoke(cli, ["-C", str(self.root), *arguments], prog_name="migrate")

    def report(self, *arguments: str, code: int) -> dict:
        """Run `migrate verify --schemas --format json`; its document."""
        result = self.run("verify", "--schemas", "--format", "json", "--seed", "7", *arguments)
        assert result.exit_code == code, result.output + str(result.exception or "")
        return json.loads(result.stdout)

    def change(self, file: str, before: str, after: str) -> None:
        """Change a file of the target by hand, where `before` stands first."""
        path = self.root / "fastapi_app" / file
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), "utf-8")

    @property
    def manifest(self) -> Manifest:
        """The manifest as it is now."""
        return load(self.root)

    def route(self, key: str) -> RouteEntry:
        """A route as the manifest has it now."""
        return next(route for _, name, route in self.manifest.routes() if name == key)


@pytest.fixture(scope="session")
def people_of() -> Callable[[Path], People]:
    """The commands for a project in a folder."""
    return People


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project, converted once for all tests."""
    root = tmp_path_factory.mktemp("people")
    (root / "app.py").write_text(APP, "utf-8")
    people = People(root)
    for arguments in (("init", "--app", "app:app", "--target", "fastapi_app"), ("apply", "--all")):
        result = people.run(*arguments)
        assert result.exit_code == 0, result.output
    return root


@pytest.fixture
def people(original: Path, tmp_path: Path) -> People:
    """A copy of the converted project."""
    return People(Path(shutil.copytree(original, tmp_path / "people")))
