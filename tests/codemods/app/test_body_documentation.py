"""The keys that a view reads of an untyped body, in OpenAPI."""

import warnings
from collections.abc import Callable
from typing import Any

Pairs = Callable[[str], Any]


def openapi(both: Any) -> Any:
    with both.clients() as (_, client):
        return client.get("/openapi.json").json()


def body_schema(both: Any, method: str, path: str) -> Any:
    document = openapi(both)
    schema = document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    reference = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][reference] if reference else schema


def test_the_keys_that_a_view_reads_of_its_body_are_documented(users: Pairs) -> None:
    both = users("""
@app.post("/orders")
def create_order():
    data = request.get_json()
    if "note" in data and not data.get("amount"):
        return jsonify(error="amount"), 400
    return jsonify(name=data["name"], kind=request.json.get("order-kind"))

@app.put("/orders")
def replace_order():
    data = request.get_json(silent=True) or {}
    return jsonify(data.get("name"), data.get("class"))

@app.post("/free")
def free():
    data = request.get_json()
    return jsonify(sorted(data))
""")
    assert set(both.runtimes().values()) == {"native"}
    assert body_schema(both, "post", "/orders")["properties"].keys() == {"note", "amount", "name", "order-kind"}
    assert body_schema(both, "put", "/orders")["properties"].keys() == {"name", "class"}
    assert "required" not in body_schema(both, "post", "/orders")
    assert "properties" not in body_schema(both, "post", "/free")
    bodies: list[Any] = [
        {"name": 1},
        {"name": [1], "more": 2, "order-kind": None},
        {"note": ""},
        [],
        {},
        None,
        "x",
        {"class": {}},
    ]
    for body in bodies:
        both.same("POST", "/orders", json=body)
        both.same("PUT", "/orders", json=body)


def test_a_local_that_is_more_than_the_body_names_no_keys(users: Pairs) -> None:
    both = users("""
@app.post("/orders")
def create():
    data = request.get_json()
    data = data["order"]
    return jsonify(data["name"])
""")
    assert "TypedDict" not in both.text("routers/root.py")
    both.same("POST", "/orders", json={"order": {"name": 1}})


def test_each_method_of_a_view_documents_its_own_keys(users: Pairs) -> None:
    both = users("""
@app.route("/items", methods=["POST", "PUT"])
def items():
    if request.method == "POST":
        return jsonify(request.json["name"])
    return jsonify(request.json["title"])
""")
    assert body_schema(both, "post", "/items")["properties"].keys() == {"name"}
    assert body_schema(both, "put", "/items")["properties"].keys() == {"title"}
    both.same("POST", "/items", json={"name": 1})
    both.same("PUT", "/items", json={"title": 1})


def test_a_body_of_two_schemas_is_documented_as_either(users: Pairs) -> None:
    both = users("""
class CardSchema(Schema):
    number = fields.Str(required=True)

class CashSchema(Schema):
    amount = fields.Int(required=True)

@app.post("/pay")
def pay():
    data = request.get_json()
    try:
        if "number" in data:
            return CardSchema().load(data)
        return CashSchema().load(data)
    except ValidationError as error:
        return error.messages, 400
""")
    assert both.runtimes() == {"pay": "native"}
    either = [one["$ref"].rpartition("/")[2] for one in body_schema(both, "post", "/pay")["anyOf"]]
    assert either == ["Card", "Cash"]
    bodies: list[Any] = [{"number": "1"}, {"number": 1}, {"amount": 1}, {}, {"amount": 1, "number": "1"}]
    for body in bodies:
        both.same("POST", "/pay", json=body)


READS = """
FIELDS = ("color", "size")
TYPES = {"width": int, "height": int}

def body_of():
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        abort(400)
    return data

def needed(*names):
    data = request.get_json()
    if [one for one in names if one not in data]:
        abort(422)
    return data

def argument(name, default=None):
    return request.args.get(name, default)

def saved(row, also=None):
    return {"name": row["name"], "age": row.get("age"), "also": also}

@app.before_request
def locale():
    if request.args.get("lang") == "xx":
        abort(404)

@app.post("/helper")
def helper():
    data = body_of()
    return jsonify(data["name"], data.get("more"))

@app.post("/needed")
def needs():
    return jsonify(needed("title", "done")["title"])

@app.get("/argument")
def arguments():
    return jsonify(argument("q"), argument("sort", "name"))

@app.get("/filter")
def filters():
    found = {name: request.args[name] for name in FIELDS if name in request.args}
    found.update({key: value for key, value in request.args.items() if key in ("brand",)})
    return jsonify(found)

@app.get("/copied")
def copied():
    args = request.args.copy()
    args["page"] = int(args.get("page", 1)) + 1
    return jsonify(args)

@app.route("/either", methods=["POST"])
def either():
    data = request.get_json(silent=True) or request.form
    return jsonify(data.get("mail"), {one: kind(data[one]) for one, kind in TYPES.items() if one in data})

@app.post("/rows")
def rows():
    return jsonify([row["id"] for row in request.get_json()])

@app.post("/passed")
def passed():
    return jsonify(saved(request.get_json()))

@app.post("/kinds")
def kinds():
    match request.json:
        case {"kind": "a", "value": value}:
            return jsonify(value)
    return jsonify({"left", "right"} - request.json.keys() == set())

@app.route("/both", methods=["GET", "POST"])
def both():
    return jsonify(request.values.get("name"))

@app.post("/walrus")
def walrus():
    if not (data := request.get_json(silent=True)):
        return "none", 400
    return jsonify(data.get("x"))
"""


def test_names_are_followed_through_helpers_loops_and_constants(users: Pairs) -> None:
    both = users(READS)
    assert set(both.runtimes().values()) == {"native"}
    document = openapi(both)

    def query(path: str) -> set[str]:
        found = document["paths"][path]["get"].get("parameters", [])
        return {one["name"] for one in found if one["in"] == "query"}

    assert query("/argument") == {"lang", "q", "sort"}
    assert query("/filter") == {"lang", "color", "size", "brand"}
    assert query("/copied") == {"lang", "page"}
    assert query("/both") == {"lang", "name"}
    names = {
        "/helper": {"name", "more"},
        "/needed": {"title", "done"},
        "/either": {"mail", "width", "height"},
        "/passed": {"name", "age"},
        "/kinds": {"kind", "value", "left", "right"},
        "/walrus": {"x"},
    }
    for path, expected in names.items():
        assert body_schema(both, "post", path)["properties"].keys() == expected
    form = document["paths"]["/either"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    assert form["schema"]["properties"].keys() == names["/either"]
    items = body_schema(both, "post", "/rows")["items"]["$ref"].rpartition("/")[2]
    assert document["components"]["schemas"][items]["properties"].keys() == {"id"}


def test_documented_reads_answer_as_before(users: Pairs) -> None:
    both = users(READS)
    for path in ("/helper", "/needed", "/either", "/passed", "/kinds", "/walrus"):
        for body in ({"name": 1, "title": 2, "done": 3, "mail": 4, "width": "5", "x": 6}, {}, [], None):
            both.same("POST", path, json=body)
    both.same("POST", "/either", data={"mail": "a", "height": "3"})
    both.same("POST", "/rows", json=[{"id": 1}])
    for path in (
        "/argument?q=1&q=2",
        "/filter?color=a&brand=b&x=c",
        "/copied?page=2&page=3",
        "/both?name=a",
        "/both?lang=xx",
    ):
        both.same("GET", path)


AROUND = """
import functools
from flask import g, render_template_string
app.secret_key = "x"

def require(*names):
    def decorate(view):
        @functools.wraps(view)
        def wrapper(**kwargs):
            data = request.get_json()
            if [one for one in names if one not in data]:
                return "missing", 400
            return view(**kwargs)
        return wrapper
    return decorate

def with_key(view):
    @functools.wraps(view)
    def wrapper(**kwargs):
        if request.args.get("key") != "k":
            abort(401)
        return view(**kwargs)
    return wrapper

@app.before_request
def token():
    if request.method == "POST" and not request.is_json and request.form.get("_token") != "t":
        abort(400)
    g.sent = request.get_json(silent=True) or {}

@app.after_request
def pretty(response):
    if request.args.get("pretty"):
        response.headers["X-Test"] = "pretty"
    return response

@app.post("/nothing")
def nothing():
    return "x"

@app.post("/typed")
def typed():
    return request.form.get("name", "")

@app.post("/whole")
def whole():
    for name in ("a", "b"):
        if not request.form.get(name):
            return "no", 400
    return request.files["upload"].filename

@app.post("/json")
@require("title", "more")
def sent():
    return jsonify(request.json["title"])

@app.post("/kept")
def kept():
    return jsonify(g.sent["name"])

@app.get("/keyed")
@with_key
def keyed():
    return "x"

@app.get("/page")
def page():
    return render_template_string("{{ request.args.get('q') }}{{ request.args.r }}{{ request.form['f'] }}")
"""


def test_names_that_are_read_around_the_view_are_documented(users: Pairs) -> None:
    both = users(AROUND)
    assert set(both.runtimes().values()) == {"native"}
    paths = openapi(both)["paths"]

    def form(path: str) -> Any:
        (content,) = paths[path]["post"]["requestBody"]["content"].values()
        return content["schema"]

    def query(path: str) -> list[str]:
        (operation,) = paths[path].values()
        return [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]

    assert form("/nothing")["properties"].keys() == {"_token"}
    assert form("/typed")["properties"].keys() == {"_token"}
    assert "$ref" in form("/typed")
    assert form("/whole")["properties"].keys() == {"_token", "a", "b", "upload"}
    assert body_schema(both, "post", "/json")["properties"].keys() == {"title", "more"}
    assert body_schema(both, "post", "/kept")["properties"].keys() == {"name"}
    assert "requestBody" not in paths["/keyed"]["get"]
    assert query("/keyed") == ["key", "pretty"]
    assert sorted(query("/page")) == ["pretty", "q", "r"]
    assert both.text("hooks.py").count("HOOKS_QUERY") == 1
    assert both.text("routers/root.py").count("openapi_extra=HOOKS_QUERY") == 2


def test_what_reads_around_the_view_answers_as_before(users: Pairs) -> None:
    both = users(AROUND)
    for path in ("/nothing", "/typed", "/whole", "/json", "/kept"):
        both.same("POST", path, data={"_token": "t", "name": "n", "a": "1", "b": "2"})
        both.same("POST", path, json={"title": 1, "more": 2, "name": 3})
    both.same("POST", "/nothing", data={})
    both.same("GET", "/keyed?key=k&pretty=1")
    both.same("GET", "/keyed")
    both.same("GET", "/page?q=1&r=2")


def test_one_view_for_several_methods_and_rules_makes_no_warning(users: Pairs) -> None:
    both = users("""
@app.route("/either", methods=["GET", "POST", "DELETE", "OPTIONS", "LINK"])
def either():
    return jsonify(request.values.get("name"))

@app.route("/things/<int:key>", methods=["GET", "PUT"])
@app.route("/things/<key>", methods=["GET", "PUT"])
def thing(key):
    return jsonify(key)
""")
    assert set(both.runtimes().values()) == {"native"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = openapi(both)["paths"]
    assert paths["/either"].keys() == {"get", "post", "delete", "options"}
    assert "requestBody" in paths["/either"]["post"]
    assert "requestBody" not in paths["/either"]["get"]
    operations = [one for path in paths.values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations) == 6
    for method in ("GET", "POST", "DELETE", "OPTIONS", "LINK", "PUT"):
        both.same(method, "/either?name=a")
    for path in ("/things/1", "/things/a"):
        both.same("GET", path)
        both.same("PUT", path)
        both.same("POST", path)


def test_a_method_that_only_a_class_has_is_documented(users: Pairs) -> None:
    both = users("""
from flask.views import MethodView

class Stars(MethodView):
    def get(self, pk):
        return jsonify(pk)

    def head(self, pk):
        return "", 204

app.add_url_rule("/stars/<pk>", view_func=Stars.as_view("stars"))
""")
    assert openapi(both)["paths"]["/stars/{pk}"].keys() == {"get", "head"}
    both.same("GET", "/stars/1")
    both.same("HEAD", "/stars/1")


IDIOMS = """
from dataclasses import dataclass
from flask.views import MethodView

class Form:
    FIELDS = ("red", "green")
    TOKEN: str = "token"

@dataclass
class Item:
    name: str
    price: float = 0

@app.get("/attributes")
def attributes():
    return jsonify([request.args.get(one) for one in Form.FIELDS], request.args.get(Form.TOKEN))

@app.get("/bound")
def bound():
    get = request.args.get
    more = {**request.args}
    return jsonify(get("a"), get("b", 3), more.get("c"))

@app.post("/checked")
def checked():
    data = request.get_json()
    if not all(k in data for k in ("p", "q")) or any(data.get(k) is None for k in ["r"]):
        abort(400)
    return jsonify(list(map(data.get, ("s", "t"))), (data | {"z": 1}).get("u"))

@app.post("/made")
def made():
    return jsonify(Item(**request.get_json()).name)

class Api(MethodView):
    def get(self):
        return jsonify(self.argument("k"), request.args.get("m"))

    def post(self):
        data = self.sent()
        return jsonify(data["t"])

    def argument(self, name):
        return request.args.get(name)

    def sent(self):
        return request.get_json()

app.add_url_rule("/class", view_func=Api.as_view("api"))
"""


def test_more_ways_of_reading_are_documented_and_answered_as_before(users: Pairs) -> None:
    both = users(IDIOMS)
    assert set(both.runtimes().values()) == {"native"}
    paths = openapi(both)["paths"]

    def query(path: str) -> set[str]:
        return {one["name"] for one in paths[path]["get"]["parameters"]}

    assert query("/attributes") == {"red", "green", "token"}
    assert query("/bound") == {"a", "b", "c"}
    assert query("/class") == {"k", "m"}
    assert body_schema(both, "post", "/checked")["properties"].keys() == {*"pqrstu"}
    assert body_schema(both, "post", "/made")["properties"].keys() == {"name", "price"}
    assert body_schema(both, "post", "/class")["properties"].keys() == {"t"}
    for path in ("/attributes?red=1&token=2", "/bound?a=1&a=2&c=3", "/class?k=1&m=2"):
        both.same("GET", path)
    for path in ("/checked", "/made", "/class"):
        for body in ({"p": 1, "q": 2, "r": 3, "s": 4, "u": 5}, {"name": "n"}, {"t": 1}, {}):
            both.same("POST", path, json=body)


QUERIES = """
class SearchSchema(Schema):
    class Meta:
        unknown = EXCLUDE
    q = fields.Str(required=True, validate=validate.Length(min=2))
    page = fields.Int(load_default=1)
    tags = fields.List(fields.Str(data_key="tag"))
    sort = fields.Str(data_key="sort-by")

class PartSchema(SearchSchema):
    number = fields.Int()

@app.before_request
def count_reads():
    if request.args.get("sort-by") == "stop" or request.args.get("trace"):
        return "stopped", 403

def search_of():
    query = SearchSchema(partial=True).load(request.args)
    return query

@app.get("/searches")
def searches():
    query = SearchSchema().load(request.args)
    return jsonify(query, page=request.args.get("page"))

@app.get("/copies")
def copies():
    args = request.args.to_dict()
    args.setdefault("q", "more")
    problems = SearchSchema().validate(args)
    return jsonify(problems, len(request.args))

@app.get("/lists")
def lists():
    return jsonify(SearchSchema(unknown=INCLUDE).load(request.args.to_dict(flat=False)))

@app.get("/helped")
def helped():
    query = search_of()
    return jsonify(query)

@app.get("/either")
def either():
    if "number" in request.args:
        return jsonify(PartSchema().load(request.args))
    return jsonify(SearchSchema().load(request.args))

@app.get("/parts")
def parts():
    return jsonify(SearchSchema(partial=True).load({"q": request.args["q"]}))
"""


def test_a_query_that_a_schema_loads_is_documented_and_refused_as_before(handled: Pairs) -> None:
    both = handled(QUERIES)
    assert set(both.runtimes().values()) == {"native"}
    routes = both.text("routers/root.py")
    assert "def searches(query_sent: QueryOf[SearchIn]" in routes
    assert "def helped(query_sent: QueryOf[SearchPatch])" in routes
    paths = openapi(both)["paths"]

    def query(path: str) -> list[tuple[str, bool]]:
        return sorted((one["name"], one.get("required", False)) for one in paths[path]["get"]["parameters"])

    whole = [("page", False), ("q", True), ("sort-by", False), ("tags", False), ("trace", False)]
    assert query("/searches") == query("/copies") == query("/lists") == whole
    assert query("/helped") == [(name, False) for name, _ in whole]
    assert query("/either") == [("number", False), ("sort-by", False), ("trace", False)]
    assert query("/parts") == [("q", False), ("sort-by", False), ("trace", False)]
    with both.served() as same:
        for path in ("/searches", "/copies", "/lists", "/helped", "/either", "/parts"):
            for sent in ("", "?q=ab&page=2&page=x&x=1", "?q=a&page=x", "?q=ab&number=1&tags=a&tags=b", "?sort-by=stop"):
                same("GET", f"{path}{sent}")


def test_a_form_that_a_schema_loads_is_documented_and_refused_as_before(handled: Pairs) -> None:
    both = handled("""
class NoteSchema(Schema):
    text = fields.Str(required=True)
    stars = fields.Int(data_key="n")

@app.post("/notes")
def notes():
    data = NoteSchema(unknown=EXCLUDE).load(request.form)
    return jsonify(data, request.form.get("token"))

@app.post("/files")
def files():
    return jsonify(NoteSchema().load({**request.form, "n": 3}), sorted(request.files))

@app.post("/either")
def either():
    return jsonify(NoteSchema().load(request.get_json(silent=True) or request.form))

@app.post("/login")
def login():
    if NoteSchema().validate(request.form):
        abort(401)
    form = request.form.to_dict()
    return jsonify(NoteSchema().load(form))

@app.post("/parts")
def parts():
    return jsonify(NoteSchema().load({"text": request.form["text"]}))
""")
    assert set(both.runtimes().values()) == {"native"}
    paths = openapi(both)["paths"]

    def form(path: str, media: str = "application/x-www-form-urlencoded") -> set[str]:
        return set(paths[path]["post"]["requestBody"]["content"][media]["schema"]["properties"])

    assert form("/notes") == {"text", "n", "token"}
    assert form("/files") == form("/files", "multipart/form-data") == form("/either") == form("/login") == {"text", "n"}
    with both.served() as same:
        for path in ("/notes", "/files", "/either", "/login", "/parts"):
            for sent in ({}, {"text": "a"}, {"text": "", "n": "x"}, {"text": "a", "n": "1", "token": "t"}):
                same("POST", path, data=sent)
        same("POST", "/either", json={"text": "a", "n": 2})
        same("POST", "/either", json={"text": 1})
