"""Orders."""

from flask import Blueprint

orders = Blueprint("orders", __name__)

from shop.blueprints.orders import handlers, views  # noqa: E402, F401  (the views need the blueprint)
