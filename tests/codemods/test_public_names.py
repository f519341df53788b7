"""The names that libraries export under shorter ones."""

import importlib

import marshmallow
import pytest

from codemods.public_names import EXPORTS, public_name


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("marshmallow.exceptions.ValidationError", "marshmallow.ValidationError"),
        ("marshmallow.exceptions.RegistryError", "marshmallow.exceptions.RegistryError"),
        ("marshmallow.schema.Schema.load", "marshmallow.Schema.load"),
        ("marshmallow.schema", "marshmallow.schema"),
        ("flask.globals.request.args", "flask.request.args"),
        ("flask.json.provider.JSONProvider", "flask.json.provider.JSONProvider"),
        ("flask.Flask.route", "flask.Flask.route"),
        ("flask.sansio.blueprints.Blueprint", "flask.Blueprint"),
        ("flask.views.MethodView", "flask.views.MethodView"),
        ("flask_restful.request.args", "flask.request.args"),
        ("apiflask.security.HTTPTokenAuth", "apiflask.HTTPTokenAuth"),
        ("flask_restx.fields.abort", "flask_restx.fields.abort"),
        ("shop.security.HTTPTokenAuth", "shop.security.HTTPTokenAuth"),
    ],
)
def test_the_public_name_is_one_that_can_be_imported(name: str, public: str) -> None:
    assert public_name(name) == public


OLDER = {"flask_limiter.extension", "marshmallow.utils"}
"""Where only older releases have it."""


@pytest.mark.parametrize("home", sorted(EXPORTS.keys() - OLDER))
def test_libraries_export_what_their_modules_have(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marshmallow, "__version__", "4.4.0", raising=False)  # what flask-apispec asks Marshmallow 3 for
    monkeypatch.setattr(marshmallow.utils, "is_instance_or_subclass", isinstance, raising=False)
    module = importlib.import_module(home)
    top = importlib.import_module(home.partition(".")[0])
    for name in EXPORTS[home].split():
        assert getattr(module, name) is getattr(top, name)
