"""Orders, their lines, and what happened to them."""

from shop.constants import DEFAULT_CURRENCY, STATUS_PENDING
from shop.extensions import db
from shop.helpers import clock, tokens
from shop.helpers.money import from_cents


class Order(db.Model):
    """What somebody bought. The token is its public name, the id stays inside."""

    __tablename__ = "orders"

    id = db.Column(db.Integer, primary_key=True)
    token = db.Column(db.Uuid, nullable=False, unique=True, default=lambda: tokens.new_order_token())
    user_id = db.Column(db.ForeignKey("users.id"), nullable=False)
    status = db.Column(db.String(20), nullable=False, default=STATUS_PENDING)
    currency = db.Column(db.String(3), nullable=False, default=DEFAULT_CURRENCY)
    note = db.Column(db.String(200))
    address = db.Column(db.JSON)
    created_at = db.Column(db.DateTime, nullable=False, default=lambda: clock.utcnow())

    user = db.relationship("User", back_populates="orders")
    lines = db.relationship("OrderLine", back_populates="order", cascade="all, delete-orphan", order_by="OrderLine.id")
    events = db.relationship(
        "OrderEvent", back_populates="order", cascade="all, delete-orphan", order_by="OrderEvent.id"
    )

    @property
    def total_cents(self):
        """What all lines cost together."""
        return sum(line.unit_cents * line.quantity for line in self.lines)

    @property
    def total(self):
        """The same as a decimal."""
        return from_cents(self.total_cents)


class OrderLine(db.Model):
    """So many of one product, at the price of the day."""

    __tablename__ = "order_lines"

    id = db.Column(db.Integer, primary_key=True)
    order_id = db.Column(db.ForeignKey("orders.id"), nullable=False)
    product_id = db.Column(db.ForeignKey("products.id"), nullable=False)
    quantity = db.Column(db.Integer, nullable=False)
    unit_cents = db.Column(db.Integer, nullable=False)

    order = db.relationship("Order", back_populates="lines")
    product = db.relationship("Product", lazy="joined")

    @property
    def unit_price(self):
        """The price of one as a decimal."""
        return from_cents(self.unit_cents)


class OrderEvent(db.Model):
    """A change of an order's status."""

    __tablename__ = "order_events"

    id = db.Column(db.Integer, primary_key=True)
    order_id = db.Column(db.ForeignKey("orders.id"), nullable=False)
    status = db.Column(db.String(20), nullable=False)
    actor = db.Column(db.String(120), nullable=False)
    created_at = db.Column(db.DateTime, nullable=False, default=lambda: clock.utcnow())

    order = db.relationship("Order", back_populates="events")
