"""How the names of Flask and its extensions are treated."""

import flask
import pytest

from codemods.vocabulary import VOCABULARY, canonical, of_flask, term


@pytest.mark.parametrize(
    ("name", "treatment"),
    [
        ("flask.request", "request"),
        ("flask.request.args.get", "request"),
        ("flask.request.environ", "refused"),
        ("flask.request.environ.get", "refused"),
        ("flask.globals.request.json", "request"),
        ("flask.g.user", "context"),
        ("flask.jsonify", "plain"),
        ("flask_jwt_extended.view_decorators.jwt_required", "request"),
        ("flask_sqlalchemy.extension.SQLAlchemy", "context"),
        ("werkzeug.exceptions.NotFound", "plain"),
        ("werkzeug.utils.secure_filename", "plain"),
        ("werkzeug.utils.send_file", "refused"),
        ("marshmallow.fields.Int", "plain"),
        ("flask_login.current_user", "refused"),
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


def test_names_from_where_flask_defines_them_are_its_public_ones():
    assert canonical("flask.sansio.blueprints.Blueprint") == "flask.Blueprint"
    assert canonical("flask.views.MethodView") == "flask.views.MethodView"


def test_every_name_that_flask_exports_has_a_row():
    exported = {name for name, value in vars(flask).items() if not name.startswith("_") and not name.islower()}
    exported |= {name for name in vars(flask) if not name.startswith("_")} - set(dir(__import__("types")))
    modules = {name for name, value in vars(flask).items() if type(value).__name__ == "module"} | {"t", "annotations"}
    without = {name for name in exported - modules if term(f"flask.{name}") is None or not term(f"flask.{name}").known}
    assert without == set()


def test_every_row_that_refuses_says_why():
    assert [name for name, row in VOCABULARY.items() if row.treatment == "refused" and not row.reason] == []
