"""Something to look at."""

from flask import current_app

from shop.constants import ROLE_ADMIN, ROLE_STAFF
from shop.extensions import db
from shop.models import Category, Product, User
from shop.services.catalogue import tags_named

PEOPLE = (
    ("admin@shop.example", "Ada Admin", ROLE_ADMIN),
    ("staff@shop.example", "Stan Staff", ROLE_STAFF),
    ("carol@shop.example", "Carol Customer", "customer"),
)
GOODS = ("Kettle", "Mug", "Lamp", "Blanket", "Chair", "Clock")


def seed(products=12):
    """Fill empty tables; what is there stays."""
    made = {"users": 0, "categories": 0, "products": 0}
    for email, name, role in PEOPLE:
        if User.query.filter_by(email=email).first() is None:
            user = User(email=email, name=name, role=role)
            user.set_password("correct-horse-1")
            db.session.add(user)
            made["users"] += 1
    home = Category.query.filter_by(slug="home").first()
    if home is None:
        home = Category(slug="home", name="Home", children=[Category(slug="kitchen", name="Kitchen")])
        db.session.add(home)
        made["categories"] = 2
    for number in range(1, products + 1):
        sku = f"HOM-{number:03}"
        if Product.query.filter_by(sku=sku).first() is None:
            name = f"{GOODS[number % len(GOODS)]} No. {number}"
            tags = tags_named(["new"] if number % 2 else ["new", "sale"])
            db.session.add(
                Product(sku=sku, name=name, price_cents=number * 250, stock=number, category=home, tags=tags)
            )
            db.session.flush()
            made["products"] += 1
    db.session.commit()
    current_app.logger.info("seeded %s", made)
    return made
