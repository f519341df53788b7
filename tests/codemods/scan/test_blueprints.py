"""Registrations of blueprints, and hooks and error handlers in their scopes."""

import pytest

from codemods.findings import Location


def rules(project):
    return {(row.name, rule.rule) for row in project.endpoints for rule in row.rules if row.name != "static"}


def test_prefix_from_a_constant_in_another_module(agreed):
    project = agreed(
        {
            "app.py": """
                from flask import Flask
                from views import bp
                from settings import API
                app = Flask(__name__)
                app.register_blueprint(bp, url_prefix=API.PREFIX + "/orders")
            """,
            "settings.py": """
                class API:
                    PREFIX = "/v1"
            """,
            "views.py": """
                from flask import Blueprint
                bp = Blueprint("orders", __name__, url_prefix="/never")
                @bp.get("/<int:pk>")
                def show(pk): return ""
                @bp.get("")
                def index(): return ""
            """,
        }
    )
    assert rules(project) == {("orders.show", "/v1/orders/<int:pk>"), ("orders.index", "/v1/orders")}
    assert project.blueprints[0].location == Location("views.py", 3)


def test_nested_and_registered_twice(agreed):
    project = agreed(
        """
        from flask import Blueprint, Flask

        app = Flask(__name__)
        outer = Blueprint("outer", __name__, url_prefix="/outer/")
        inner = Blueprint("inner", __name__, url_prefix="/inner")

        @inner.before_request
        def check(): ...

        @inner.errorhandler(404)
        def missing(error): return "", 404

        @inner.get("/x")
        def x(): return ""

        outer.register_blueprint(inner)
        outer.register_blueprint(inner, name="again", url_prefix="/again")
        app.register_blueprint(outer)
        app.register_blueprint(inner, name="top")
        """
    )
    assert rules(project) == {
        ("outer.inner.x", "/outer/inner/x"),
        ("outer.again.x", "/outer/again/x"),
        ("top.x", "/inner/x"),
    }
    assert {(row.kind, row.blueprint) for row in project.hooks} == {
        ("before_request", "outer.inner"),
        ("before_request", "outer.again"),
        ("before_request", "top"),
    }


def test_registered_in_a_loop_over_names(agreed):
    project = agreed(
        """
        from flask import Blueprint, Flask

        def create_app():
            app = Flask(__name__)
            for blueprint in (one, two):
                app.register_blueprint(blueprint)
            return app

        one = Blueprint("one", __name__, url_prefix="/1")
        two = Blueprint("two", __name__, url_prefix="/2")

        @one.get("/x")
        def first(): return ""

        @two.get("/x")
        def second(): return ""
        """,
        "app:create_app",
    )
    assert rules(project) == {("one.first", "/1/x"), ("two.second", "/2/x")}


def test_imported_inside_the_factory_and_reexported(agreed):
    project = agreed(
        {
            "shop/__init__.py": """
                from flask import Flask
                def create_app():
                    app = Flask(__name__)
                    from . import orders
                    app.register_blueprint(orders.bp)
                    return app
            """,
            "shop/orders/__init__.py": "from .routes import bp as bp\n",
            "shop/orders/routes.py": """
                from flask import Blueprint as Part
                bp = Part("orders", __name__, static_folder="files", url_prefix="/orders")
                @bp.route("/")
                def index(): return ""
            """,
        },
        "shop:create_app()",
    )
    assert rules(project) == {("orders.index", "/orders/"), ("orders.static", "/orders/files/<path:filename>")}
    assert project.blueprints[0].variable == "shop.orders.routes.bp"


def test_never_registered(both):
    static, live = both(
        """
        from flask import Blueprint, Flask
        app = Flask(__name__)
        lost = Blueprint("lost", __name__)
        @lost.get("/x")
        def x(): return ""
        """
    )
    for project in (static, live):
        assert rules(project) == set()
        assert [(row.code, row.location) for row in project.findings if row.code == "FM126"] == [
            ("FM126", Location("app.py", 4))
        ]


def test_registered_in_a_way_that_only_shows_when_running(both):
    static, live = both(
        """
        from flask import Blueprint, Flask
        app = Flask(__name__)
        parts = {"one": Blueprint("one", __name__, url_prefix="/1")}
        for name, part in parts.items():
            app.register_blueprint(part, url_prefix="/" + name)
        """
    )
    assert static.blueprints == ()
    assert "FM124" in [row.code for row in static.findings]
    assert [(row.name, row.url_prefix) for row in live.blueprints] == [("one", "/one")]


@pytest.mark.parametrize("is_on", [True, False])
def test_the_debug_mode_is_told(both, is_on):
    _, live = both(f"from flask import Flask\napp = Flask(__name__)\napp.debug = {is_on}\n")
    assert ("FM007" in [row.code for row in live.findings]) is is_on


def test_hooks_and_handlers_of_all_kinds(agreed):
    project = agreed(
        """
        from flask import Blueprint, Flask
        from werkzeug.exceptions import HTTPException, NotFound

        app = Flask(__name__)
        bp = Blueprint("bp", __name__)

        class Teapot(HTTPException):
            code = 418

        class Shop(Exception): ...

        @app.before_request
        def one(): ...
        @bp.before_app_request
        def two(): ...
        @bp.after_request
        def three(response): return response
        @app.teardown_appcontext
        def four(error): ...
        @app.context_processor
        def five(): return {}
        @bp.url_value_preprocessor
        def six(endpoint, values): ...

        def seven(error): return "", 400

        app.register_error_handler(Shop, seven)
        app.register_error_handler(403, seven)

        @app.errorhandler(Teapot)
        @app.errorhandler(HTTPException)
        @bp.app_errorhandler(NotFound)
        def eight(error): return "", 418

        app.after_request(three)
        app.register_blueprint(bp)
        """
    )
    assert {(row.kind, row.blueprint, row.function.qualified) for row in project.hooks} == {
        ("before_request", "", "app.one"),
        ("before_request", "", "app.two"),
        ("after_request", "", "app.three"),
        ("after_request", "bp", "app.three"),
        ("teardown_appcontext", "", "app.four"),
        ("context_processor", "", "app.five"),
        ("url_value_preprocessor", "bp", "app.six"),
    }
    assert {(row.code, row.exception) for row in project.error_handlers} == {
        (None, "app.Shop"),
        (403, "werkzeug.exceptions.Forbidden"),
        (418, "app.Teapot"),
        (None, "werkzeug.exceptions.HTTPException"),
        (404, "werkzeug.exceptions.NotFound"),
    }


def test_extension_hook_is_live_only_and_not_owned(both):
    pytest.importorskip("flask_cors")
    static, live = both("from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\nCORS(app)\n")
    assert static.hooks == ()
    assert [(row.kind, row.function.owned) for row in live.hooks] == [("after_request", False)]
    assert live.hooks[0].function.qualified.startswith("flask_cors.")
    assert "handle_exception" in live.application.overridden


def test_handler_has_the_name_that_the_source_uses(agreed):
    pytest.importorskip("marshmallow")
    project = agreed(
        """
        from flask import Flask
        from marshmallow import ValidationError
        app = Flask(__name__)
        @app.errorhandler(ValidationError)
        def invalid(error): return "", 400
        """
    )
    assert [row.exception for row in project.error_handlers] == ["marshmallow.ValidationError"]


def handled(project):
    return {(row.code, row.exception.rpartition(".")[2]) for row in project.error_handlers}


def test_error_handlers_of_a_loop(scan_files):
    text = """
        from flask import Flask
        class Gone(Exception): ...
        def failed(error): return "", 500
        def create_app():
            app = Flask(__name__)
            class Own(Exception): ...
            app.register_error_handler(Own, failed)
            for code in {403, 404}:
                app.register_error_handler(code, failed)
            for kind in (Gone, ValueError):
                app.register_error_handler(kind, failed)
            return app
        """
    project = scan_files(text, app="app:create_app()")
    assert handled(project) == {
        (403, "Forbidden"),
        (404, "NotFound"),
        (None, "Gone"),
        (None, "ValueError"),
        (None, "Own"),
    }
    assert "FM129" not in {finding.code for finding in project.findings}


def test_an_error_handler_for_what_the_source_does_not_tell(scan_files):
    text = """
        from flask import Flask
        from elsewhere import CODES
        def failed(error): return "", 500
        def create_app():
            app = Flask(__name__)
            for code in CODES:
                app.register_error_handler(code, failed)
            app.register_error_handler(max(403, 404), failed)
            return app
        """
    project = scan_files(text, app="app:create_app()")
    assert handled(project) == set()
    details = [finding.detail for finding in project.findings if finding.code == "FM129"]
    assert details == ["'code' for 'app.failed'", "'max(403, 404)' for 'app.failed'"]
