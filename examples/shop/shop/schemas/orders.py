"""Orders, in and out."""

from dataclasses import dataclass

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema

from shop.constants import COUNTRIES, ORDER_TRANSITIONS
from shop.schemas.base import StrippedSchema
from shop.schemas.products import ProductSummarySchema


@dataclass
class LineRequest:
    """What somebody wants, and how many."""

    product_id: int
    quantity: int


class AddressSchema(StrippedSchema):
    """Where it goes."""

    name = fields.String(required=True)
    street = fields.String(required=True)
    city = fields.String(required=True)
    postcode = fields.String(required=True, validate=validate.Length(3, 10))
    country = fields.String(required=True, validate=validate.OneOf(COUNTRIES))


class LineInputSchema(Schema):
    """One line of a new order."""

    product_id = fields.Integer(required=True)
    quantity = fields.Integer(load_default=1, validate=validate.Range(min=1, max=99))

    @post_load
    def make_line(self, data, **kwargs):
        return LineRequest(**data)


class OrderInputSchema(Schema):
    """A new order."""

    lines = fields.List(fields.Nested(LineInputSchema), required=True, validate=validate.Length(min=1))
    address = fields.Nested(AddressSchema, load_default=None, allow_none=True)
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=200))

    @validates_schema
    def no_product_twice(self, data, **kwargs):
        products = [line.product_id for line in data.get("lines", [])]
        if len(products) != len(set(products)):
            raise ValidationError("A product is listed twice.", "lines")


class OrderChangeSchema(StrippedSchema):
    """What may change before an order is shipped."""

    note = fields.String(allow_none=True, validate=validate.Length(max=200))
    address = fields.Nested(AddressSchema)


class LineSchema(Schema):
    """One line of an order."""

    id = fields.Integer()
    product = fields.Nested(ProductSummarySchema(only=("id", "sku", "name")))
    quantity = fields.Integer()
    unit_price = fields.Decimal(places=2, as_string=True)


class EventSchema(Schema):
    """A change of status."""

    status = fields.String()
    actor = fields.String()
    at = fields.DateTime(attribute="created_at")


class OrderSchema(Schema):
    """An order, complete."""

    token = fields.UUID()
    status = fields.String()
    currency = fields.String()
    total = fields.Decimal(places=2, as_string=True)
    note = fields.String()
    address = fields.Dict()
    created_at = fields.DateTime()
    lines = fields.Nested(LineSchema, many=True)
    next = fields.Function(lambda order: sorted(ORDER_TRANSITIONS[order.status]))


class SalesQuerySchema(Schema):
    """The days a report is about."""

    class Meta:
        unknown = EXCLUDE

    first = fields.Date(data_key="from", load_default=None)
    last = fields.Date(data_key="to", load_default=None)
    currency = fields.String(load_default="EUR", validate=validate.Length(equal=3))

    @validates_schema
    def in_order(self, data, **kwargs):
        if data["first"] and data["last"] and data["first"] > data["last"]:
            raise ValidationError("Ends before it begins.", "to")
