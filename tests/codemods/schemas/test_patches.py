"""Projects that change Marshmallow itself."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import marshmallow as ma
import pytest

from codemods.schemas import SchemaPlan, analyse
from codemods.schemas.classes.patches import patches
from codemods.view.source import Sources
from tests.codemods.schemas.conftest import facts

SCHEMAS = """
from marshmallow import Schema, fields

class EventSchema(Schema):
    at = fields.DateTime(required=True)
    day = fields.Date()
    until = fields.DateTime(format="iso")

class StampedSchema(Schema):
    class Meta:
        datetimeformat = "timestamp"

    at = fields.DateTime()
"""
PATCH = 'from marshmallow import fields\nfields.DateTime.DEFAULT_FORMAT = "rfc822"\n'


def plans(files: Mapping[str, str], imported: Mapping[str, set[str]]) -> Mapping[str, SchemaPlan]:
    """The plans of an application of several modules, of which these import others."""
    project = facts(files)
    known = {name: replace(one, imported=frozenset(imported.get(name, ()))) for name, one in project.modules.items()}
    sources = Sources({file: text.encode() for file, text in files.items()})
    found = analyse(replace(project, modules=known), sources)
    return {one.name: one for one in found.values()}


def type_of_at(found: Mapping[str, SchemaPlan]) -> str:
    return "".join(map(str, found["EventSchema"].fields[0].annotation))


@pytest.fixture
def defaults() -> Iterator[None]:
    """Marshmallow, as it was."""
    kinds = (ma.fields.DateTime, ma.fields.Date, ma.fields.Time)
    before = [one.DEFAULT_FORMAT for one in kinds]
    yield
    for kind, format_ in zip(kinds, before, strict=True):
        kind.DEFAULT_FORMAT = format_


def test_a_default_format_is_that_of_fields_that_say_none(convert: Any, defaults: None) -> None:
    both = convert("app = 1\n" + PATCH + "fields.Date.DEFAULT_FORMAT = '%d.%m.%Y'\n" + SCHEMAS)
    now = dt.datetime(2026, 1, 2, 3, 4, 5)
    event = {"at": now, "day": now.date(), "until": now}
    for name in ("EventSchema", "StampedSchema"):
        both.assert_alike(name, {"at": "Fri, 02 Jan 2026 03:04:05 -0000", "day": "02.01.2026"}, {"at": "2026-01-02"})
        old, _, new = both.pair(name)
        assert new.dump(event) == old().dump(event)


def test_only_modules_that_the_application_imports_count() -> None:
    files = {"app.py": "import shop.schemas\n", "shop/__init__.py": PATCH, "shop/schemas.py": SCHEMAS}
    assert "rfc822" in type_of_at(plans(files, {"app": {"shop.schemas"}}))
    assert "rfc822" not in type_of_at(plans(files, {}))


@pytest.mark.parametrize(
    "patch",
    [
        "if fields:\n    fields.DateTime.DEFAULT_FORMAT = 'iso'",
        "def late():\n    fields.DateTime.DEFAULT_FORMAT = 'iso'",
        "fields.DateTime.DEFAULT_FORMAT = str(1)",
        "fields.DateTime.DEFAULT_FORMAT = 'iso'\nfields.DateTime.DEFAULT_FORMAT = 'rfc822'",
        "fields.Field.default_error_messages['required'] = 'Needed.'",
        "fields.Field.default_error_messages.update(required='Needed.')",
        "setattr(fields.DateTime, 'DEFAULT_FORMAT', 'iso')",
        "Schema.TYPE_MAPPING[int] = fields.Str",
        "fields.Boolean.truthy |= {'ja'}",
        "del fields.DateTime.SERIALIZATION_FUNCS['iso']",
    ],
)
def test_whatever_else_is_changed_keeps_all_schemas(patch: str) -> None:
    found = plans({"app.py": f"from marshmallow import Schema, fields\n{patch}\n{SCHEMAS}"}, {})
    assert {one.diagnostic.code for plan in found.values() for one in plan.findings} == {"FM417"}


@pytest.mark.parametrize(
    "code", ["fields.Str.mine = fields.Str()\n".replace("fields.Str.mine", "mine"), "x = {}\nx['a'] = fields.Str"]
)
def test_what_is_the_projects_own_may_change(code: str) -> None:
    project = facts({"app.py": f"from marshmallow import fields\n{code}\n"})
    assert patches(project, Sources({"app.py": f"from marshmallow import fields\n{code}\n".encode()})).problem is None
