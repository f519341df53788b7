"""All blueprints, and where they are mounted."""

from shop.blueprints.admin import admin
from shop.blueprints.auth import auth
from shop.blueprints.catalogue import catalogue
from shop.blueprints.files import files
from shop.blueprints.health import health
from shop.blueprints.orders import orders
from shop.blueprints.pages import pages
from shop.blueprints.reports import reports
from shop.blueprints.reviews import reviews
from shop.constants import (
    ADMIN_PREFIX,
    AUTH_PREFIX,
    CATALOGUE_PREFIX,
    FILES_PREFIX,
    ORDERS_PREFIX,
    REPORTS_PREFIX,
    REVIEWS_PREFIX,
)

catalogue.register_blueprint(reviews, url_prefix=REVIEWS_PREFIX)

MOUNTS = (
    (auth, AUTH_PREFIX),
    (catalogue, CATALOGUE_PREFIX),
    (orders, ORDERS_PREFIX),
    (files, FILES_PREFIX),
    (reports, REPORTS_PREFIX),
    (admin, ADMIN_PREFIX),
)


def register_blueprints(app):
    """Mount everything; the reviews come with the catalogue."""
    for blueprint, prefix in MOUNTS:
        app.register_blueprint(blueprint, url_prefix=prefix)
    app.register_blueprint(health)
    app.register_blueprint(pages)
