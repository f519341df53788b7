"""What the generated modules are like: clean for ruff and `mypy --strict`, and easy to know again."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.schemas import render_module
from codemods.styles import Styles

STRICT = ["--strict", "--no-error-summary", "--no-incremental", "--cache-dir", "/dev/null"]
#: what a team may well have switched on; sorting and layout are done when the files are written
RULES = "A,ANN,B,C4,E,F,N,PIE,RET,RUF,SIM,T20,UP,W"
CONSTRUCTS_FILE = Path(__file__).with_name("test_conversion.py")


def constructs() -> tuple[str, dict[str, tuple[str, tuple[str, ...]]]]:
    spec = importlib.util.spec_from_file_location("schema_constructs", CONSTRUCTS_FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.IMPORTS, module.CONSTRUCTS


def run(tool: str, *arguments: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", tool, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr if done.returncode else ""


def test_every_construct_passes_ruff_and_strict_mypy(convert, tmp_path: Path):
    imports, modules = constructs()
    packages = []
    in_styles = [(source, style) for style in ("exact", "idiomatic") for source, _ in modules.values()]
    for source, style in in_styles:
        text = f"{imports}{source}\n\ndef patch(data):\n    return Subject(partial=True).load(data)\n"
        both = convert(text, styles=Styles(style))
        if style == "idiomatic" and "WordedModel" not in both.text:
            continue
        packages.append(both.new.__name__.partition(".")[0])
    first, *others = packages
    for package in others:  # one copy of the helpers is enough to check
        folder = tmp_path / package / "schemas"
        (generated,) = (one for one in folder.iterdir() if one.name.startswith("schemas_legacy_"))
        generated.rename(tmp_path / first / "schemas" / generated.name)
    schemas = tmp_path / first / "schemas"
    assert run("ruff", "check", "--isolated", "--select", "I", "--fix", "-q", "schemas", folder=tmp_path / first) == ""
    assert run("ruff", "format", "--isolated", "--line-length", "120", "-q", "schemas", folder=tmp_path / first) == ""
    checked = ["--isolated", "--line-length", "120", "--select", RULES, "--ignore", "ANN401", "-q", "schemas"]
    assert run("ruff", "check", *checked, folder=tmp_path / first) == ""
    # The old modules have no types; what the new ones take from them is untyped as well.
    relaxed = ["--ignore-missing-imports", "--follow-imports", "silent", "--allow-untyped-calls"]
    assert run("mypy", *STRICT, *relaxed, "-p", f"{first}.schemas", folder=tmp_path) == ""
    assert len(list(schemas.glob("schemas_legacy_*.py"))) == len(packages)


def test_reads_like_the_original(convert):
    source = '''
from marshmallow import Schema, ValidationError, fields, validate, validates_schema


# Who may log in.
class UserSchema(Schema):
    """A person with an account."""

    id = fields.Int(dump_only=True)  # given by the database
    # shown to everybody
    name = fields.Str(required=True, validate=validate.Length(min=2))
    password = fields.Str(required=True, load_only=True)

    @validates_schema
    def differ(self, data, **kwargs):
        """Nobody is called like their password."""
        # a classic
        if data["name"] == data["password"]:
            raise ValidationError("Choose another one.", "password")
'''
    expected = '''
# Who may log in.
class UserBase(Schema):
    """What `UserIn` and `UserOut` have in common."""

    # shown to everybody
    name: Annotated[Str, Length(min=2)]


class UserIn(UserBase):
    """A person with an account."""

    password: Str

    @check()
    def differ(self) -> None:
        """Nobody is called like their password."""
        # a classic
        if self.name == self.password:
            raise InvalidError("Choose another one.", "password")


class UserOut(UserBase):
    """A person with an account."""

    id: Int  # given by the database
'''
    assert convert(source).text.endswith(expected)


def test_a_name_that_lives_elsewhere_is_written_as_it_is_there(facts_of):
    project, _, plans = facts_of(
        """
from marshmallow import Schema, fields, validate

SIZES = ["S", "M"]

class ShirtSchema(Schema):
    size = fields.Str(validate=validate.OneOf(SIZES))
    colour = fields.Str(validate=validate.OneOf(choices=list(SIZES)))
"""
    )
    assert plans["app.ShirtSchema"].uses == {"SIZES": "app.SIZES"}
    text = render_module(plans, "app", {}, {"SIZES": "state.SIZES"})
    assert "size: Annotated[Str, OneOf(state.SIZES)] = optional()" in text
    assert "choices=list(state.SIZES)" in text
    assert project.modules["app"].definitions["SIZES"].kind == "state"


@pytest.mark.parametrize(
    ("module", "home"),
    [("shop.schemas", "schemas"), ("shop.orders.schemas", "orders"), ("shop.schemas.user", "user"), ("app", "app")],
)
def test_the_module_that_schemas_are_written_to(module: str, home: str):
    from codemods.model import Application, Module, Project
    from codemods.schemas.families.naming import homes

    project = Project(Application("shop.wsgi:app"), {module: Module(module, "x.py", "")})
    assert homes(project, [f"{module}.UserSchema"]) == {module: home}


def test_parts_stand_in_one_order_however_their_plans_are_found(facts_of):
    source = (
        "from marshmallow import Schema, fields\n\n\n"
        "class Inner(Schema):\n    a = fields.Int()\n    b = fields.Int()\n\n\n"
        "class Outer(Schema):\n"
        '    one = fields.Nested(Inner, only=("a",))\n'
        '    two = fields.Nested(Inner, only=("b",))\n'
    )
    _, _, plans = facts_of(source)
    assert len(plans) == 4
    assert render_module(dict(reversed(plans.items())), "app", {}) == render_module(plans, "app", {})
