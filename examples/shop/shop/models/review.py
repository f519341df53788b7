"""What people think of products."""

from shop.extensions import db
from shop.helpers import clock


class Review(db.Model):
    """One person's opinion of one product."""

    __tablename__ = "reviews"
    __table_args__ = (db.UniqueConstraint("product_id", "user_id"),)

    id = db.Column(db.Integer, primary_key=True)
    product_id = db.Column(db.ForeignKey("products.id"), nullable=False)
    user_id = db.Column(db.ForeignKey("users.id"), nullable=False)
    rating = db.Column(db.Integer, nullable=False)
    title = db.Column(db.String(80), nullable=False)
    body = db.Column(db.Text, nullable=False, default="")
    created_at = db.Column(db.DateTime, nullable=False, default=lambda: clock.utcnow())
    edited_at = db.Column(db.DateTime)

    product = db.relationship("Product", back_populates="reviews")
    author = db.relationship("User", back_populates="reviews")
