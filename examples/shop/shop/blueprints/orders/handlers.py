"""What all orders have in common: no caching, and an answer to empty shelves."""

from flask import jsonify

from shop.blueprints.orders import orders
from shop.services.orders import OutOfStock


@orders.after_request
def forbid_caching(response):
    """Orders are private."""
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Authorization")
    return response


@orders.errorhandler(OutOfStock)
def handle_out_of_stock(error):
    """409, with what there is."""
    details = {"sku": error.sku, "available": error.available, "wanted": error.wanted}
    return jsonify(error={"code": "out_of_stock", "message": str(error), "details": details}), 409
