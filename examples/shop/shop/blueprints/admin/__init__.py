"""The administrators' part of the API. Every route is guarded here, not in the views."""

from flask import Blueprint
from flask_jwt_extended import get_jwt, verify_jwt_in_request

from shop.constants import ROLE_ADMIN
from shop.helpers.api_error import Forbidden

admin = Blueprint("admin", __name__)


@admin.before_request
def require_admin():
    """Administrators only."""
    if verify_jwt_in_request() is None:
        return  # OPTIONS, which the extension lets pass
    if get_jwt().get("role") != ROLE_ADMIN:
        raise Forbidden("Administrators only.")


from shop.blueprints.admin import views  # noqa: E402, F401  (the views need the blueprint)
