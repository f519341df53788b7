"""The shop: an application factory, and nothing at import time."""

import os
from pathlib import Path

from flask import Flask, Response

from shop.config import CONFIGS
from shop.extensions import db, jwt, login_throttle


def create_app(config_name=None, **overrides):
    """Make an application for an environment; ``overrides`` win over its config class."""
    app = Flask(__name__)
    name = config_name or os.environ.get("SHOP_ENV", "development")
    app.config.from_object(CONFIGS[name])
    app.config.from_mapping(overrides)
    app.json.sort_keys = False
    _check_secrets(app, name)
    _prepare_folders(app)

    db.init_app(app)
    jwt.init_app(app)
    login_throttle.init_app(app)

    from shop import models  # noqa: F401  (the tables must be known before create_all)
    from shop.cli import register_commands
    from shop.errors import register_error_handlers
    from shop.hooks import register_hooks
    from shop.routes import register_blueprints
    from shop.template_helpers import register_template_helpers
    from shop.tokens import register_token_callbacks

    register_hooks(app)
    register_error_handlers(app)
    register_token_callbacks(jwt)
    register_template_helpers(app)
    register_blueprints(app)
    register_commands(app)
    app.add_url_rule("/robots.txt", "robots", _robots)

    if app.config["CREATE_TABLES"]:
        with app.app_context():
            db.create_all()
    return app


def _robots():
    return Response("User-agent: *\nDisallow: /api/\n", mimetype="text/plain")


def _check_secrets(app, name):
    secrets = (app.config["SECRET_KEY"], app.config["JWT_SECRET_KEY"])
    if name == "production" and any(secret.startswith("development-only") for secret in secrets):
        raise RuntimeError("SHOP_SECRET_KEY and SHOP_JWT_SECRET_KEY must be set in production")


def _prepare_folders(app):
    if app.config["UPLOAD_FOLDER"] is None:
        app.config["UPLOAD_FOLDER"] = str(Path(app.instance_path) / "uploads")
    app.config.setdefault("PUBLIC_FOLDER", str(Path(app.root_path) / "static" / "downloads"))
    Path(app.config["UPLOAD_FOLDER"]).mkdir(parents=True, exist_ok=True)
