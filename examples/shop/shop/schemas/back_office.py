"""Files and the audit trail."""

from marshmallow import Schema, fields


class AssetSchema(Schema):
    """A file, without its bytes."""

    id = fields.Integer()
    name = fields.String()
    content_type = fields.String(data_key="contentType")
    size = fields.Integer()
    digest = fields.Function(lambda asset: asset.digest[:12])
    owner = fields.Pluck("UserSchema", "email")


class AuditSchema(Schema):
    """An entry of the audit trail."""

    id = fields.Integer()
    action = fields.String()
    subject = fields.String()
    actor = fields.String()
    request_id = fields.String()
    at = fields.DateTime(attribute="created_at")
