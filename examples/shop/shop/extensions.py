"""Extension objects, made here without an application and bound to one by the factory."""

from flask_jwt_extended import JWTManager
from flask_sqlalchemy import SQLAlchemy

from shop.helpers.throttle import LoginThrottle

db = SQLAlchemy()
jwt = JWTManager()
login_throttle = LoginThrottle()
