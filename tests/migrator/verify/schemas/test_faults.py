"""Faults planted in the classes that schemas became, and in the helpers that these use: each of them is found."""

import sys
from pathlib import Path

import pytest

from migrator.verify.schemas.check import check_schemas
from migrator.verify.schemas.options import Check
from migrator.workspace import settings_of

PERSON, PERIOD = "app.PersonSchema", "app.PeriodSchema"
CLASSES, FIELDS = "schemas/app.py", "compat/fields.py"

FAULTS = {
    "a longer text": (PERSON, CLASSES, "Length(max=10)", "Length(max=11)"),
    "a wider range": (PERSON, CLASSES, "max=150", "max=151"),
    "fractions taken": (PERSON, CLASSES, "integers(strict=True)", "integers()"),
    "another text": (PERSON, CLASSES, 'Texts(invalid="No address.")', 'Texts(invalid="No adress.")'),
    "null refused": (PERSON, CLASSES, 'IsEmail(error="No address.")] | None', 'IsEmail(error="No address.")]'),
    "another key": (PERSON, CLASSES, 'alias="fullName"', 'alias="fullname"'),
    "more places": (PERSON, CLASSES, "decimals(places=2)] | None = None", "decimals(places=3)] | None = None"),
    "no default": (PERSON, CLASSES, "decimals(places=2)] | None = None", "decimals(places=2)] | None = optional()"),
    "another default": (PERSON, CLASSES, 'city: Str = "Ulm"', 'city: Str = "Bonn"'),
    "another default when dumped": (PERSON, CLASSES, '= "nobody"', '= "somebody"'),
    "one choice more": (PERSON, CLASSES, '["ann", "bob"]', '["ann", "bob", "ANN"]'),
    "half a hook before": (PERSON, CLASSES, '["fullName"].strip()', '["fullName"].lstrip()'),
    "another hook after": (PERSON, CLASSES, '["fullName"].upper()', '["fullName"].title()'),
    "a check that is gone": (PERSON, CLASSES, '    @check_field("age")\n', ""),
    "a check of another field": (PERSON, CLASSES, '"Where?", "home"', '"Where?"'),
    "required in part": (PERSON, CLASSES, "home: AddressPatch", "home: AddressIn"),
    "another type": (PERSON, CLASSES, "made: DateTime = Field", "made: Date = Field"),
    "unknown keys refused": (PERIOD, CLASSES, 'extra="ignore"', 'extra="forbid"'),
    "an object of other data": (PERIOD, CLASSES, 'data["last"])', 'data["first"])'),
    "a text of a helper": (PERSON, FIELDS, "Not a valid UUID.", "Not a valid uuid."),
    "a helper that dumps otherwise": (PERSON, FIELDS, "lambda one: one.name", "lambda one: one.value"),
    "a helper that takes more": (PERIOD, FIELDS, "(kind.fromisoformat, kind.isoformat)", "(kind.fromisoformat, str)"),
    "a shortcut that is too short": (PERSON, "compat/validators.py", '("max_length", high)', '("max_length", None)'),
    "a message at another place": (PERSON, "compat/schema_containers.py", '["key"]', '["value"]'),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(people, name: str):
    schema, file, before, after = FAULTS[name]
    people.change(file, before, after)
    manifest = people.manifest
    check = Check(
        root=people.root,
        settings=settings_of(people.root, manifest),
        schemas={schema: manifest.schemas[schema]},
        python=Path(sys.executable),
        environment={"PYTHONPATH": str(people.root)},
        seed=7,
        inputs=3000,
    )
    (compared,) = check_schemas(check).compared
    assert compared.disagreements
    assert not compared.problem
