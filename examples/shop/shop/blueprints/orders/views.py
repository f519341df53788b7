"""Place orders, look at them, and move them through their states."""

from flask import Response, current_app, jsonify, render_template, request, url_for
from flask_jwt_extended import jwt_required

from shop.blueprints.orders import orders
from shop.constants import BACK_OFFICE, STATUS_CANCELLED, STATUS_DELIVERED, STATUS_PAID, STATUS_SHIPPED
from shop.extensions import db
from shop.helpers.api_error import ApiError
from shop.helpers.current import token_user
from shop.helpers.decorators import json_required, role_required, with_order
from shop.helpers.pagination import paginated
from shop.schemas.orders import EventSchema, LineInputSchema, OrderChangeSchema, OrderInputSchema, OrderSchema
from shop.services import orders as service

order_schema = OrderSchema()


@orders.get("")
@jwt_required()
def list_orders():
    """My orders, the newest first."""
    statement = service.orders_of(token_user(), request.args.get("status"))
    return jsonify(paginated(statement, OrderSchema(only=("token", "status", "total", "created_at"))))


@orders.post("")
@jwt_required()
@json_required("lines")
def place_order():
    """Buy something."""
    data = OrderInputSchema().load(request.get_json())
    order = service.place_order(token_user(), data["lines"], note=data["note"], address=data["address"])
    response = jsonify(order_schema.dump(order))
    response.status_code = 201
    response.headers["Location"] = url_for(".show_order", token=order.token)
    return response


@orders.get("/<uuid:token>")
@jwt_required()
@with_order()
def show_order(order):
    """One order."""
    return order_schema.dump(order)


@orders.patch("/<uuid:token>")
@jwt_required()
@json_required()
@with_order(owner_only=True)
def change_order(order):
    """Change the note or parts of the address, until it is shipped."""
    if order.status not in ("pending", "paid"):
        raise ApiError("too_late", "The order is on its way.", 409)
    data = OrderChangeSchema().load(request.get_json(), partial=True)
    if "address" in data:
        order.address = {**(order.address or {}), **data["address"]}
    if "note" in data:
        order.note = data["note"]
    db.session.commit()
    return order_schema.dump(order)


@orders.post("/<uuid:token>/lines")
@jwt_required()
@json_required("product_id")
@with_order(owner_only=True)
def add_line(order):
    """One more thing."""
    line = LineInputSchema().load(request.get_json())
    return order_schema.dump(service.add_line(order, line, token_user())), 201


@orders.delete("/<uuid:token>/lines/<int:line_id>")
@jwt_required()
@with_order(owner_only=True)
def remove_line(order, line_id):
    """One thing less."""
    service.remove_line(order, line_id, token_user())
    return "", 204


@orders.post("/<uuid:token>/pay")
@jwt_required()
@with_order(owner_only=True)
def pay_order(order):
    """Pay. The amount is asked for, so that nobody pays for a cart that changed meanwhile."""
    amount = request.form.get("amount") or (request.get_json(silent=True) or {}).get("amount")
    if amount != str(order.total):
        raise ApiError("wrong_amount", "That is not the price.", 402, details={"total": str(order.total)})
    return order_schema.dump(service.change_status(order, STATUS_PAID, token_user()))


@orders.post("/<uuid:token>/cancel")
@jwt_required()
@with_order()
def cancel_order(order):
    """Never mind."""
    return order_schema.dump(service.change_status(order, STATUS_CANCELLED, token_user()))


@orders.get("/<uuid:token>/history")
@jwt_required()
@with_order()
def order_history(order):
    """What happened so far."""
    return jsonify(EventSchema(many=True).dump(order.events))


@orders.get("/<uuid:token>/invoice")
@jwt_required()
@with_order()
def order_invoice(order):
    """The invoice, as text."""
    text = render_template("invoice.txt", order=order, release=current_app.config["RELEASE"])
    headers = {"Content-Disposition": f'attachment; filename="invoice-{order.token}.txt"'}
    return Response(text, mimetype="text/plain", headers=headers)


@role_required(*BACK_OFFICE)
@with_order()
def ship_order(order):
    """It left the house."""
    return order_schema.dump(service.change_status(order, STATUS_SHIPPED, token_user()))


@role_required(*BACK_OFFICE)
@with_order()
def deliver_order(order):
    """It arrived."""
    return order_schema.dump(service.change_status(order, STATUS_DELIVERED, token_user()))


BACK_OFFICE_ACTIONS = (
    ("/<uuid:token>/ship", "ship_order", ship_order),
    ("/<uuid:token>/deliver", "deliver_order", deliver_order),
)

for rule, endpoint, view in BACK_OFFICE_ACTIONS:
    orders.add_url_rule(rule, endpoint, view, methods=["POST"])
