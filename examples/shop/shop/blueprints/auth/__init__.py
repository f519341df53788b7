"""Accounts and tokens."""

from flask import Blueprint

auth = Blueprint("auth", __name__)

from shop.blueprints.auth import views  # noqa: E402, F401  (the views need the blueprint)
