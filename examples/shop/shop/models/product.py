"""Products, their categories (a tree) and tags."""

from sqlalchemy.ext.hybrid import hybrid_property

from shop.constants import DEFAULT_CURRENCY
from shop.extensions import db
from shop.helpers import clock
from shop.helpers.money import from_cents, to_cents

product_tags = db.Table(
    "product_tags",
    db.Column("product_id", db.ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
    db.Column("tag_id", db.ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
)


class Category(db.Model):
    """A shelf, possibly on another shelf."""

    __tablename__ = "categories"
    __table_args__ = (db.UniqueConstraint("parent_id", "slug"),)

    id = db.Column(db.Integer, primary_key=True)
    slug = db.Column(db.String(40), nullable=False)
    name = db.Column(db.String(80), nullable=False)
    parent_id = db.Column(db.ForeignKey("categories.id"))

    parent = db.relationship("Category", remote_side=[id], back_populates="children")
    children = db.relationship("Category", back_populates="parent", order_by="Category.slug")
    products = db.relationship("Product", back_populates="category")

    @property
    def path(self):
        """Slugs from the top down, as in an address: ``home/kitchen``."""
        return f"{self.parent.path}/{self.slug}" if self.parent else self.slug


class Tag(db.Model):
    """A word that several products share."""

    __tablename__ = "tags"

    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(30), nullable=False, unique=True)


class Product(db.Model):
    """Something to buy."""

    __tablename__ = "products"

    id = db.Column(db.Integer, primary_key=True)
    sku = db.Column(db.String(20), nullable=False, unique=True)
    name = db.Column(db.String(120), nullable=False)
    description = db.Column(db.Text, nullable=False, default="")
    price_cents = db.Column(db.Integer, nullable=False)
    currency = db.Column(db.String(3), nullable=False, default=DEFAULT_CURRENCY)
    stock = db.Column(db.Integer, nullable=False, default=0)
    active = db.Column(db.Boolean, nullable=False, default=True)
    category_id = db.Column(db.ForeignKey("categories.id"))
    created_at = db.Column(db.DateTime, nullable=False, default=lambda: clock.utcnow())
    updated_at = db.Column(db.DateTime, nullable=False, default=lambda: clock.utcnow())

    category = db.relationship("Category", back_populates="products")
    tags = db.relationship("Tag", secondary=product_tags, order_by="Tag.name")
    reviews = db.relationship("Review", back_populates="product", cascade="all, delete-orphan")

    @property
    def price(self):
        """The price as a decimal."""
        return from_cents(self.price_cents)

    @price.setter
    def price(self, amount):
        self.price_cents = to_cents(amount)

    @hybrid_property
    def available(self):
        """Whether it can be bought now; in Python and in SQL."""
        return self.active & (self.stock > 0)

    @property
    def slug(self):
        """The name, fit for an address."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.name.lower()).split())
