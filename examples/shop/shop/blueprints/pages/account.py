"""Sign in on the pages: a session, no tokens."""

from flask import flash, redirect, render_template, request, session, url_for

from shop.blueprints.pages import pages
from shop.constants import SESSION_USER
from shop.extensions import db
from shop.helpers.api_error import ApiError
from shop.helpers.decorators import signin_required
from shop.services import accounts, orders


@pages.route("/signin", methods=["GET", "POST"])
def signin():
    """The form, and what it does."""
    target = request.values.get("next", "")
    if request.method == "GET":
        return render_template("pages/signin.html", target=target)
    try:
        user = accounts.authenticate(request.form.get("email", "").lower(), request.form.get("password", ""))
    except ApiError as error:
        flash(error.message, "error")
        return render_template("pages/signin.html", target=target), error.status
    session.permanent = "remember" in request.form
    session[SESSION_USER] = user.id
    flash(f"Hello {user.name}!", "success")
    # Only addresses of our own: "//elsewhere" would leave the shop.
    if target.startswith("/") and not target.startswith("//"):
        return redirect(target)
    return redirect(url_for("pages.account"))


@pages.post("/signout")
def signout():
    """Forget who it was; the cart stays."""
    session.pop(SESSION_USER, None)
    flash("Goodbye!")
    return redirect(url_for("pages.home"))


@pages.get("/account")
@signin_required
def account(user):
    """My orders."""
    rows = db.session.scalars(orders.orders_of(user)).all()
    return render_template("pages/account.html", user=user, orders=rows)
