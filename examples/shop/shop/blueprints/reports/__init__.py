"""Reports for the back office."""

from flask import Blueprint

reports = Blueprint("reports", __name__)

from shop.blueprints.reports import views  # noqa: E402, F401  (the views need the blueprint)
