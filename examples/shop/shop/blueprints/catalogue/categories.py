"""The tree of categories."""

from flask import jsonify, request

from shop.blueprints.catalogue import catalogue
from shop.constants import BACK_OFFICE
from shop.extensions import db
from shop.helpers.decorators import cache_for, role_required
from shop.helpers.pagination import paginated
from shop.models import Category
from shop.schemas.products import CategorySchema, ProductSummarySchema
from shop.services import catalogue as service


@catalogue.route("/categories/")
@cache_for(60)
def list_categories():
    """The top of the tree, with one level below."""
    return jsonify(CategorySchema(many=True).dump(service.top_categories()))


@catalogue.route("/categories/", methods=("POST",))
@role_required(*BACK_OFFICE)
def create_category():
    """Add a category; a second one of the same name in the same place is a conflict."""
    data = CategorySchema().load(request.get_json())
    if data["parent_id"] is not None:
        db.get_or_404(Category, data["parent_id"])
    category = Category(**data)
    db.session.add(category)
    db.session.commit()
    return CategorySchema().dump(category), 201


@catalogue.get("/categories/<path:category_path>")
def show_category(category_path):
    """A category by its path, with its products."""
    category = service.category_by_path(category_path)
    page = paginated(service.product_select(category_id=category.id), ProductSummarySchema(exclude=("stock",)))
    return {"category": CategorySchema().dump(category), **page}
