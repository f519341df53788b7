"""Products, categories and reviews."""

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_dump, pre_load, validate, validates

from shop.constants import CURRENCIES, DEFAULT_CURRENCY, SKU_PATTERN
from shop.extensions import db
from shop.models import Category
from shop.schemas.base import StrippedSchema


class CategorySchema(StrippedSchema):
    """A shelf with the shelves on it."""

    id = fields.Integer(dump_only=True)
    slug = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9-]+$", error="Not a slug."))
    name = fields.String(required=True, validate=validate.Length(max=80))
    parent_id = fields.Integer(load_default=None, allow_none=True, load_only=True)
    path = fields.String(dump_only=True)
    children = fields.List(fields.Nested(lambda: CategorySchema(only=("slug", "name", "path"))), dump_only=True)


class ProductSchema(StrippedSchema):
    """A product, complete."""

    id = fields.Integer(dump_only=True)
    sku = fields.String(required=True, validate=validate.Regexp(SKU_PATTERN, error="Not a stock keeping unit."))
    name = fields.String(required=True, validate=validate.Length(min=1, max=120))
    description = fields.String(load_default="")
    price = fields.Decimal(required=True, places=2, as_string=True, validate=validate.Range(min=0))
    currency = fields.String(load_default=DEFAULT_CURRENCY, validate=validate.OneOf(CURRENCIES))
    stock = fields.Integer(load_default=0, validate=validate.Range(min=0))
    active = fields.Boolean(load_default=True)
    category_id = fields.Integer(load_default=None, allow_none=True, load_only=True, data_key="categoryId")
    category = fields.Nested(CategorySchema(only=("id", "name", "path")), dump_only=True, allow_none=True)
    tags = fields.Method("dump_tags", "load_tags", load_default=list)
    available = fields.Boolean(dump_only=True)
    created_at = fields.DateTime(dump_only=True, data_key="createdAt")

    def dump_tags(self, product):
        return [tag.name for tag in product.tags]

    def load_tags(self, value):
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValidationError("Must be a list of words.")
        return sorted({item.strip().lower() for item in value if item.strip()})

    @pre_load
    def upper_sku(self, data, **kwargs):
        if isinstance(data, dict) and isinstance(data.get("sku"), str):
            data = {**data, "sku": data["sku"].upper()}
        return data

    @validates("category_id")
    def category_exists(self, value, data_key):
        if value is not None and db.session.get(Category, value) is None:
            raise ValidationError("There is no such category.")


class ProductSummarySchema(Schema):
    """A product in a list."""

    id = fields.Integer()
    sku = fields.String()
    name = fields.String()
    price = fields.Decimal(places=2, as_string=True)
    currency = fields.String()
    stock = fields.Integer()


class StockChangeSchema(Schema):
    """So many more, or fewer."""

    delta = fields.Integer(required=True, strict=True)
    reason = fields.String(load_default="correction", validate=validate.OneOf(["correction", "delivery", "loss"]))


class AuthorSchema(Schema):
    """The writer of a review: a name and nothing else."""

    id = fields.Integer()
    name = fields.String()


class ReviewSchema(StrippedSchema):
    """An opinion."""

    class Meta:
        unknown = EXCLUDE

    id = fields.Integer(dump_only=True)
    rating = fields.Integer(required=True, validate=validate.Range(1, 5))
    title = fields.String(required=True, validate=validate.Length(1, 80))
    body = fields.String(load_default="")
    author = fields.Nested(AuthorSchema, dump_only=True)
    created_at = fields.DateTime(dump_only=True, format="%Y-%m-%d %H:%M")
    edited_at = fields.DateTime(dump_only=True, format="%Y-%m-%d %H:%M")

    @post_dump
    def drop_empty_edit(self, data, **kwargs):
        if data.get("edited_at") is None:
            data.pop("edited_at", None)
        return data
