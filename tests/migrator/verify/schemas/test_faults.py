"""Faults planted in the classes that schemas became, and in the helpers that these use: each of them is found."""

import json
import os
import subprocess
import sys

import pytest

PERSON, PERIOD = "POST /people", "POST /periods"
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
    "an object of other data": (PERIOD, CLASSES, "self.last)", "self.first)"),
    "a text of a helper": (PERSON, FIELDS, "Not a valid UUID.", "Not a valid uuid."),
    "a helper that dumps otherwise": (PERSON, FIELDS, "lambda one: one.name", "lambda one: one.value"),
    "a helper that takes more": (PERIOD, FIELDS, "(kind.fromisoformat, kind.isoformat)", "(kind.fromisoformat, str)"),
    "a shortcut that is too short": (PERSON, "compat/validators.py", '("max_length", high)', '("max_length", None)'),
    "a message at another place": (PERSON, "compat/schema_containers.py", '["key"]', '["value"]'),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(people, name: str):
    route, file, before, after = FAULTS[name]
    people.change(file, before, after)
    # A process of its own: Hypothesis also draws constants of the modules that happen to be imported.
    command = (sys.executable, "-m", "migrator", "-C", str(people.root), "verify", route, "--schemas", "--seed", "7")
    result = subprocess.run(
        (*command, "--inputs", "2000", "--format", "json"),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    assert result.returncode == 1, result.stderr
    compared = json.loads(result.stdout)["schemas"].values()
    assert any(one["disagreements"] for one in compared)
    assert not any(one["problem"] for one in compared)
