"""Numbers for the back office."""

import csv
import io
from collections import defaultdict

from flask import current_app
from sqlalchemy import func, select

from shop.constants import STATUS_CANCELLED
from shop.extensions import db
from shop.helpers.money import from_cents
from shop.models import Order, OrderEvent, Product, User

ORDER_COLUMNS = ("token", "status", "customer", "total", "created_at")


def csv_line(values):
    """One line of CSV."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return buffer.getvalue()


def order_rows(status=None):
    """CSV lines of all orders, one at a time: there are many."""
    yield csv_line(ORDER_COLUMNS)
    query = Order.query.order_by(Order.id)
    if status:
        query = query.filter_by(status=status)
    for order in query:
        yield csv_line([order.token, order.status, order.user.email, order.total, order.created_at.isoformat()])


def inventory():
    """Name, stock and a mark for what is running out."""
    low = current_app.config["LOW_STOCK"]
    products = db.session.scalars(select(Product).order_by(Product.sku)).all()
    return [(product.sku, product.name, product.stock, "low" if product.stock <= low else "") for product in products]


def events_after(event_id, limit):
    """Order events that came after this one."""
    statement = select(OrderEvent).where(OrderEvent.id > event_id).order_by(OrderEvent.id).limit(limit)
    return db.session.scalars(statement).all()


def sales_by_day(first, last, currency):
    """Turnover and number of orders per day, cancelled ones left out."""
    days = defaultdict(lambda: {"orders": 0, "cents": 0})
    for order in Order.query.filter(Order.status != STATUS_CANCELLED, Order.currency == currency).order_by(Order.id):
        day = order.created_at.date()
        if (first is None or day >= first) and (last is None or day <= last):
            days[day]["orders"] += 1
            days[day]["cents"] += order.total_cents
    return [
        {"day": day.isoformat(), "orders": numbers["orders"], "turnover": str(from_cents(numbers["cents"]))}
        for day, numbers in sorted(days.items())
    ]


def totals():
    """How much of everything there is."""
    return {
        "users": db.session.scalar(select(func.count(User.id))),
        "products": db.session.scalar(select(func.count(Product.id))),
        "orders": dict(db.session.execute(select(Order.status, func.count()).group_by(Order.status)).all()),
    }
