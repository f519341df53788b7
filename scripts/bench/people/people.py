"""An application with a schema of twelve fields, one of them nested."""

from flask import Flask, Response, jsonify, request
from marshmallow import Schema, fields, validate

app = Flask(__name__)


class AddressSchema(Schema):
    """Where somebody lives."""

    street = fields.String(required=True, validate=validate.Length(min=2, max=80))
    city = fields.String(required=True)
    postcode = fields.String(required=True, validate=validate.Length(3, 10))


class PersonSchema(Schema):
    """Somebody."""

    id = fields.Integer(required=True)
    name = fields.String(required=True, validate=validate.Length(min=2, max=80))
    email = fields.Email(required=True)
    age = fields.Integer(validate=validate.Range(min=0, max=150))
    active = fields.Boolean(load_default=True)
    role = fields.String(validate=validate.OneOf(["customer", "admin"]))
    balance = fields.Float()
    born = fields.Date()
    joined = fields.DateTime()
    tags = fields.List(fields.String())
    note = fields.String(allow_none=True)
    address = fields.Nested(AddressSchema)


@app.post("/people")
def create() -> Response:
    """Show what was sent."""
    return jsonify(PersonSchema().dump(PersonSchema().load(request.get_json())))
