"""Uploaded files on disk."""

import hashlib
from pathlib import Path

from flask import current_app
from werkzeug.utils import secure_filename

from shop.constants import ALLOWED_UPLOADS
from shop.extensions import db
from shop.helpers import audit
from shop.helpers.api_error import ApiError
from shop.models import Asset


def path_of(digest):
    """Where the bytes with this digest are."""
    return Path(current_app.config["UPLOAD_FOLDER"]) / digest


def store(name, content_type, data, owner):
    """Keep the bytes and note whose they are."""
    name = secure_filename(name)
    extension = name.rpartition(".")[2].lower()
    if not name or extension not in ALLOWED_UPLOADS:
        raise ApiError("bad_file_type", "Files of this kind are not accepted.", 415)
    asset = Asset(name=name, content_type=content_type, owner_id=owner.id)
    _write(asset, data)
    db.session.add(asset)
    audit.record("file.stored", name, owner)
    db.session.commit()
    return asset


def replace(asset, data, actor):
    """Other bytes under the same name."""
    _write(asset, data)
    audit.record("file.replaced", asset.name, actor)
    db.session.commit()


def delete(asset, actor):
    """Forget the file; the bytes go when nobody else has the same ones."""
    path = path_of(asset.digest)
    shared = Asset.query.filter(Asset.digest == asset.digest, Asset.id != asset.id).count()
    db.session.delete(asset)
    audit.record("file.deleted", asset.name, actor)
    db.session.commit()
    if not shared:
        path.unlink(missing_ok=True)


def _write(asset, data):
    asset.digest = hashlib.sha256(data).hexdigest()
    asset.size = len(data)
    path_of(asset.digest).write_bytes(data)
