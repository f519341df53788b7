"""The keys that a view reads of an untyped body, in OpenAPI."""

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
