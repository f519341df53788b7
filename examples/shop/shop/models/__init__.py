"""The tables."""

from shop.models.asset import Asset
from shop.models.audit import AuditEntry
from shop.models.order import Order, OrderEvent, OrderLine
from shop.models.product import Category, Product, Tag
from shop.models.review import Review
from shop.models.user import RevokedToken, User

__all__ = [
    "Asset",
    "AuditEntry",
    "Category",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Product",
    "Review",
    "RevokedToken",
    "Tag",
    "User",
]
