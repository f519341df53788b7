"""Callbacks of Flask-JWT-Extended: who a token belongs to, and what a bad one answers."""

from flask import jsonify

from shop.extensions import db
from shop.models import RevokedToken, User


def register_token_callbacks(jwt):
    """Attach the callbacks. Errors have the API's shape; only "fresh token required" keeps the library's."""

    @jwt.user_identity_loader
    def identity_of(user):
        return str(user.id)

    @jwt.additional_claims_loader
    def claims_of(user):
        return {"role": user.role}

    @jwt.user_lookup_loader
    def load_user(header, payload):
        return db.session.get(User, int(payload["sub"]))

    @jwt.token_in_blocklist_loader
    def is_revoked(header, payload):
        return db.session.query(RevokedToken.id).filter_by(jti=payload["jti"]).first() is not None

    @jwt.unauthorized_loader
    def missing(reason):
        return _refuse("token_missing", reason)

    @jwt.invalid_token_loader
    def invalid(reason):
        return _refuse("token_invalid", reason, 422)

    @jwt.expired_token_loader
    def expired(header, payload):
        return _refuse("token_expired", f"This {payload['type']} token has expired.")

    @jwt.revoked_token_loader
    def revoked(header, payload):
        return _refuse("token_revoked", "This token has been revoked.")


def _refuse(code, message, status=401):
    response = jsonify({"error": {"code": code, "message": message}})
    response.status_code = status
    response.headers["WWW-Authenticate"] = 'Bearer realm="shop"'
    return response
