"""For load balancers."""

from flask import Blueprint

health = Blueprint("health", __name__)

from shop.blueprints.health import views  # noqa: E402, F401  (the views need the blueprint)
