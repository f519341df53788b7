"""How the names of Flask and its extensions are treated."""

import flask
import pytest

from codemods.view.tables import RULES
from codemods.vocabulary import VOCABULARY, of_flask, term


@pytest.mark.parametrize(
    ("name", "treatment"),
    [
        ("flask.request", "refused"),
        ("flask.request.files", "request"),
        ("flask.request.args.get", "request"),
        ("flask.request.environ", "request"),
        ("flask.request.environ.get", "request"),
        ("flask.globals.request.json", "request"),
        ("flask.request.accept_mimetypes.best_match", "request"),
        ("flask.request.accept_mimetypes.values", "request"),
        ("flask.g.user", "own"),
        ("flask.current_app.extensions", "context"),
        ("flask.jsonify", "plain"),
        ("flask_jwt_extended.view_decorators.jwt_required", "request"),
        ("flask_sqlalchemy.extension.SQLAlchemy", "context"),
        ("werkzeug.exceptions.NotFound", "plain"),
        ("werkzeug.utils.secure_filename", "plain"),
        ("werkzeug.utils.safe_join", "plain"),
        ("werkzeug.utils.send_file", "refused"),
        ("marshmallow.fields.Int", "plain"),
        ("flask_login.current_user", "request"),
    ],
)
def test_the_longest_row_speaks(name, treatment):
    found = term(name)
    assert found is not None
    assert found.treatment == treatment
    assert found.known


def test_what_is_not_known_of_the_family_is_refused():
    found = term("flask_unheard_of.limit")
    assert found is not None
    assert (found.treatment, found.known) == ("refused", False)
    assert found.diagnostic.code == "FM691"


@pytest.mark.parametrize(
    "name", ["requests.get", "sqlalchemy.orm.Session", "flaskish.request", "flask", "builtins.len"]
)
def test_other_names_are_none_of_its_business(name):
    assert term(name) is None


def test_a_name_is_of_the_family_by_its_first_part_only():
    assert of_flask("flask_cors.CORS")
    assert not of_flask("shop.flask.request")


def test_every_name_that_flask_exports_has_a_row():
    exported = {name for name, value in vars(flask).items() if not name.startswith("_") and not name.islower()}
    exported |= {name for name in vars(flask) if not name.startswith("_")} - set(dir(__import__("types")))
    modules = {name for name, value in vars(flask).items() if type(value).__name__ == "module"} | {"t", "annotations"}
    without = {name for name in exported - modules if term(f"flask.{name}") is None or not term(f"flask.{name}").known}
    assert without == set()


PUBLIC = [f"flask.request.{name}" for name in dir(flask.Request) if not name.startswith("_")]
PUBLIC += [f"flask.{name}" for name in dir(flask) if not name.startswith("_")]


@pytest.mark.parametrize("name", PUBLIC)
def test_the_table_says_what_the_rules_do(name):
    """The plan promises what the rules convert: a new rule wants its name in the table, and a row wants its rule."""
    converted = {key for rule in RULES for table in (rule.calls, rule.attributes, rule.subscripts) for key in table}
    ruled = any(key == name or key.startswith(f"{name}.") for key in converted)
    promised = any(
        row.treatment in ("request", "own") and (key == name or key.startswith(f"{name}."))
        for key, row in VOCABULARY.items()
    )
    found = term(name)
    assert promised == (ruled and (found is None or found.treatment != "plain"))


def test_what_rules_read_of_the_application_has_rows():
    converted = {key for rule in RULES for table in (rule.calls, rule.attributes, rule.subscripts) for key in table}
    application = {key for key in converted if key.startswith("flask.current_app.")}
    assert {key for key in application if term(key).diagnostic is not None} == set()


def test_what_the_table_promises_to_bridge_needs_a_context():
    assert term("flask_jwt_extended.get_jwt_identity").diagnostic.code == "FM692"
    assert term("flask.url_for").diagnostic is None


def test_every_row_that_refuses_says_why():
    assert [name for name, row in VOCABULARY.items() if row.treatment == "refused" and not row.reason] == []
