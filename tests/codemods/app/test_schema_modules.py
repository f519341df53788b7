"""Schemas in modules of their own: each has a module of the target, which imports what it nests and uses."""

from collections.abc import Callable
from typing import Any


def schema_files(both: Any) -> list[str]:
    """The modules of schemas in the target."""
    return sorted(
        path.removeprefix("schemas/")
        for path in both.conversion.files
        if path.startswith("schemas/") and not path.endswith("__init__.py")
    )


def test_schemas_of_several_modules_import_one_another(pair: Callable[..., Any]) -> None:
    both = pair(
        """
import layout_orders
from flask import Flask, jsonify
from marshmallow import ValidationError
app = Flask(__name__)
app.register_blueprint(layout_orders.bp, url_prefix="/orders")

@app.errorhandler(ValidationError)
def invalid(err):
    return jsonify(err.messages), 422
""",
        {
            "layout_rules.py": """
LIMIT = 10

def fair(price):
    return price < LIMIT
""",
            "layout_address.py": """
from marshmallow import Schema, fields

class AddressSchema(Schema):
    street = fields.Str(required=True)
""",
            "layout_order.py": """
import marshmallow as ma
from layout_address import AddressSchema
from layout_rules import fair

class OrderSchema(ma.Schema):
    id = ma.fields.Int(dump_only=True)
    price = ma.fields.Float(required=True)
    to = ma.fields.Nested(AddressSchema, required=True)
    also = ma.fields.Nested("AddressSchema", many=True)

    @ma.validates("price")
    def check(self, value, **kwargs):
        if not fair(value):
            raise ma.ValidationError("unfair")

order_schema = OrderSchema()
""",
            "layout_orders.py": """
import layout_order
from flask import Blueprint, jsonify, request
from layout_order import order_schema
from marshmallow import ValidationError

bp = Blueprint("orders", __name__)
ORDERS = []

@bp.post("/")
def create():
    order = order_schema.load(request.get_json())
    ORDERS.append(order)
    return order_schema.dump(order), 201

@bp.get("/")
def index():
    return jsonify(layout_order.OrderSchema(many=True).dump(ORDERS))

@bp.put("/")
def replace():
    try:
        return layout_order.order_schema.load(request.get_json())
    except ValidationError as error:
        return error.messages, 400
""",
        },
    )
    assert set(both.runtimes().values()) == {"native"}
    assert schema_files(both) == ["layout_address.py", "layout_order.py"]
    assert "FlaskJSONResponse(error.messages, 400)" in both.text("routers/orders.py")
    street = {"street": "High Street"}
    for body in ({"price": 1, "to": street}, {"price": 11, "to": {}}, {"price": 1, "to": street, "also": [{}, street]}):
        both.same("POST", "/orders/", json=body)
        both.same("PUT", "/orders/", json=body)
    assert both.same("GET", "/orders/")[0] == 200
