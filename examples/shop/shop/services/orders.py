"""Orders: stock is reserved when they are placed and given back when they are cancelled."""

from flask import current_app
from sqlalchemy import select

from shop.constants import ORDER_TRANSITIONS, STATUS_CANCELLED, STATUS_PENDING
from shop.extensions import db
from shop.helpers import audit
from shop.helpers.api_error import ApiError, NotFound
from shop.models import Order, OrderEvent, OrderLine, Product


class OutOfStock(Exception):
    """Somebody wants more than there is."""

    def __init__(self, product, wanted):
        super().__init__(f"only {product.stock} of {product.sku} left, {wanted} wanted")
        self.sku = product.sku
        self.available = product.stock
        self.wanted = wanted


def orders_of(user, status=None):
    """A select of somebody's orders, the newest first."""
    statement = select(Order).where(Order.user_id == user.id)
    if status:
        statement = statement.where(Order.status == status)
    return statement.order_by(Order.id.desc())


def place_order(user, lines, note=None, address=None):
    """All lines or none: whatever goes wrong, the stock is as before."""
    if len(lines) > current_app.config["MAX_LINES_PER_ORDER"]:
        raise ApiError("too_many_lines", "That is too much for one order.")
    try:
        order = Order(user=user, note=note, address=address)
        db.session.add(order)
        for line in lines:
            _reserve(order, line.product_id, line.quantity)
        _note_event(order, STATUS_PENDING, user)
        db.session.flush()
        audit.record("order.placed", order.token, user)
        db.session.commit()
    except Exception:
        db.session.rollback()
        raise
    return order


def add_line(order, line, user):
    """One more line, while the order is pending."""
    _require_pending(order)
    try:
        _reserve(order, line.product_id, line.quantity)
        audit.record("order.line_added", order.token, user)
        db.session.commit()
    except (ApiError, OutOfStock):
        db.session.rollback()
        raise
    return order


def remove_line(order, line_id, user):
    """One line less; the last one cannot go."""
    _require_pending(order)
    line = next((line for line in order.lines if line.id == line_id), None)
    if line is None:
        raise NotFound("line", line_id)
    if len(order.lines) == 1:
        raise ApiError("last_line", "Cancel the order instead.", 409)
    line.product.stock += line.quantity
    order.lines.remove(line)
    audit.record("order.line_removed", order.token, user)
    db.session.commit()


def change_status(order, status, user):
    """Go on to another status, if the machine allows it."""
    if status not in ORDER_TRANSITIONS[order.status]:
        raise ApiError(
            "bad_transition",
            f"An order that is {order.status} cannot become {status}.",
            409,
            details={"allowed": sorted(ORDER_TRANSITIONS[order.status])},
        )
    if status == STATUS_CANCELLED:
        for line in order.lines:
            line.product.stock += line.quantity
    order.status = status
    _note_event(order, status, user)
    audit.record(f"order.{status}", order.token, user)
    db.session.commit()
    return order


def _reserve(order, product_id, quantity):
    product = db.session.get(Product, product_id)
    if product is None or not product.active:
        raise NotFound("product", product_id)
    if product.stock < quantity:
        raise OutOfStock(product, quantity)
    product.stock -= quantity
    order.lines.append(OrderLine(product=product, quantity=quantity, unit_cents=product.price_cents))


def _note_event(order, status, user):
    order.events.append(OrderEvent(status=status, actor=user.email))


def _require_pending(order):
    if order.status != STATUS_PENDING:
        raise ApiError("not_pending", f"The order is already {order.status}.", 409)
