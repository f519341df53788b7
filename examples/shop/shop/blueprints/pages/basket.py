"""The cart and the way to the till."""

from flask import abort, flash, redirect, render_template, request, url_for

from shop.blueprints.pages import pages
from shop.extensions import db
from shop.helpers.api_error import ApiError
from shop.helpers.decorators import signin_required
from shop.models import Product
from shop.services import cart
from shop.services import orders as order_service


@pages.get("/cart")
def show_cart():
    """What is in the cart."""
    rows, total = cart.contents()
    return render_template("pages/cart.html", rows=rows, total=total)


@pages.post("/cart/add")
def add_to_cart():
    """Put something in."""
    product_id = request.form.get("product_id", type=int)
    product = db.session.get(Product, product_id) if product_id is not None else None
    if product is None or not product.active:
        abort(404)
    if not product.available:
        flash(f"{product.name} is sold out.", "warning")
    else:
        quantity = max(request.form.get("quantity", 1, type=int), 1)
        number = cart.add(product, quantity)
        flash(f"{number} × {product.name} in your cart.", "success")
    return redirect(url_for("pages.show_cart"))


@pages.post("/cart/remove/<int:product_id>")
def remove_from_cart(product_id):
    """Take something out."""
    if not cart.remove(product_id):
        flash("That was not in your cart.", "warning")
    return redirect(url_for("pages.show_cart"))


@pages.post("/cart/clear")
def clear_cart():
    """Start again."""
    cart.clear()
    return redirect(url_for("pages.show_cart"))


@pages.post("/checkout")
@signin_required
def checkout(user):
    """Make an order of the cart."""
    lines = cart.as_lines()
    if not lines:
        flash("Your cart is empty.", "warning")
        return redirect(url_for("pages.show_cart"))
    try:
        order = order_service.place_order(user, lines, note=request.form.get("note") or None)
    except (ApiError, order_service.OutOfStock) as error:
        flash(f"Sorry: {error}.", "error")
        return redirect(url_for("pages.show_cart"))
    cart.clear()
    flash(f"Thank you! Your order is {order.token}.", "success")
    return redirect(url_for("pages.account", _anchor=f"order-{order.id}"))
