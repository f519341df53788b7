"""Reviews of a product; mounted below the catalogue."""

from flask import Blueprint

reviews = Blueprint("reviews", __name__)

from shop.blueprints.reviews import views  # noqa: E402, F401  (the views need the blueprint)
