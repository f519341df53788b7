"""Products and categories."""

from sqlalchemy import or_, select

from shop.extensions import db
from shop.helpers import audit, clock
from shop.helpers.api_error import ApiError, NotFound
from shop.models import Category, Product, Tag

SORT_COLUMNS = {
    "id": Product.id,
    "name": Product.name,
    "price": Product.price_cents,
    "newest": Product.created_at.desc(),
    "stock": Product.stock,
}


def product_select(search=None, category_id=None, tags=(), max_price=None, in_stock=False, sort="id", hidden=False):
    """A select of products by whatever was asked for; an unknown sort key is as good as none."""
    statement = select(Product)
    if not hidden:
        statement = statement.where(Product.active.is_(True))
    if search:
        pattern = f"%{search}%"
        statement = statement.where(or_(Product.name.ilike(pattern), Product.description.ilike(pattern)))
    if category_id is not None:
        statement = statement.where(Product.category_id == category_id)
    for tag in tags:
        statement = statement.where(Product.tags.any(Tag.name == tag))
    if max_price is not None:
        statement = statement.where(Product.price_cents <= max_price * 100)
    if in_stock:
        statement = statement.where(Product.stock > 0)
    descending = sort.startswith("-")
    column = SORT_COLUMNS.get(sort.lstrip("-"), Product.id)
    return statement.order_by(column.desc() if descending and sort != "-newest" else column, Product.id)


def tags_named(names):
    """Tags with these names; missing ones are made."""
    known = {tag.name: tag for tag in db.session.scalars(select(Tag).where(Tag.name.in_(names)))}
    return [known.get(name) or Tag(name=name) for name in names]


def create_product(data, actor=None):
    """Make a product; the caller commits."""
    product = Product()
    _assign(product, data)
    db.session.add(product)
    db.session.flush()
    audit.record("product.created", product.sku, actor)
    return product


def change_product(product, data, actor=None):
    """Change what is in ``data`` and nothing else."""
    _assign(product, data)
    product.updated_at = clock.utcnow()
    audit.record("product.changed", product.sku, actor)
    db.session.commit()
    return product


def _assign(product, data):
    data = dict(data)
    if "tags" in data:
        product.tags = tags_named(data.pop("tags"))
    for name, value in data.items():
        setattr(product, name, value)


def adjust_stock(product, delta, reason, actor=None):
    """Add to the stock, or take from it; it never goes below nothing."""
    if product.stock + delta < 0:
        raise ApiError("stock_negative", "There are not that many.", 409, details={"stock": product.stock})
    product.stock += delta
    audit.record(f"stock.{reason}", product.sku, actor)
    db.session.commit()
    return product.stock


def related_products(product, limit):
    """Others of the same category, the dearest first."""
    statement = (
        select(Product)
        .where(Product.category_id == product.category_id, Product.id != product.id, Product.active.is_(True))
        .order_by(Product.price_cents.desc(), Product.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def top_categories():
    """The shelves that stand on the floor."""
    return Category.query.filter(Category.parent_id.is_(None)).order_by(Category.slug).all()


def category_by_path(path):
    """Walk down the tree: ``home/kitchen``."""
    category = None
    for slug in path.strip("/").split("/"):
        parent_id = category.id if category else None
        category = Category.query.filter_by(slug=slug, parent_id=parent_id).first()
        if category is None:
            raise NotFound("category", path)
    return category
