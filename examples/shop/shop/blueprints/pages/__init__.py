"""The pages that people see."""

from flask import Blueprint

pages = Blueprint("pages", __name__)

from shop.blueprints.pages import account, basket, views  # noqa: E402, F401  (the views need the blueprint)
