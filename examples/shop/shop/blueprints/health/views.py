"""Alive, ready, and which release."""

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shop.blueprints.health import health
from shop.extensions import db


@health.get("/healthz")
def alive():
    """The process answers."""
    return {"status": "ok"}


@health.get("/readyz")
def ready():
    """The database answers, too."""
    try:
        db.session.execute(text("select 1"))
    except SQLAlchemyError:
        current_app.logger.exception("the database does not answer")
        return {"status": "no database"}, 503
    return {"status": "ready"}


@health.route("/version")
def version():
    """The release, as plain text."""
    return current_app.config["RELEASE"], {"Content-Type": "text/plain; charset=utf-8"}
