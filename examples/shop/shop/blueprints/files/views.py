"""Take files in, hand them out in parts if asked."""

from flask import abort, current_app, jsonify, request, send_file, send_from_directory, url_for
from flask_jwt_extended import jwt_required
from sqlalchemy import select

from shop.blueprints.files import files
from shop.constants import BACK_OFFICE
from shop.extensions import db
from shop.helpers.api_error import ApiError, Forbidden
from shop.helpers.current import is_back_office, token_user
from shop.helpers.decorators import role_required
from shop.models import Asset
from shop.schemas.back_office import AssetSchema
from shop.services import storage

schema = AssetSchema()


@files.errorhandler(413)
def handle_too_large(error):
    """Say how large a file may be."""
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    return jsonify({"error": {"code": "too_large", "message": f"At most {limit} bytes.", "limit": limit}}), 413


@files.post("")
@jwt_required()
def upload():
    """One file in the field ``file``, and an optional other name for it."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise ApiError("no_file", "There is no file in the field 'file'.")
    name = request.form.get("name") or upload.filename
    asset = storage.store(name, upload.mimetype, upload.read(), token_user())
    return schema.dump(asset), 201, {"Location": url_for("files.download", asset_id=asset.id)}


@files.get("")
@role_required(*BACK_OFFICE)
def list_files():
    """All files; ``?kind=image`` looks at the first half of the content type."""
    statement = select(Asset).order_by(Asset.id)
    if kind := request.args.get("kind"):
        statement = statement.where(Asset.content_type.startswith(f"{kind}/"))
    return schema.dump(db.session.scalars(statement), many=True)


@files.get("/<int:asset_id>")
def download(asset_id):
    """The bytes: conditional, in ranges, as an attachment if ``download`` is in the query."""
    asset = db.get_or_404(Asset, asset_id)
    return send_file(
        storage.path_of(asset.digest),
        mimetype=asset.content_type,
        as_attachment="download" in request.args,
        download_name=asset.name,
        etag=asset.digest,
        last_modified=asset.created_at,
        max_age=3600,
    )


@files.get("/<int:asset_id>/meta")
def describe(asset_id):
    """All but the bytes."""
    return schema.dump(db.first_or_404(select(Asset).filter_by(id=asset_id)))


@files.put("/<int:asset_id>/content")
@jwt_required()
def replace(asset_id):
    """Other bytes, sent as they are."""
    asset = db.get_or_404(Asset, asset_id)
    if asset.owner_id != token_user().id:
        raise Forbidden("Only the owner may replace a file.")
    if request.mimetype != asset.content_type:
        abort(415)
    storage.replace(asset, request.get_data(), token_user())
    return schema.dump(asset)


@files.delete("/<int:asset_id>")
@jwt_required()
def delete(asset_id):
    """Away with it."""
    asset = db.get_or_404(Asset, asset_id)
    user = token_user()
    if asset.owner_id != user.id and not is_back_office(user):
        raise Forbidden()
    storage.delete(asset, user)
    return "", 204


@files.get("/public/<path:filename>")
def public_file(filename):
    """Leaflets that belong to the release."""
    return send_from_directory(current_app.config["PUBLIC_FOLDER"], filename, max_age=86400)
