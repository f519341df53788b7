"""Error handlers of the application: JSON under /api, pages everywhere else."""

from flask import current_app, jsonify, render_template, request
from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from shop.constants import API_ROOT
from shop.extensions import db
from shop.helpers.api_error import ApiError


def wants_json():
    """Whether the request is one of the API's."""
    return request.path.startswith(API_ROOT + "/")


def error_body(code, message, details=None):
    """The one shape of an error in the API."""
    body = {"code": code, "message": message}
    if details:
        body["details"] = details
    return {"error": body}


def handle_api_error(error):
    """Our own errors, raised by services, decorators and views."""
    response = jsonify(error_body(error.code, error.message, error.details))
    response.status_code = error.status
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def handle_validation_error(error):
    """What Marshmallow found wrong with the input."""
    return error_body("validation_failed", "The data is not valid.", error.normalized_messages()), 422


def handle_integrity_error(error):
    """A unique key or foreign key that the database refused."""
    db.session.rollback()
    current_app.logger.info("integrity error: %s", error.orig)
    return error_body("conflict", "The data contradicts what is already there."), 409


def handle_not_found(error):
    """404 for both worlds."""
    if wants_json():
        return error_body("not_found", "There is nothing here."), 404
    return render_template("error.html", title="Not found", message="We looked everywhere."), 404


def handle_method_not_allowed(error):
    """405 for both worlds, with the Allow header in both."""
    headers = {"Allow": ", ".join(sorted(error.valid_methods or []))}
    if wants_json():
        return error_body("method_not_allowed", f"{request.method} is not possible here."), 405, headers
    return render_template("error.html", title="Not possible", message="This page cannot do that."), 405, headers


def handle_http_exception(error):
    """Everything else that Werkzeug raises: 400, 413, 415 …"""
    if not wants_json():
        return error
    return error_body(error.name.lower().replace(" ", "_"), error.description), error.code


def register_error_handlers(app):
    """Attach the handlers."""
    app.register_error_handler(ApiError, handle_api_error)
    app.register_error_handler(ValidationError, handle_validation_error)
    app.register_error_handler(IntegrityError, handle_integrity_error)
    app.register_error_handler(404, handle_not_found)
    app.register_error_handler(405, handle_method_not_allowed)
    app.register_error_handler(HTTPException, handle_http_exception)
