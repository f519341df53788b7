"""Who is asking: by token in the API, by session on the pages."""

from flask import g, session
from flask_jwt_extended import get_jwt_identity, verify_jwt_in_request

from shop.constants import BACK_OFFICE, SESSION_USER
from shop.extensions import db
from shop.models import User


def token_user():
    """The user of the token or None, loaded once per request."""
    if "token_user" not in g:
        verify_jwt_in_request(optional=True)
        identity = get_jwt_identity()
        g.token_user = db.session.get(User, int(identity)) if identity else None
    return g.token_user


def session_user():
    """The user who signed in on the pages, or None."""
    user_id = session.get(SESSION_USER)
    return db.session.get(User, user_id) if user_id is not None else None


def is_back_office(user):
    """Whether somebody works here."""
    return user is not None and user.role in BACK_OFFICE
