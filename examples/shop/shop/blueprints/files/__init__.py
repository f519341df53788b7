"""Uploads and downloads."""

from flask import Blueprint

files = Blueprint("files", __name__)

from shop.blueprints.files import views  # noqa: E402, F401  (the views need the blueprint)
