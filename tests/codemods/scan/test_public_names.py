"""The names that libraries export under shorter ones."""

import importlib

import pytest

from codemods.scan.names import MARSHMALLOW_EXPORTS, public_name


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("marshmallow.exceptions.ValidationError", "marshmallow.ValidationError"),
        ("marshmallow.exceptions.RegistryError", "marshmallow.exceptions.RegistryError"),
        ("marshmallow.schema.Schema.load", "marshmallow.Schema.load"),
        ("marshmallow.schema", "marshmallow.schema"),
        ("flask.globals.request.args", "flask.request.args"),
    ],
)
def test_the_public_name_is_one_that_can_be_imported(name: str, public: str) -> None:
    assert public_name(name) == public


def test_marshmallow_exports_what_is_taken_for_exported() -> None:
    assert {one for one in MARSHMALLOW_EXPORTS if not hasattr(importlib.import_module("marshmallow"), one)} <= {
        "pprint"
    }
