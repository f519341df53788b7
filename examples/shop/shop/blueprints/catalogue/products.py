"""Products: search, read, and the back office's part."""

from flask import abort, current_app, g, jsonify, make_response, request, url_for
from sqlalchemy import func, select

from shop.blueprints.catalogue import catalogue
from shop.constants import BACK_OFFICE, ROLE_ADMIN
from shop.extensions import db
from shop.helpers.api_error import ApiError
from shop.helpers.current import is_back_office, token_user
from shop.helpers.decorators import cache_for, json_required, role_required, with_product
from shop.helpers.pagination import paginated
from shop.models import Product, Tag
from shop.schemas.products import ProductSchema, ProductSummarySchema, StockChangeSchema
from shop.services import catalogue as service

product_schema = ProductSchema()
summary_schema = ProductSummarySchema()


@catalogue.after_request
def add_total_count(response):
    """Lists say how long they are in a header, too."""
    if "total_count" in g:
        response.headers["X-Total-Count"] = str(g.total_count)
    return response


@catalogue.get("/products")
def list_products():
    """Search. Parameters that make no sense are ignored, as they always were."""
    statement = service.product_select(
        search=request.args.get("q", "").strip(),
        category_id=request.args.get("category", type=int),
        tags=request.args.getlist("tag"),
        max_price=request.args.get("max_price", type=float),
        in_stock=request.args.get("in_stock", "").lower() in ("1", "true", "yes"),
        sort=request.args.get("sort", "id"),
        hidden="hidden" in request.args and is_back_office(token_user()),
    )
    return paginated(statement, summary_schema)


@catalogue.route("/products", methods=["POST"])
@role_required(*BACK_OFFICE)
@json_required()
def create_product():
    """Add a product."""
    data = product_schema.load(request.get_json())
    product = service.create_product(data, token_user())
    db.session.commit()
    location = url_for("catalogue.show_product", product_id=product.id, _external=True)
    return jsonify(product_schema.dump(product)), 201, {"Location": location}


@catalogue.post("/products/bulk")
@role_required(*BACK_OFFICE)
def create_products():
    """Add many products or none."""
    items = request.get_json()
    if not isinstance(items, list):
        abort(400, description="A list is expected.")
    data = ProductSchema(many=True, exclude=("description",)).load(items)
    try:
        products = [service.create_product(item, token_user()) for item in data]
        db.session.commit()
    except Exception:
        db.session.rollback()
        current_app.logger.warning("bulk load of %d products failed", len(data))
        raise
    return summary_schema.dump(products, many=True), 201


@catalogue.get("/products/<int:product_id>")
@with_product
def show_product(product):
    """One product, with a validator for conditional requests."""
    response = make_response(product_schema.dump(product))
    response.set_etag(f"{product.id}-{product.stock}-{product.updated_at:%Y%m%d%H%M%S}")
    response.last_modified = product.updated_at
    return response.make_conditional(request)


@catalogue.route("/products/<int:product_id>", methods=["PUT", "PATCH"])
@role_required(*BACK_OFFICE)
@json_required()
@with_product
def change_product(product):
    """Replace a product, or change parts of it."""
    data = product_schema.load(request.get_json(), partial=request.method == "PATCH")
    return product_schema.dump(service.change_product(product, data, token_user()))


@catalogue.delete("/products/<int:product_id>")
@role_required(ROLE_ADMIN)
@with_product
def delete_product(product):
    """Take a product out of the catalogue. It stays in the database, for the orders."""
    product.active = False
    db.session.commit()
    return "", 204


@catalogue.post("/products/<int:product_id>/stock")
@role_required(*BACK_OFFICE)
@with_product
def adjust_stock(product):
    """Count again."""
    change = StockChangeSchema().load(request.get_json(force=True, silent=True) or {})
    stock = service.adjust_stock(product, change["delta"], change["reason"], token_user())
    return {"sku": product.sku, "stock": stock, "low": stock <= current_app.config["LOW_STOCK"]}


@catalogue.get("/products/by-sku/<string(minlength=6, maxlength=10):sku>")
def product_by_sku(sku):
    """The product with this stock keeping unit, in any case."""
    product = Product.query.filter_by(sku=sku.upper(), active=True).first_or_404()
    return product_schema.dump(product)


@catalogue.route("/products/<int:product_id>/related", defaults={"limit": 4})
@catalogue.route("/products/<int:product_id>/related/<int(max=12):limit>")
@cache_for(seconds=300)
@with_product
def related_products(product, limit):
    """What else might please."""
    return summary_schema.dump(service.related_products(product, limit), many=True)


@catalogue.get("/tags")
@cache_for(60)
def list_tags():
    """All tags with the number of products that have them."""
    rows = db.session.execute(
        select(Tag.name, func.count(Product.id)).join(Product.tags).group_by(Tag.name).order_by(Tag.name)
    )
    return jsonify([{"name": name, "products": number} for name, number in rows])


@catalogue.get("/suggest")
def suggest():
    """Names for a search field; needs two letters."""
    query = request.args.get("q")
    if query is None or len(query) < 2:
        raise ApiError("query_too_short", "Type two letters at least.", details={"parameter": "q"})
    names = db.session.scalars(
        select(Product.name).where(Product.name.istartswith(query), Product.active.is_(True)).order_by(Product.name)
    )
    return {"query": query, "names": names.all()[:5]}
