"""Decorators of views: guards, and rows that are loaded before the view runs."""

from functools import wraps

from flask import flash, make_response, redirect, request, url_for
from flask_jwt_extended import get_jwt, verify_jwt_in_request

from shop.extensions import db
from shop.helpers.api_error import ApiError, Forbidden, NotFound
from shop.helpers.current import is_back_office, session_user, token_user
from shop.models import Order, Product


def role_required(*roles):
    """A valid token whose role is one of these."""

    def decorator(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            verify_jwt_in_request()
            if get_jwt().get("role") not in roles:
                raise Forbidden(f"This needs one of the roles: {', '.join(roles)}.")
            return view(*args, **kwargs)

        return wrapper

    return decorator


def json_required(*keys):
    """A JSON object in the body, with at least these keys."""

    def decorator(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if not request.is_json:
                raise ApiError("unsupported_media_type", "Send JSON, please.", 415)
            body = request.get_json(silent=True)
            if not isinstance(body, dict):
                raise ApiError("bad_json", "The body must be a JSON object.")
            missing = [key for key in keys if key not in body]
            if missing:
                raise ApiError("missing_keys", "Some keys are missing.", details={"keys": missing})
            return view(*args, **kwargs)

        return wrapper

    return decorator


def with_product(view):
    """Replace ``product_id`` by the product, or answer 404. Staff sees inactive ones too."""

    @wraps(view)
    def wrapper(*args, product_id, **kwargs):
        product = db.session.get(Product, product_id)
        if product is None or not (product.active or is_back_office(token_user())):
            raise NotFound("product", product_id)
        return view(*args, product=product, **kwargs)

    return wrapper


def with_order(owner_only=False):
    """Replace ``token`` by the order, or answer 404: also to people whose order it is not."""

    def decorator(view):
        @wraps(view)
        def wrapper(*args, token, **kwargs):
            order = Order.query.filter_by(token=token).first()
            user = token_user()
            allowed = order is not None and (order.user_id == user.id or (not owner_only and is_back_office(user)))
            if not allowed:
                raise NotFound("order", token)
            return view(*args, order=order, **kwargs)

        return wrapper

    return decorator


def cache_for(seconds):
    """Let caches keep the answer for a while, if it is a good one."""

    def decorator(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            response = make_response(view(*args, **kwargs))
            if response.status_code == 200:
                response.headers["Cache-Control"] = f"public, max-age={seconds}"
            return response

        return wrapper

    return decorator


def signin_required(view):
    """Send people who are not signed in to the sign-in page, and back afterwards."""

    @wraps(view)
    def wrapper(*args, **kwargs):
        user = session_user()
        if user is None:
            flash("Please sign in first.", "warning")
            return redirect(url_for("pages.signin", next=request.path))
        return view(*args, user=user, **kwargs)

    return wrapper
