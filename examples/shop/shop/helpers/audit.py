"""Notes who did what, in the same transaction as what was done."""

from flask import current_app, g, has_request_context, request

from shop.extensions import db
from shop.models import AuditEntry


def record(action, subject, actor=None):
    """Add an entry to the session; the caller commits."""
    entry = AuditEntry(action=action, subject=str(subject), actor=actor.email if actor else "system")
    if has_request_context():
        entry.request_id = g.get("request_id")
        entry.address = request.remote_addr
    db.session.add(entry)
    current_app.logger.info("audit %s %s by %s", action, subject, entry.actor)
    return entry
