"""Which projects may be raised Marshmallow's error and the one of converted schemas alike."""

from dataclasses import replace

import pytest

from codemods.scan.scan import scan
from codemods.schemas.calls.both_errors import takes_both_errors
from codemods.view.source import Sources
from tests.codemods.schemas.conftest import facts

HEAD = "import sentry_sdk\nfrom flask_restful import Api\nfrom marshmallow import Schema, ValidationError\n"
ROUTER = """
class Errors({base}):
    def {method}(self, original_handler, e):
        if isinstance(e, ValidationError):
            return {{"message": e.messages}}, 400
        return super().{method}(original_handler, e)
"""


def takes(code: str, uses: str = "") -> bool:
    """Whether a module does, of which the class `Errors` uses this."""
    project = facts({"app.py": HEAD + code})
    module = replace(project.modules["app"], imported=frozenset({"marshmallow"}))
    if "Errors" in module.definitions:
        known = replace(module.definitions["Errors"], uses=frozenset({uses}))
        module = replace(module, definitions={**module.definitions, "Errors": known})
    return takes_both_errors(replace(project, modules={"app": module}), Sources({"app.py": (HEAD + code).encode()}))


@pytest.mark.parametrize(
    "code",
    [
        "sentry_sdk.init('', tags=[ValidationError])",
        "sentry_sdk.init('', ignore_errors={ValidationError: 400})",
        "sentry_sdk.capture('', ignore_errors=[ValidationError])",
        "ANSWERED = [ValidationError]",
        ROUTER.format(base="Api", method="handle_error"),
        ROUTER.format(base="Api", method="error_router").replace("isinstance(e, V", "issubclass(type(e), V"),
        "def error_router(e):\n    return isinstance(e, ValidationError)",
        "def late():\n    from marshmallow.fields import Str as Schema",
    ],
)
def test_what_may_tell_them_apart(code: str) -> None:
    assert not takes(code, "flask_restful.Api")


def test_a_router_of_errors_of_another_class_may_tell_them_apart() -> None:
    assert not takes(ROUTER.format(base="object", method="error_router"), "builtins.object")


@pytest.mark.parametrize(
    "code",
    [
        "sentry_sdk.init('', ignore_errors=[KeyError, ValidationError])",
        "sentry_sdk.init(dsn='', ignore_errors=(ValidationError,))",
        ROUTER.format(base="Api", method="error_router"),
        "from marshmallow.schema import SchemaMeta",
    ],
)
def test_what_only_reports_them_or_flask_alone_asks(code: str) -> None:
    assert takes(code, "flask_restful.Api")


@pytest.mark.parametrize(
    ("body", "takes_both"), [("return str(error), 409", True), ("return check(error), 409", False)]
)
def test_handlers_that_one_function_registers_are_looked_at_one_by_one(body: str, takes_both: bool) -> None:
    source = f"""
from flask import Flask
from marshmallow import ValidationError

def check(error):
    raise ValidationError("again")

def register(app):
    @app.errorhandler(ValidationError)
    def invalid(error):
        return error.messages, 400

    @app.errorhandler(KeyError)
    def missing(error):
        {body}

app = Flask(__name__)
register(app)
"""
    sources = {"app.py": source.encode()}
    project = scan(sources, "app:app", None)
    assert {one.exception for one in project.error_handlers} == {"marshmallow.ValidationError", "builtins.KeyError"}
    assert takes_both_errors(project, Sources(sources)) == takes_both
