"""Filters and globals of the templates."""

from shop.helpers.money import format_money
from shop.services import cart, catalogue


def register_template_helpers(app):
    """Attach filters and the context processor of the navigation."""
    app.add_template_filter(format_money, "money")

    @app.template_filter("excerpt")
    def excerpt(text, length=80):
        return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + "…"

    @app.context_processor
    def navigation():
        return {"cart_count": cart.count(), "top_categories": catalogue.top_categories()}
