"""Schemas of Marshmallow 2: what converts, and what each of its own meanings is told as."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import libcst as cst
import pytest

from codemods.pipeline import convert
from codemods.scan.scan import scan
from codemods.schemas import analyse, render, rewrite_call

STRICT = "    class Meta:\n        strict = True\n"
IMPORTS = """\
from marshmallow import Schema, ValidationError, fields, post_dump, pre_load, validate, validates, validates_schema

"""
Facts = Callable[[str], Any]


def plan_of(facts_of: Facts, body: str, version: int | None = 2, strict: str = STRICT, dateutil: bool = False) -> Any:
    project, sources, _ = facts_of(f"{IMPORTS}class Subject(Schema):\n{strict}{body}\n")
    installed = {"python-dateutil": "2.9.0"} if dateutil else {}
    project = replace(project, application=replace(project.application, versions=installed))
    return analyse(project, sources, version=version)["app.Subject"]


@pytest.mark.parametrize(
    "body",
    [
        "    a = fields.Nested('self', required=True)",
        "    a = fields.Int(missing=1, validate=validate.Range(min=2))",
        "    a = fields.Int(missing='1')",
        "    a = fields.DateTime('rfc')",
        "    a = fields.Email(error_messages={'invalid': 'No.'})",
        "    a = fields.Url(relative=True)",
        "    a = fields.Method('b', deserialize='b')\n    def b(self, value):\n        return value",
        "    a = fields.Int()\n    @validates_schema\n    def b(self, data):\n        pass",
        "    @validates_schema(skip_on_field_errors=True)\n    def b(self, data):\n        return False",
        "    a = fields.List(fields.Int())\n    @validates('a')\n    def b(self, value):\n        pass",
        "    @post_dump(pass_original=True)\n    def b(self, data, original):\n        return data",
        "    a = fields.Int()\n    @pre_load\n    def b(self, data):\n        if data:\n            return data",
        "    a = fields.Int()\n    def handle_error(self, error, data):\n        pass",
        "    a = fields.Int()\n    def on_bind_field(self, name, field):\n        pass",
    ],
)
def test_what_means_something_else_stays(facts_of: Facts, body: str):
    assert [one.code for one in plan_of(facts_of, body).findings] == ["FM416"]


def test_dates_stay_where_another_package_reads_them(facts_of: Facts):
    body = "    a = fields.Date()"
    assert plan_of(facts_of, body).converts
    assert [one.code for one in plan_of(facts_of, body, dateutil=True).findings] == ["FM416"]
    assert plan_of(facts_of, "    a = fields.Date(dump_only=True)", dateutil=True).converts


def test_schemas_that_are_not_strict_stay(facts_of: Facts):
    assert [one.code for one in plan_of(facts_of, "    a = fields.Str()", strict="").findings] == ["FM416"]


def test_the_spelling_of_version_2_says_nothing_where_the_version_is_not_known(facts_of: Facts):
    spelled = "    a = fields.Str(load_from='b')"
    assert [one.code for one in plan_of(facts_of, "    a = fields.Str()", version=None).findings] == ["FM416"]
    assert "FM416" in {one.code for one in plan_of(facts_of, spelled, version=None, strict="").findings}
    assert plan_of(facts_of, "    a = fields.Str()", version=None, strict="").converts
    assert plan_of(facts_of, spelled, version=3).converts  # it takes no notice of either


def test_the_classes_say_what_version_2_did_unasked(facts_of: Facts):
    plan = plan_of(
        facts_of,
        "    name = fields.Str(required=True, load_from='userName', dump_to='userName')\n"
        "    at = fields.DateTime(attribute='created', dump_only=True)\n"
        "    mail = fields.Email(load_from='eMail')\n"
        "    @pre_load\n"
        "    def tidy(self, data):\n"
        "        data['x'] = 1\n",
    )
    assert render(plan, {plan.qualified: plan}).text == (
        "class SubjectBase(CollectingSchema):\n"
        '    name: Annotated[Str, AlsoCalled("name")] = Field(alias="userName")\n\n\n'
        "class SubjectIn(SubjectBase):\n"
        '    model_config = ConfigDict(extra="ignore")\n\n'
        '    mail: Annotated[Email, AlsoCalled("mail")] = optional(alias="eMail")\n\n'
        "    @staticmethod\n    @before_load\n    def tidy(data: Any) -> Any:\n"
        "        data['x'] = 1\n        return data\n\n\n"
        "class SubjectOut(SubjectBase):\n"
        '    created: DateTime = Field(alias="at")\n'
        '    mail: Annotated[Email, AlsoCalled("mail")]\n'
    )


def test_what_nests_itself_nests_the_class_that_inherits_it(facts_of: Facts):
    source = (
        f"{IMPORTS}class Base(Schema):\n{STRICT}    inner = fields.Nested('self', exclude=('inner',))\n\n"
        "class Subject(Base):\n    a = fields.Str()\n"
    )
    project, sources, _ = facts_of(source)
    for version in (2, 3):
        plans = analyse(project, sources, version=version)
        (inner,) = (one for one in plans["app.Subject"].fields if one.name == "inner")
        assert inner.nested == {"app.Subject(a)"}


@pytest.mark.parametrize("call", ["Subject().validate(data)", "Subject(partial=True).load(data)"])
def test_calls_that_do_something_else_there_stay(facts_of: Facts, call: str):
    plan = plan_of(facts_of, "    a = fields.Str()")
    assert rewrite_call(cst.ensure_type(cst.parse_expression(call), cst.Call), plan) is None


def test_calls_say_again_that_a_schema_is_strict(facts_of: Facts):
    plan = plan_of(facts_of, "    a = fields.Str()")
    found = rewrite_call(cst.ensure_type(cst.parse_expression("Subject(strict=True).load(data)"), cst.Call), plan)
    assert found is not None
    assert cst.Module([]).code_for_node(found.expression) == "Subject.load(data).to_dict()"


APPLICATION = f"""
from flask import Flask, jsonify, request
{IMPORTS}
app = Flask(__name__)

class UserSchema(Schema):
{STRICT}
    name = fields.Str(required=True)

users_schema = UserSchema(many=True)

@app.get("/data")
def data():
    return jsonify(users_schema.dump([UserSchema().load(request.get_json()).data]).data)

@app.get("/pair")
def pair():
    data, errors = users_schema.dump([])
    return jsonify(data)
"""


def test_what_stands_in_a_pair_is_what_is_given() -> None:
    sources = {"app.py": APPLICATION.encode()}
    project = scan(sources, "app:app")
    project = replace(project, application=replace(project.application, versions={"marshmallow": "2.21.0"}))
    found = convert(project, sources, [one.name for one in project.endpoints], "target")
    assert {name: found.outcomes[name].runtime for name in ("data", "pair")} == {"data": "native", "pair": "bridged"}
    assert "return FlaskJSONResponse(User.dump_many([json_body.load().to_dict()]))" in found.files["routers/root.py"]
