"""Products and categories. The reviews are nested in here."""

from flask import Blueprint

catalogue = Blueprint("catalogue", __name__)

from shop.blueprints.catalogue import categories, products  # noqa: E402, F401  (the views need the blueprint)
