"""The cart lives in the session: product ids (as strings, for JSON) and quantities."""

from flask import session

from shop.constants import SESSION_CART
from shop.extensions import db
from shop.models import Product
from shop.schemas.orders import LineRequest


def add(product, quantity=1):
    """Put more of a product into the cart, at most as many as there are."""
    cart = session.setdefault(SESSION_CART, {})
    key = str(product.id)
    cart[key] = min(cart.get(key, 0) + quantity, product.stock)
    session.modified = True
    return cart[key]


def remove(product_id):
    """Take a product out; whether it was there."""
    cart = session.get(SESSION_CART, {})
    if cart.pop(str(product_id), None) is None:
        return False
    session.modified = True
    return True


def clear():
    """Empty the cart."""
    session.pop(SESSION_CART, None)


def count():
    """How many things are in it."""
    return sum(session.get(SESSION_CART, {}).values())


def contents():
    """Products with quantities, and the total in cents."""
    rows, total = [], 0
    for key, quantity in session.get(SESSION_CART, {}).items():
        product = db.session.get(Product, int(key))
        if product is not None:
            rows.append({"product": product, "quantity": quantity, "cents": product.price_cents * quantity})
            total += product.price_cents * quantity
    return rows, total


def as_lines():
    """The cart as the lines of an order."""
    return [LineRequest(int(key), quantity) for key, quantity in session.get(SESSION_CART, {}).items() if quantity]
