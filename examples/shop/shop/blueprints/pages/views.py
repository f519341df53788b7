"""Home, shelves, products and the rest of the paper."""

from flask import abort, flash, make_response, redirect, render_template, request, url_for

from shop.blueprints.pages import pages
from shop.constants import CURRENCIES, DEFAULT_CURRENCY
from shop.extensions import db
from shop.models import Product
from shop.services import catalogue

PAGE_SIZE = 6


@pages.get("/")
def home():
    """The newest products."""
    products = db.session.scalars(catalogue.product_select(sort="newest").limit(3)).all()
    currency = request.cookies.get("currency", DEFAULT_CURRENCY)
    return render_template("pages/home.html", products=products, currency=currency)


@pages.route("/shop/", defaults={"page": 1})
@pages.route("/shop/page/<int:page>")
def shelf(page):
    """A page of products, perhaps of one category."""
    statement = catalogue.product_select(
        search=request.args.get("q"), category_id=request.args.get("category", type=int), sort="name"
    )
    products = db.paginate(statement, page=page, per_page=PAGE_SIZE, error_out=False)
    if not products.items and page != 1:
        abort(404)
    return render_template("pages/shelf.html", products=products, query=request.args.get("q", ""))


@pages.route("/p/<int:product_id>")
@pages.route("/p/<int:product_id>/<slug>")
def product(product_id, slug=None):
    """A product; its address has its name in it, and wrong names are corrected."""
    item = Product.query.filter_by(id=product_id, active=True).first_or_404()
    if slug != item.slug:
        return redirect(url_for("pages.product", product_id=item.id, slug=item.slug), code=301)
    return render_template("pages/product.html", product=item)


@pages.route("/contact", methods=["GET", "POST"])
def contact():
    """A form: POST, redirect, GET."""
    errors = {}
    if request.method == "POST":
        email = request.form.get("email", "").strip()
        message = request.form.get("message", "").strip()
        if "@" not in email:
            errors["email"] = "We need an address to answer to."
        if len(message) < 10:
            errors["message"] = "A little longer, please."
        if not errors:
            flash(f"Thank you! We will write to {email}.", "success")
            return redirect(url_for("pages.contact"), code=303)
    return render_template("pages/contact.html", errors=errors, form=request.form), 422 if errors else 200


@pages.post("/currency")
def choose_currency():
    """Remember the currency in a cookie."""
    currency = request.form["currency"]
    if currency not in CURRENCIES:
        abort(400, "We do not take that.")
    response = make_response(redirect(url_for(".home")))
    response.set_cookie("currency", currency, max_age=31536000, samesite="Lax")
    return response


def static_page(name):
    """Pages that hardly change."""
    return render_template(f"pages/{name}.html")


pages.add_url_rule("/about", "about", static_page, defaults={"name": "about"})
pages.add_url_rule("/terms", "terms", static_page, defaults={"name": "terms"})


@pages.get("/index.html")
@pages.get("/home")
def old_home():
    """Addresses of the old site."""
    return redirect("/", 301)
