"""Route declarations in every style; the source alone and the live application must agree."""

import pytest

from codemods.findings import Location


def rules(project):
    found = {(rule.rule, rule.methods) for endpoint in project.endpoints for rule in endpoint.rules}
    return found - {("/static/<path:filename>", ("GET",))}


def view(project, endpoint):
    return next(row.view for row in project.endpoints if row.name == endpoint)


def codes(project):
    return [finding.code for finding in project.findings]


def test_route_of_another_library_is_none_of_ours(scan_files):
    project = scan_files(
        """
        import bottle
        from flask import Flask

        app = Flask(__name__, static_folder=None)
        other = bottle.Bottle()

        @other.route("/bottle")
        def bottled(): ...

        @bottle.route("/plain")
        def plain(): ...
        """
    )
    assert rules(project) == set()
    assert codes(project) == ["FM006"]


def test_class_that_is_called_flask_but_is_not(scan_files):
    project = scan_files("from lab import Flask\napp = Flask()\n\n@app.route('/x')\ndef x(): ...\n")
    assert project.endpoints == ()
    assert "FM003" in codes(project)


def test_get_of_a_dict_is_no_route(scan_files):
    project = scan_files(
        "from flask import Flask\napp = Flask(__name__, static_folder=None)\nSETTINGS = {}\nSETTINGS.get('/x')\n"
    )
    assert rules(project) == set()


def test_aliased_and_star_imports(agreed):
    for line, name in (
        ("import flask as f", "f.Flask"),
        ("from flask import Flask as F", "F"),
        ("from flask import *", "Flask"),
    ):
        project = agreed(f"{line}\napp = {name}(__name__)\n\n@app.route('/x')\ndef x():\n    return ''\n")
        assert rules(project) == {("/x", ("GET",))}


def test_stacked_decorators_and_methods(agreed):
    project = agreed(
        """
        from flask import Flask

        app = Flask(__name__)
        BOTH = ["POST", "get"]

        @app.route("/a", methods=BOTH)
        @app.route("/b/<int(min=1, max=5):page>", defaults={"q": 1}, strict_slashes=False)
        @app.route("/c", methods=("OPTIONS", "HEAD"), alias=True, merge_slashes=False)
        def show(page=1, q=0):
            return ""
        """
    )
    assert rules(project) == {
        ("/a", ("GET", "POST")),
        ("/b/<int(min=1, max=5):page>", ("GET",)),
        ("/c", ("HEAD", "OPTIONS")),
    }
    assert any(rule.alias and not rule.merge_slashes for row in project.endpoints for rule in row.rules)
    variable = next(rule for row in project.endpoints for rule in row.rules if rule.rule.startswith("/b")).variables[0]
    assert (variable.name, variable.converter, variable.arguments) == ("page", "int", (("min", 1), ("max", 5)))
    assert variable.regex == r"\d+"


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete"])
def test_shorthand(agreed, verb):
    project = agreed(
        "from flask import Flask\napp = Flask(__name__)\n\n"
        f"@app.{verb}('/x', endpoint='named')\ndef x():\n    return ''\n"
    )
    assert rules(project) == {("/x", (verb.upper(),))}
    assert view(project, "named").function.qualified == "app.x"


def test_add_url_rule_and_route_as_a_call(agreed):
    project = agreed(
        """
        from flask import Flask

        app = Flask(__name__)
        PREFIX = "/api"

        def one(): return ""
        def two(): return ""
        def three(): return ""

        app.add_url_rule(PREFIX + "/one", None, one)
        app.add_url_rule(f"{PREFIX}/two", "second", view_func=two, methods=["PUT"], provide_automatic_options=False)
        app.route("/three")(three)
        """
    )
    assert rules(project) == {("/api/one", ("GET",)), ("/api/two", ("PUT",)), ("/three", ("GET",))}


def test_view_wrapped_where_it_is_declared(agreed):
    project = agreed(
        """
        from flask import Flask, abort

        app = Flask(__name__)

        def guarded(view):
            def wrapper(*args, **kwargs):
                return view(*args, **kwargs)
            return wrapper

        def show(): return ""

        app.add_url_rule("/x", "x", guarded(show))
        """
    )
    found = view(project, "x")
    assert found.function.qualified == "app.show"
    assert [row.qualified for row in found.decorators] == ["app.guarded"]
    assert [row.qualified for row in found.wrappers] == ["app.guarded.<locals>.wrapper"]


def test_decorator_without_wraps_is_looked_through(agreed):
    project = agreed(
        """
        from flask import Flask

        app = Flask(__name__)

        def loud(view):
            def wrapper():
                return view().upper()
            return wrapper

        @app.route("/x", endpoint="x")
        @loud
        def quiet():
            return "x"
        """
    )
    found = view(project, "x")
    assert found.function.qualified == "app.quiet"
    assert found.function.location == Location("app.py", 13)


def test_wrappers_are_looked_through_below_a_decorator_without_wraps(agreed):
    project = agreed(
        """
        from functools import wraps
        from flask import Flask
        from flask.views import MethodView

        app = Flask(__name__)

        def counted(view):
            @wraps(view)
            def wrapper(*args, **kwargs):
                return view(*args, **kwargs)
            return wrapper

        def loud(view):
            def wrapper(*args, **kwargs):
                return view(*args, **kwargs).upper()
            return wrapper

        @app.route("/x", endpoint="x")
        @loud
        @counted
        def quiet():
            return "x"

        class Quiet(MethodView):
            @counted
            @loud
            @counted
            def get(self):
                return "quiet"

        app.add_url_rule("/y", view_func=Quiet.as_view("y"))
        """
    )
    found = view(project, "x")
    assert found.function.qualified == "app.quiet"
    assert [row.text for row in found.decorators] == ["loud", "counted"]
    assert [name for name, _ in view(project, "y").methods] == ["get"]
    assert view(project, "y").methods[0][1].qualified == "app.Quiet.get"


def test_decorators_below_and_above_the_route(agreed):
    project = agreed(
        """
        from functools import wraps
        from flask import Flask

        app = Flask(__name__)

        def guard(view):
            @wraps(view)
            def wrapper(*args, **kwargs):
                return view(*args, **kwargs)
            return wrapper

        def role(name):
            return guard

        @guard
        @app.get("/x")
        @role("admin")
        def x():
            return ""
        """
    )
    found = view(project, "x")
    assert [row.text for row in found.decorators] == ["role('admin')"]
    assert [row.text for row in found.unused_decorators] == ["guard"]
    assert [row.qualified for row in found.wrappers] == ["app.guard.<locals>.wrapper"]


def test_class_based_views(agreed):
    project = agreed(
        """
        from flask import Flask
        from flask.views import MethodView, View

        app = Flask(__name__)

        def guard(view):
            return view

        class Base(MethodView):
            decorators = [guard]
            def get(self, pk): return ""

        class Item(Base):
            def put(self, pk): return ""

        class Page(View):
            methods = ["GET", "POST"]
            init_every_request = False
            def __init__(self, template): ...
            def dispatch_request(self): return ""

        app.add_url_rule("/items/<pk>", view_func=Base.as_view("base"))
        view = Page.as_view("page", "a.html")
        app.add_url_rule("/page", view_func=view)
        app.add_url_rule("/page/again", view_func=view)
        """
    )
    base, page = view(project, "base"), view(project, "page")
    assert (base.kind, [name for name, _ in base.methods]) == ("method_view", ["get"])
    assert [row.qualified for row in base.decorators] == ["app.guard"]
    assert (page.kind, page.arguments, page.init_every_request) == ("view", ("'a.html'",), False)
    assert rules(project) >= {("/page", ("GET", "POST")), ("/page/again", ("GET", "POST"))}


def test_methods_of_a_base_class_count(agreed):
    project = agreed(
        {
            "app.py": """
                from flask import Flask
                from base import Readable
                app = Flask(__name__)
                class Star(Readable):
                    def delete(self, pk): return ""
                app.add_url_rule("/stars/<pk>", view_func=Star.as_view("star"))
            """,
            "base.py": """
                from flask.views import MethodView
                class Readable(MethodView):
                    def get(self, pk): return ""
            """,
        }
    )
    assert rules(project) == {("/stars/<pk>", ("DELETE", "GET"))}
    methods = dict(view(project, "star").methods)
    assert methods["get"].qualified == "base.Readable.get"


def test_flask_restful_resources(agreed):
    pytest.importorskip("flask_restful")
    project = agreed(
        """
        from flask import Blueprint, Flask
        from flask_restful import Api, Resource

        app = Flask(__name__)
        bp = Blueprint("v1", __name__, url_prefix="/v1")
        api = Api(bp, prefix="/api")

        @api.resource("/items/<int:pk>")
        class Item(Resource):
            def get(self, pk): return {}

        class Ping(Resource):
            def post(self): return {}

        api.add_resource(Ping, "/ping", endpoint="pong")
        app.register_blueprint(bp)
        """
    )
    assert rules(project) == {("/v1/api/items/<int:pk>", ("GET",)), ("/v1/api/ping", ("POST",))}


def test_table_of_rules_in_the_source(agreed):
    project = agreed(
        """
        from flask import Blueprint, Flask

        bp = Blueprint("bp", __name__)
        def one(): return ""
        def two(): return ""
        for view in (one, two):
            bp.add_url_rule("/again", view.__name__ + "_again", view)
        ROUTES = (("/one", one, ["GET"]), ("/two", two, ["PUT"]))
        for rule, view, methods in ROUTES:
            bp.add_url_rule(rule, view_func=view, methods=methods)
        for verb in ["post", "delete"]:
            for part, (rule, name) in ((bp, ("/x", "a")), (bp, ("/y", "b"))):
                part.add_url_rule(rule, f"{name}_{verb}", one, methods=[verb])

        def create_app():
            app = Flask(__name__)
            mounts = {"/first": bp}
            for prefix, blueprint in mounts.items():
                app.register_blueprint(blueprint, url_prefix=prefix)
            return app
        """,
        "app:create_app",
    )
    assert rules(project) == {
        ("/first/again", ("GET",)),
        ("/first/one", ("GET",)),
        ("/first/two", ("PUT",)),
        ("/first/x", ("POST",)),
        ("/first/x", ("DELETE",)),
        ("/first/y", ("POST",)),
        ("/first/y", ("DELETE",)),
    }


def test_computed_table_is_known_live_and_reported_without(both):
    static, live = both(
        """
        from flask import Flask

        app = Flask(__name__)
        def one(): return ""
        def two(): return ""
        for rule, view in sorted({"/one": one, "/two": two}.items()):
            app.add_url_rule(rule, view_func=view)
        """
    )
    assert rules(static) == set()
    assert sorted(codes(static)) == ["FM006", "FM123"]
    assert rules(live) == {("/one", ("GET",)), ("/two", ("GET",))}
    notes = [finding for row in live.endpoints for finding in row.findings]
    assert [(note.code, note.location) for note in notes] == [
        ("FM122", Location("app.py", 5)),
        ("FM122", Location("app.py", 6)),
    ]
    assert "FM123" not in codes(live)


def test_computed_rule_is_reported(scan_files):
    project = scan_files(
        "import os\nfrom flask import Flask\napp = Flask(__name__)\n@app.get(os.environ['X'])\ndef x(): ...\n"
    )
    assert "FM124" in codes(project)


def test_factory_with_nested_views_and_helpers(agreed):
    project = agreed(
        {
            "shop/__init__.py": """
                from flask import Flask
                from .wiring import register

                def create_app(config=None):
                    app = Flask(__name__)
                    @app.route("/inner")
                    def inner():
                        return ""
                    register(app)
                    return app
            """,
            "shop/wiring.py": """
                def health():
                    return "ok"

                def register(target):
                    target.add_url_rule("/health", view_func=health)
            """,
        },
        "shop:create_app",
    )
    assert project.application.is_factory
    assert view(project, "inner").function.qualified == "shop.create_app.<locals>.inner"
    assert view(project, "health").function.location == Location("shop/wiring.py", 2)


def test_route_that_only_the_source_knows(both):
    _, live = both(
        """
        import os
        from flask import Flask
        app = Flask(__name__)
        if os.environ.get("NEVER_SET_HERE"):
            @app.get("/debug")
            def debug():
                return ""
        """
    )
    assert [(finding.code, finding.location) for finding in live.findings] == [("FM121", Location("app.py", 7))]


def test_view_replaced_after_its_declaration(both):
    _, live = both(
        """
        from flask import Flask
        app = Flask(__name__)
        @app.get("/x")
        def x():
            return ""
        def other():
            return ""
        app.view_functions["x"] = other
        """
    )
    row = next(row for row in live.endpoints if row.name == "x")
    assert row.view.function.qualified == "app.other"
    assert [finding.code for finding in row.findings] == ["FM127"]


def test_several_applications(scan_files):
    project = scan_files(
        """
        from flask import Flask
        app = Flask(__name__, static_folder=None)
        admin = Flask("admin")
        @app.get("/a")
        def a(): ...
        @admin.get("/b")
        def b(): ...
        """
    )
    assert rules(project) == {("/a", ("GET",))}
    assert "FM004" in codes(project)


def test_routes_of_other_frameworks_and_of_tests_are_not_told_of(scan_files):
    project = scan_files(
        {
            "app.py": """
            from fastapi import APIRouter
            from flask import Flask
            app = Flask(__name__, static_folder=None)
            def make():
                router = APIRouter()
                @router.get("/health")
                def health(): ...
                return router
            """,
            "tests/test_app.py": """
            from app import app, make
            def test_it():
                app = make()
                @app.get("/x")
                def x(): ...
                @app.get(make())
                def y(): ...
            """,
        }
    )
    assert not [finding for finding in project.findings if finding.code in ("FM123", "FM124", "FM125")]


def test_the_applications_of_tests_are_no_others(scan_files):
    made = "from flask import Flask\napp = Flask(__name__, static_folder=None)\n"
    project = scan_files({"app.py": made, "tests/helpers.py": made})
    assert "FM004" not in codes(project)


@pytest.mark.parametrize(
    ("hidden", "is_hidden"),
    [
        ('app.add_url_rule("/", endpoint="index")', True),
        ('@app.get("/")\ndef index():\n    return "never"', True),
        ('@app.post("/")\ndef index():\n    return "posted"', False),
        ('@app.get("/", subdomain="api")\ndef index():\n    return "another host"', False),
    ],
)
def test_a_rule_behind_another_of_the_same_pattern_only_builds_urls(both, hidden, is_hidden):
    first = 'from flask import Flask\napp = Flask(__name__)\n\n@app.get("/")\ndef home():\n    return "home"\n\n'
    _, live = both(first + hidden + "\n")
    rules = {endpoint.name: endpoint.rules[0].build_only for endpoint in live.endpoints}
    assert (rules["home"], rules["index"]) == (False, is_hidden)


def test_switches_of_the_map(agreed):
    project = agreed(
        """
        from flask import Flask

        app = Flask(__name__, static_folder=None)
        app.url_map.strict_slashes = app.url_map.merge_slashes = False

        @app.route("/a/")
        def show():
            return ""
        """
    )
    rule = project.endpoints[0].rules[0]
    assert (rule.strict_slashes, rule.merge_slashes) == (False, False)


@pytest.mark.parametrize(
    ("library", "names"),
    [("flask_restful", ["todosimple", "httptodo2list"]), ("flask_restx", ["todo_simple", "http_todo2_list"])],
)
def test_the_endpoints_of_resources(scan_files, library, names):
    project = scan_files(
        f"from flask import Flask\nfrom {library} import Api, Resource\napp = Flask(__name__, static_folder=None)\n"
        'api = Api(app)\n@api.resource("/a")\nclass TodoSimple(Resource):\n    def get(self): ...\n'
        'class HTTPTodo2List(Resource):\n    def get(self): ...\napi.add_resource(HTTPTodo2List, "/b")\n'
    )
    assert [endpoint.name for endpoint in project.endpoints] == names


def test_a_class_that_takes_the_name_of_its_base(agreed):
    project = agreed(
        "from flask import Flask\n\nclass Flask(Flask):\n    pass\n\napp = Flask(__name__)\n\n"
        "@app.route('/x')\ndef x():\n    return ''\n"
    )
    assert rules(project) == {("/x", ("GET",))}


NAMESPACES = {
    "app.py": """
        from flask import Flask, Blueprint
        from flask_restx import Api, Namespace, Resource
        from users import users

        bp = Blueprint("v1", __name__, url_prefix="/v1")
        api = Api(bp, prefix="/api", doc=False, add_specs=False)
        todos = api.namespace("todos", description="What is to be done")
        more = api.namespace("more", path="/others/")
        api.add_namespace(users, path="/people")
        rooted = Namespace("rooted")
        api.add_namespace(rooted, path="/")

        @rooted.route("/search")
        class Search(Resource):
            def get(self): return []

        @todos.route("/", "/all")
        class TodoList(Resource):
            def get(self): return []
            def post(self): return {}

        @todos.route("/<int:pk>", endpoint="one")
        class Todo(Resource):
            def get(self, pk): return {}

        class HTTPThing(Resource):
            def get(self): return {}

        more.add_resource(HTTPThing, "/thing")

        app = Flask(__name__)
        app.register_blueprint(bp)
    """,
    "users.py": """
        from flask_restx import Namespace, Resource

        users = Namespace("users")

        class Noted(Resource):
            def dispatch_request(self, *args, **kwargs):
                return super().dispatch_request(*args, **kwargs)

            def delete(self, pk): return {}

        @users.route("/<int:pk>")
        class User(Noted):
            def get(self, pk): return {}
    """,
}


def test_namespaces_of_flask_restx(both):
    pytest.importorskip("flask_restx")
    static, live = both(NAMESPACES, "app:app")
    expected = {
        ("/v1/api/todos/", ("GET", "POST")),
        ("/v1/api/todos/all", ("GET", "POST")),
        ("/v1/api/todos/<int:pk>", ("GET",)),
        ("/v1/api/others/thing", ("GET",)),
        ("/v1/api/people/<int:pk>", ("DELETE", "GET")),
        ("/v1/api//search", ("GET",)),
    }
    assert rules(static) == expected
    assert expected <= rules(live)
    names = {endpoint.name for endpoint in static.endpoints} - {"static"}
    assert names == {"v1.todos_todo_list", "v1.one", "v1.more_http_thing", "v1.users_user", "v1.rooted_search"}
    assert names <= {endpoint.name for endpoint in live.endpoints}
    assert not {"FM121", "FM125"} & {*codes(static), *codes(live)}
    for name in names:
        assert view(static, name).methods == view(live, name).methods, name
        assert view(static, name).kind == view(live, name).kind == "method_view"


def test_a_namespace_that_is_not_certain(scan_files):
    project = scan_files(
        "import os\nfrom flask import Flask\nfrom flask_restx import Api, Namespace, Resource\n"
        "app = Flask(__name__, static_folder=None)\napi = Api(app)\nlone = Namespace('lone')\n"
        "named = api.namespace(os.sep)\n"
        '@lone.route("/a")\nclass One(Resource):\n    def get(self): ...\n'
        '@named.route("/b")\nclass Two(Resource):\n    def get(self): ...\n'
    )
    assert project.endpoints == ()
    assert codes(project) == ["FM006", "FM124"]
