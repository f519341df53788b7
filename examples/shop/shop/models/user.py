"""People, and the tokens they logged out with."""

from flask import current_app
from werkzeug.security import check_password_hash, generate_password_hash

from shop.constants import ROLE_CUSTOMER
from shop.extensions import db
from shop.helpers import clock


class User(db.Model):
    """Somebody who can log in."""

    __tablename__ = "users"

    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(120), unique=True, nullable=False)
    name = db.Column(db.String(80), nullable=False)
    role = db.Column(db.String(20), nullable=False, default=ROLE_CUSTOMER)
    active = db.Column(db.Boolean, nullable=False, default=True)
    password_hash = db.Column(db.String(200), nullable=False, default="!")
    created_at = db.Column(db.DateTime, nullable=False, default=lambda: clock.utcnow())

    orders = db.relationship("Order", back_populates="user", lazy="select")
    reviews = db.relationship("Review", back_populates="author", cascade="all, delete-orphan")

    def set_password(self, password):
        """Keep a hash of the password, by the method the config names."""
        self.password_hash = generate_password_hash(password, method=current_app.config["PASSWORD_HASH_METHOD"])

    def check_password(self, password):
        """Whether it is the right one."""
        return check_password_hash(self.password_hash, password)


class RevokedToken(db.Model):
    """A token that was logged out before it expired."""

    __tablename__ = "revoked_tokens"

    id = db.Column(db.Integer, primary_key=True)
    jti = db.Column(db.String(36), nullable=False, index=True)
    revoked_at = db.Column(db.DateTime, nullable=False, default=lambda: clock.utcnow())
