"""Register, log in, refresh, log out."""

from flask import jsonify, request, url_for
from flask_jwt_extended import create_access_token, current_user, get_jwt, jwt_required

from shop.blueprints.auth import auth
from shop.extensions import db
from shop.helpers import audit
from shop.helpers.decorators import json_required
from shop.schemas.users import LoginSchema, PasswordChangeSchema, ProfileSchema, RegistrationSchema, UserSchema
from shop.services import accounts

user_schema = UserSchema()


@auth.post("/register")
@json_required()
def register():
    """Make an account."""
    registration = RegistrationSchema().load(request.get_json())
    user = accounts.register(registration)
    return user_schema.dump(user), 201, {"Location": url_for("auth.me")}


@auth.post("/login")
@json_required("email", "password")
def login():
    """Trade address and password for tokens."""
    data = LoginSchema().load(request.json)
    user = accounts.authenticate(data["email"], data["password"])
    return jsonify(accounts.token_pair(user))


@auth.post("/refresh")
@jwt_required(refresh=True)
def refresh():
    """Another access token, not a fresh one."""
    return jsonify(access_token=create_access_token(identity=current_user, fresh=False))


@auth.get("/me")
@jwt_required()
def me():
    """Who I am."""
    return jsonify(user_schema.dump(current_user))


@auth.patch("/me")
@jwt_required()
@json_required()
def change_me():
    """Change my name."""
    data = ProfileSchema().load(request.get_json(), partial=True)
    for name, value in data.items():
        setattr(current_user, name, value)
    audit.record("user.changed", current_user.id, current_user)
    db.session.commit()
    return user_schema.dump(current_user)


@auth.post("/me/password")
@jwt_required(fresh=True)
def change_password():
    """Change my password; the token must be fresh."""
    data = PasswordChangeSchema().load(request.get_json())
    accounts.change_password(current_user, data["old"], data["new"])
    return "", 204


@auth.route("/logout", methods=["POST", "DELETE"])
@jwt_required(verify_type=False)
def logout():
    """Revoke the token that came with the request, of either type."""
    token = get_jwt()
    accounts.revoke(token["jti"])
    return jsonify({"revoked": token["type"]})
