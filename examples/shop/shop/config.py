"""Settings, one class per environment. Everything secret comes from the environment."""

import os
from datetime import timedelta


class BaseConfig:
    """What all environments share."""

    SECRET_KEY = os.environ.get("SHOP_SECRET_KEY", "development-only-secret-key-0123456789")
    JWT_SECRET_KEY = os.environ.get("SHOP_JWT_SECRET_KEY", "development-only-token-key-0123456789")
    JWT_ACCESS_TOKEN_EXPIRES = timedelta(minutes=30)
    JWT_REFRESH_TOKEN_EXPIRES = timedelta(days=14)

    # Relative SQLite files are put into the instance folder by Flask-SQLAlchemy.
    SQLALCHEMY_DATABASE_URI = os.environ.get("SHOP_DATABASE_URL", "sqlite:///shop.sqlite3")
    CREATE_TABLES = True

    SESSION_COOKIE_SAMESITE = "Lax"
    PERMANENT_SESSION_LIFETIME = timedelta(days=30)

    PAGE_SIZE = 10
    MAX_PAGE_SIZE = 50
    MAX_LINES_PER_ORDER = 20
    LOW_STOCK = 3
    REVIEWS_ENABLED = True
    LOGIN_MAX_FAILURES = 5
    PASSWORD_HASH_METHOD = "pbkdf2:sha256:600000"

    MAX_CONTENT_LENGTH = 2 * 1024 * 1024
    UPLOAD_FOLDER = os.environ.get("SHOP_UPLOAD_FOLDER")  # None: "uploads" in the instance folder
    SLOW_REQUEST_SECONDS = 1.0
    RELEASE = os.environ.get("SHOP_RELEASE", "4.2.0")


class DevelopmentConfig(BaseConfig):
    """A developer's machine; ``flask --debug`` adds the debugger."""

    TEMPLATES_AUTO_RELOAD = True


class TestingConfig(BaseConfig):
    """The test suite: a database in memory, cheap passwords, no state outside the test."""

    __test__ = False

    TESTING = True
    SQLALCHEMY_DATABASE_URI = "sqlite:///:memory:"
    PASSWORD_HASH_METHOD = "pbkdf2:sha256:10"
    PAGE_SIZE = 5
    MAX_CONTENT_LENGTH = 64 * 1024


class ProductionConfig(BaseConfig):
    """The real thing. Tables are made by migrations, cookies travel over TLS only."""

    CREATE_TABLES = False
    SESSION_COOKIE_SECURE = True
    LOGIN_MAX_FAILURES = int(os.environ.get("SHOP_LOGIN_MAX_FAILURES", "3"))


CONFIGS = {
    "development": DevelopmentConfig,
    "testing": TestingConfig,
    "production": ProductionConfig,
}
