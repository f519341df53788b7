"""What a team adopts of FastAPI's own behaviour: the answers, and that the helper is gone from the generated code."""

import pytest

from codemods.parity import DIFFERENCES
from codemods.styles import Styles

SOURCE = """
import datetime
from flask import Flask, abort, jsonify, request

app = Flask(__name__)
MOMENT = datetime.date(2026, 1, 5)


@app.get("/rows")
def rows():
    return jsonify(b=1, a=MOMENT)


@app.get("/plain")
def plain():
    return {"b": 1, "a": [True, "x"]}


@app.get("/made")
def made():
    return jsonify({"b": MOMENT}), 201


@app.get("/page")
def page():
    return {"page": request.args.get("page", 1, type=int)}


@app.get("/gone")
def gone():
    abort(410)


@app.get("/slash/")
def slash():
    return "slash"
"""
EVERY = (
    "error-pages",
    "head-options",
    "json-dates",
    "json-key-order",
    "lenient-query",
    "slash-redirects",
    "validation-errors",
)
BODIES = """
import functools
from flask import Flask, abort, jsonify, request

app = Flask(__name__)


def with_token(view):
    @functools.wraps(view)
    def wrapper(**kwargs):
        if request.headers.get("X-Token") != "t":
            abort(401)
        return view(**kwargs)
    return wrapper


@app.post("/named")
def named():
    data = request.get_json()
    return jsonify(name=data["name"], all=data)


@app.post("/dashed")
def dashed():
    return jsonify(request.json["first-name"], request.json)


@app.post("/guarded")
@with_token
def guarded():
    return jsonify(request.json["name"])


@app.post("/any")
def any_json():
    return jsonify(request.get_json()), 201


@app.post("/silent")
def silent():
    data = request.get_json(silent=True) or {}
    return jsonify(name=data.get("name"))


@app.post("/asked")
def asked():
    if not request.is_json:
        return "no", 400
    return jsonify(request.get_json()["name"])


@app.errorhandler(Exception)
def failed(error):
    return jsonify(error=type(error).__name__), getattr(error, "code", 500)
"""


@pytest.fixture
def adopted(pair):
    def make(*kinds):
        return pair(SOURCE, adopted=kinds)

    return make


def ask(both, method, path):
    return both.answers(method, path)


def test_without_a_choice_everything_is_preserved(adopted):
    both = adopted()
    for method, path in (("GET", "/rows"), ("GET", "/page?page=x"), ("GET", "/gone"), ("GET", "/slash")):
        both.same(method, path)
    both.same("HEAD", "/plain")
    both.same("OPTIONS", "/plain")


def test_json_is_fastapis_where_both_of_its_kinds_are_adopted(adopted):
    both = adopted("json-dates", "json-key-order")
    text = both.text("routers/root.py")
    assert "FlaskJSONResponse" not in text
    assert 'JSONResponse({"b": 1, "a": [True, "x"]})' in text
    assert "JSONResponse(jsonable_encoder(" in text
    assert ask(both, "GET", "/rows")[1][:2] == (200, b'{"b":1,"a":"2026-01-05"}')
    assert ask(both, "GET", "/plain")[1][:2] == (200, b'{"b":1,"a":[true,"x"]}')
    assert ask(both, "GET", "/made")[1][:2] == (201, b'{"b":"2026-01-05"}')
    both.same("GET", "/gone")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("json-dates", b'{"a":"2026-01-05","b":1}\n'),
        ("json-key-order", b'{"b":1,"a":"Mon, 05 Jan 2026 00:00:00 GMT"}\n'),
    ],
)
def test_one_kind_of_json_alone(adopted, kind, body):
    assert ask(adopted(kind), "GET", "/rows")[1][1] == body


def test_a_query_value_of_the_wrong_type_is_refused(adopted):
    both = adopted("lenient-query")
    assert "lenient" not in both.text("routers/root.py")
    assert "page: Annotated[int, Query()] = 1" in both.text("routers/root.py")
    both.same("GET", "/page?page=2")
    both.same("GET", "/page")
    status, body, _ = ask(both, "GET", "/page?page=x")[1]
    assert status == 422
    assert b'"loc":["query","page"]' in body
    both.same("GET", "/gone")


def test_errors_without_a_handler_are_json(adopted):
    both = adopted("error-pages")
    assert ask(both, "GET", "/gone")[1][:2] == (410, b'{"detail":"Gone"}')
    assert ask(both, "GET", "/nowhere")[1][:2] == (404, b'{"detail":"Not Found"}')
    both.same("GET", "/page?page=x")


def test_head_and_options_are_not_allowed(adopted):
    both = adopted("head-options")
    assert "HeadAsGet" not in both.text("main.py")
    assert "compat/head.py" not in both.conversion.files
    for method in ("HEAD", "OPTIONS"):
        status, _, headers = ask(both, method, "/plain")[1]
        assert (status, headers["allow"]) == (405, "GET")
    both.same("GET", "/slash")


def test_slashes_are_redirected_as_starlette_does(adopted):
    both = adopted("slash-redirects")
    for path, location in (("/slash", "http://localhost/slash/"), ("/plain/?a=1", "http://localhost/plain?a=1")):
        status, _, headers = ask(both, "GET", path)[1]
        assert (status, headers["location"]) == (307, location)
    both.same("GET", "/nowhere")


def test_everything_together(adopted):
    both = adopted(*EVERY)
    assert not {"compat/head.py", "compat/query.py"} & both.conversion.files.keys()
    assert tuple(DIFFERENCES) == EVERY
    assert ask(both, "GET", "/gone")[1][:2] == (410, b'{"detail":"Gone"}')
    assert ask(both, "GET", "/slash/")[1][0] == 200


def test_bodies_are_what_flask_takes_where_nothing_is_adopted(pair):
    both = pair(BODIES)
    for path in ("/named", "/dashed", "/guarded", "/any", "/silent", "/asked"):
        for sent in ({"json": {"name": 1}}, {"json": []}, {"json": None}, {"data": {"name": "a"}}, {}):
            both.same("POST", path, **sent)


def test_a_body_that_is_no_json_is_refused_as_fastapi_does(pair):
    both = pair(BODIES, adopted=("validation-errors",))
    text = both.text("routers/root.py")
    assert "async def named(data: NamedBody) -> Response:" in text
    assert "def any_json(json_body: dict[str, Any] | list[Any])" in text
    assert "json_body: SilentBody | None = None" in text
    assert text.count("JsonBody[") == 1  # the one that is asked what kind it is
    for path in ("/named", "/dashed", "/guarded"):
        both.same(
            "POST", path, json={"name": 1, "first-name": 2, "more": {"deep": [1, None]}}, headers={"X-Token": "t"}
        )
        both.same("POST", path, json={}, headers={"X-Token": "t"})
    both.same("POST", "/any", json=[1, {"a": None}])
    both.same("POST", "/silent", json={})
    both.same("POST", "/silent")
    both.same("POST", "/guarded", json={"name": 1})
    both.same("POST", "/guarded", data={"name": 1})
    both.same("POST", "/asked", data={"name": 1})
    plain = {"content-type": "application/json", "X-Token": "t"}
    for path in ("/named", "/guarded", "/any", "/silent"):
        for sent in (
            {"data": b"{", "headers": plain},
            {"data": b"x", "headers": {**plain, "content-type": "text/plain"}},
        ):
            status, body, _ = both.answers("POST", path, **sent)[1]
            assert status == 422
            assert b'"loc":["body"' in body


def test_the_helper_is_gone_where_no_body_needs_it(pair):
    source = BODIES.replace('    if not request.is_json:\n        return "no", 400\n', "")
    both = pair(source, adopted=EVERY)
    assert "compat/json_body.py" not in both.conversion.files
    assert "FlaskJSONResponse" not in both.text("routers/root.py")
    assert "compat" not in "".join(line for line in both.text("routers/root.py").splitlines() if "json" in line.lower())


SCHEMAS = """
from flask import Flask, jsonify, request
from marshmallow import Schema, ValidationError, fields, post_load

app = Flask(__name__)

class UserSchema(Schema):
    name = fields.Str(required=True)
    age = fields.Int()

class MadeSchema(Schema):
    size = fields.Int(required=True)

    @post_load
    def make(self, data, **kwargs):
        return [data["size"]]

@app.post("/one")
def one():
    return UserSchema().load(request.get_json())

@app.post("/many")
def many():
    return jsonify(UserSchema(many=True).load(request.get_json()))

@app.post("/made")
def made():
    return jsonify(MadeSchema().load(request.get_json()))

@app.post("/caught")
def caught():
    try:
        return UserSchema().load(request.get_json())
    except ValidationError as error:
        return jsonify(error.messages), 400

@app.post("/kept")
def kept():
    data = request.get_json()
    return jsonify(UserSchema().load(data), data)
"""
ANSWERED = """
@app.errorhandler(ValidationError)
def wrong(error):
    return jsonify(error.messages), 418
"""


def test_a_body_that_is_wrong_for_a_schema_is_refused_as_fastapi_does(pair):
    both = pair(SCHEMAS, adopted=("validation-errors",), styles=Styles("idiomatic"))
    text = both.text("routers/root.py")
    assert "one(json_body: User)" in text or "one(json_body: UserIn)" in text
    assert "return FlaskJSONResponse(json_body.to_dict())" in text
    for path, right, wrong in (
        ("/one", {"name": "ann", "age": 3}, {"age": "x"}),
        ("/many", [{"name": "ann"}, {"name": "bob"}], [{"name": "ann"}, {}]),
        ("/made", {"size": 3}, {}),
    ):
        both.same("POST", path, json=right)
        theirs, mine = both.answers("POST", path, json=wrong)
        assert theirs[0] == 500
        assert mine[0] == 422
        assert b'"loc":["body",' in mine[1]
    for path in ("/caught", "/kept"):
        both.same("POST", path, json={"name": "ann"})
        theirs, mine = both.answers("POST", path, json={})
        assert mine[0] == theirs[0]


@pytest.mark.parametrize(
    ("source", "style"),
    [(SCHEMAS, "exact"), (SCHEMAS + ANSWERED, "idiomatic")],
    ids=["messages of Marshmallow's", "the application answers"],
)
def test_schemas_with_answers_of_their_own_keep_them(pair, source, style):
    both = pair(source, adopted=("validation-errors",), styles=Styles(style))
    assert "json_body.load().to_dict()" in both.text("routers/root.py")
    theirs, mine = both.answers("POST", "/one", json={"age": 3})
    assert mine[0] == theirs[0] != 422
