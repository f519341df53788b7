"""Accounts and passwords."""

from flask_jwt_extended import create_access_token, create_refresh_token

from shop.extensions import db, login_throttle
from shop.helpers import audit
from shop.helpers.api_error import ApiError
from shop.models import RevokedToken, User


def find_by_email(email):
    """The user with this address, or None."""
    return User.query.filter_by(email=email).first()


def register(registration):
    """Make an account; the address must be new."""
    if find_by_email(registration.email) is not None:
        raise ApiError("email_taken", "There is an account with this address.", 409)
    user = User(email=registration.email, name=registration.name)
    user.set_password(registration.password)
    db.session.add(user)
    audit.record("user.registered", registration.email, user)
    db.session.commit()
    return user


def authenticate(email, password):
    """The user, if the password is right and the address is not blocked."""
    if login_throttle.blocked(email):
        raise ApiError("too_many_failures", "Too many failed logins.", 429, retry_after=60)
    user = find_by_email(email)
    if user is None or not user.active or not user.check_password(password):
        login_throttle.failed(email)
        raise ApiError("bad_credentials", "Address or password is wrong.", 401)
    login_throttle.succeeded(email)
    return user


def token_pair(user):
    """A fresh access token and a refresh token."""
    return {
        "access_token": create_access_token(identity=user, fresh=True),
        "refresh_token": create_refresh_token(identity=user),
    }


def change_password(user, old, new):
    """Replace the password by another one."""
    if not user.check_password(old):
        raise ApiError("bad_credentials", "The old password is wrong.", 403)
    if old == new:
        raise ApiError("same_password", "The new password is the old one.")
    user.set_password(new)
    audit.record("user.password_changed", user.id, user)
    db.session.commit()


def revoke(jti):
    """Never accept this token again."""
    db.session.add(RevokedToken(jti=jti))
    db.session.commit()
