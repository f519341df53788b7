"""Functions of a project that are handed schemas."""

import pytest

HEAD = """
from functools import wraps

from flask import Flask, g, jsonify, request
from marshmallow import Schema, ValidationError, fields, post_load

app = Flask(__name__)
USERS = [{"id": n, "name": f"u{n}"} for n in range(12)]


class UserSchema(Schema):
    id = fields.Int(dump_only=True)
    name = fields.Str(required=True)


class BookSchema(Schema):
    isbn = fields.Str(required=True)
    pages = fields.Int(load_default=1)

"""


def test_objects_and_classes_that_helpers_are_handed(pair) -> None:
    both = pair(
        f"""{HEAD}
users_schema = UserSchema(many=True)


def paginated(rows, schema: Schema):
    page = request.args.get("page", 1, type=int)
    return {{"items": schema.dump(rows[(page - 1) * 5 : page * 5]), "page": page}}


def load_or_400(schema):
    try:
        return schema.load(request.get_json()), None
    except ValidationError as error:
        return None, (jsonify(error.messages), 400)


def shown(row, *, schema_class):
    return jsonify(schema_class().dump(row), schema_class(many=True).dump([row]))


@app.get("/users")
def users():
    return jsonify(paginated(USERS, users_schema))


@app.get("/books")
def books():
    schema = BookSchema(many=True)
    return jsonify(paginated([{{"isbn": "1", "pages": "5"}}], schema=schema))


@app.post("/books")
def add_book():
    data, wrong = load_or_400(BookSchema())
    return wrong or (jsonify(data), 201)


@app.get("/users/<int:number>")
def user(number):
    return shown(USERS[number], schema_class=UserSchema)
"""
    )
    assert {name: one for name, one in both.runtimes().items() if one != "native"} == {}, both.findings("books")
    for path in ("/users?page=2", "/books", "/users/3"):
        assert both.same("GET", path)[0] == 200
    assert both.same("POST", "/books", json={"isbn": "2"})[0] == 201
    assert both.same("POST", "/books", json={"pages": "x"})[0] == 400
    helpers = next(text for path, text in both.conversion.files.items() if "def paginated" in text)
    assert "def paginated(rows: Any, schema: type[Model], *, page_query: int) -> Any:" in helpers
    assert '"items": schema.dump_many(' in helpers
    assert "return FlaskJSONResponse([schema_class.dump(row), schema_class.dump_many([row])])" in helpers


STAYS = {
    "options differ": (
        "def shown(schema, row):\n    return schema.dump(row)\n",
        "shown(UserSchema(), USERS[0]), shown(UserSchema(many=True), USERS)",
    ),
    "made of what is not known": (
        "def shown(schema, row):\n    return schema.dump(row)\n\n\ndef pick():\n    return UserSchema()\n",
        "shown(pick(), USERS[0])",
    ),
    "one makes objects": (
        "def shown(schema, row):\n    return schema.load(row)\n\n\nclass Made(UserSchema):\n    @post_load\n"
        "    def make(self, data, **kwargs):\n        return [data]\n",
        "shown(UserSchema(), {'name': 'x'}), shown(Made(), {'name': 'x'})",
    ),
    "used otherwise": (
        "def shown(schema, row):\n    return schema.dump(row), type(schema).__name__\n",
        "shown(UserSchema(), USERS[0])",
    ),
    "handed on": (
        "def shown(schema, row):\n    return schema.dump(row)\n\n\nHELPERS = {'shown': shown}\n",
        "shown(UserSchema(), USERS[0])",
    ),
    "bound again": (
        "def shown(schema, row):\n    schema = schema or UserSchema()\n    return schema.dump(row)\n",
        "shown(None, USERS[0])",
    ),
    "loads with one class and dumps with another": (
        "def shown(schema, row):\n    return schema.dump(schema.load(row))\n",
        "shown(BookSchema(), {'isbn': 'x'})",
    ),
}


@pytest.mark.parametrize("why", STAYS)
def test_what_a_helper_is_handed_stays_where_it_is_not_known(pair, why: str) -> None:
    helper, calls = STAYS[why]
    both = pair(f'{HEAD}\n{helper}\n\n@app.get("/")\ndef show():\n    return jsonify({calls})\n')
    assert both.runtimes() == {"show": "bridged"}
    assert both.same("GET", "/")[0] == 200


def test_a_helper_that_is_imported_under_another_name_stays(pair) -> None:
    both = pair(
        f"""{HEAD}
from renamed_helpers import shown
from renamed_helpers import shown as named


@app.get("/")
def show():
    return jsonify(shown(UserSchema(), USERS[0]), named(UserSchema(many=True), USERS))
""",
        {"renamed_helpers.py": "def shown(schema, row):\n    return schema.dump(row)\n"},
    )
    assert both.runtimes() == {"show": "bridged"}
    assert both.same("GET", "/")[0] == 200


def test_a_method_of_the_same_name_is_another_function(pair) -> None:
    both = pair(
        f"""{HEAD}
class Page:
    def shown(self, schema, row):
        return {{"page": schema, "row": row}}


def shown(schema, row):
    return schema.dump(row)


@app.get("/")
def show():
    return jsonify(shown(UserSchema(), USERS[1]), Page().shown("a", 2))
"""
    )
    assert both.same("GET", "/")[1] == b'[{"id":1,"name":"u1"},{"page":"a","row":2}]\n'


DECORATORS = """
def validated(schema, status=400):
    def decorator(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            try:
                data = schema.load(request.get_json())
            except ValidationError as error:
                return jsonify(errors=error.messages), status
            return view(data, *args, **kwargs)

        return wrapper

    return decorator


def kept(*, schema_class: type[Schema]):
    def decorator(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if errors := schema_class().validate(request.get_json()):
                return jsonify(errors), 422
            g.data = schema_class().load(request.get_json())
            return view(*args, **kwargs)

        return wrapper

    return decorator


def dumped(schema):
    def decorator(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            return jsonify(schema.dump(view(*args, **kwargs)))

        return wrapper

    return decorator


@app.post("/books")
@validated(BookSchema())
def add_book(data):
    return jsonify(data), 201


@app.post("/users")
@validated(UserSchema(), 409)
def add_user(data):
    return jsonify(data), 201


@app.post("/kept")
@kept(schema_class=BookSchema)
def keep():
    return jsonify(g.data), 201
"""
POSTED = [("/books", {"isbn": "1"}), ("/books", {"pages": 1}), ("/users", {}), ("/kept", {"isbn": 1}), ("/kept", {})]


def test_decorators_that_are_handed_schemas(pair) -> None:
    both = pair(
        f'{HEAD}{DECORATORS}\n\n@app.get("/")\n@dumped(UserSchema(many=True))\ndef users():\n    return USERS\n'
    )
    assert set(both.runtimes().values()) == {"native"}, both.runtimes()
    assert both.same("GET", "/")[0] == 200
    for path, data in POSTED:
        both.same("POST", path, json=data)
    texts = "\n".join(both.conversion.files.values())
    assert "def validated(schema: type[Model], status: Any=400)" in texts
    assert "def kept(*, schema_class: type[Model])" in texts
    assert "Depends(validated(UserIn, 409))" in texts
    assert "@dumped(UserOut)" in texts


def test_decorators_that_are_handed_schemas_of_several_kinds_are_called_beside_flask(pair) -> None:
    both = pair(
        f"""{HEAD}{DECORATORS}

@app.get("/")
@dumped(UserSchema(many=True))
def users():
    return USERS


@app.get("/one")
@dumped(UserSchema())
def user():
    return USERS[0]
"""
    )
    assert {both.runtimes()[name] for name in ("users", "user")} == {"bridged"}
    assert both.same("GET", "/")[0] == both.same("GET", "/one")[0] == 200


def test_what_a_decorator_is_given_of_the_application_is_called_beside_flask(pair) -> None:
    both = pair(
        f"""{HEAD}
def counted(schema_class, other):
    def decorator(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            g.count = len(schema_class().fields) + other
            return view(*args, **kwargs)

        return wrapper

    return decorator


@app.get("/")
@counted(UserSchema, 2)
def show():
    return jsonify(g.count)
"""
    )
    assert both.runtimes() == {"show": "bridged"}
    assert both.same("GET", "/")[1] == b"4\n"


def test_a_local_that_holds_one_of_several_schemas(pair) -> None:
    both = pair(
        f"""{HEAD}
class AdminSchema(UserSchema):
    secret = fields.Str(load_default="none")


@app.get("/one")
def one():
    schema = AdminSchema() if request.args.get("admin") else UserSchema()
    return jsonify(schema.dump({{**USERS[1], "secret": 5}}))


@app.get("/many")
def many():
    if request.args.get("admin"):
        schema = AdminSchema(many=True)
    else:
        schema = UserSchema(many=True, exclude=("name",))
    return jsonify({{"users": schema.dump(USERS)}})


@app.post("/")
def add():
    kind = AdminSchema if request.args.get("admin") else UserSchema
    try:
        return jsonify(kind().load(request.get_json())), 201
    except ValidationError as error:
        return jsonify(error.messages), 400


@app.get("/both")
def load_and_dump():
    schema = AdminSchema() if request.args.get("admin") else UserSchema()
    return jsonify(schema.dump(schema.load({{"name": "x"}})))
"""
    )
    assert both.runtimes() == {"one": "native", "many": "native", "add": "native", "load_and_dump": "bridged"}
    for query in ("", "?admin=1"):
        both.same("GET", f"/one{query}")
        both.same("GET", f"/many{query}")
        both.same("GET", f"/both{query}")
        for data in ({"name": "x"}, {"secret": "y"}, {"name": "x", "secret": "y"}):
            both.same("POST", f"/{query}", json=data)
    texts = "\n".join(both.conversion.files.values())
    assert "schema = AdminOut if admin else UserOut" in texts
    assert "JsonBody[AdminIn | UserIn]" in texts


def test_an_error_that_is_the_cause_of_another_or_is_logged(pair) -> None:
    both = pair(
        f"""{HEAD}
class Wrong(Exception):
    def __init__(self, messages):
        self.messages = messages


@app.errorhandler(Wrong)
def wrong(error):
    return jsonify(error.messages), 418


@app.post("/")
def index():
    try:
        return jsonify(BookSchema().load(request.get_json()))
    except ValidationError as err:
        app.logger.info("wrong: %s", err)
        raise Wrong(err.messages) from err
"""
    )
    assert both.runtimes() == {"index": "native"}
    for data in ({"isbn": "1"}, {}):
        both.same("POST", "/", json=data)
