"""Fixtures: an application per module, a database per test, people with tokens, a few things to sell."""

import uuid
from datetime import datetime
from itertools import count
from types import SimpleNamespace

import pytest
from flask_jwt_extended import create_access_token, create_refresh_token
from shop import create_app
from shop.extensions import db
from shop.helpers import clock, tokens
from shop.models import Category, Product, Review, Tag, User

NOW = datetime(2024, 5, 17, 9, 30)


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    """Time stands still, and identifiers are counted."""
    numbers, ids = count(1), count(1)
    monkeypatch.setattr(clock, "utcnow", lambda: NOW)
    monkeypatch.setattr(clock, "monotonic", lambda: 100.0)
    monkeypatch.setattr(tokens, "new_order_token", lambda: uuid.UUID(int=next(numbers)))
    monkeypatch.setattr(tokens, "new_request_id", lambda: f"request-{next(ids)}")


@pytest.fixture(scope="module")
def module_app(tmp_path_factory):
    """One application per module: its rules take longer to compile than a test to run."""
    return create_app("testing", UPLOAD_FOLDER=str(tmp_path_factory.mktemp("uploads")))


@pytest.fixture
def app(module_app, frozen, monkeypatch, tmp_path):
    """The application with new tables, nothing uploaded and nobody blocked."""
    monkeypatch.setitem(module_app.config, "UPLOAD_FOLDER", str(tmp_path))
    module_app.extensions["login_throttle"].clear()
    with module_app.app_context():
        db.create_all()
        make_people()
        make_goods()
        db.session.commit()
    yield module_app
    with module_app.app_context():
        db.session.remove()
        db.drop_all()


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def headers(app):
    """Makes the Authorization header of somebody, by the first part of the address."""

    def make(name, refresh=False, **options):
        with app.app_context():
            user = User.query.filter_by(email=f"{name}@example.com").one()
            token = create_refresh_token(user) if refresh else create_access_token(user, **options)
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.fixture
def carol(headers):
    return headers("carol")


@pytest.fixture
def dave(headers):
    return headers("dave")


@pytest.fixture
def staff(headers):
    return headers("staff")


@pytest.fixture
def admin(headers):
    return headers("admin")


@pytest.fixture
def session(app):
    """The database session, inside an application context."""
    with app.app_context():
        yield db.session


@pytest.fixture
def order(client, carol):
    """An order of Carol's: two kettles."""
    response = client.post(
        "/api/v1/orders", headers=carol, json={"lines": [{"product_id": 1, "quantity": 2}], "note": "ring twice"}
    )
    assert response.status_code == 201
    body = response.get_json()
    return SimpleNamespace(token=body["token"], url=f"/api/v1/orders/{body['token']}", body=body)


@pytest.fixture
def signed_in(client):
    """A client whose session is Carol's."""
    response = client.post("/signin", data={"email": "carol@example.com", "password": "secret-123"})
    assert response.status_code == 302
    return client


def make_people():
    for name, role in (("admin", "admin"), ("staff", "staff"), ("carol", "customer"), ("dave", "customer")):
        user = User(email=f"{name}@example.com", name=name.title(), role=role)
        user.set_password("secret-123")
        db.session.add(user)
    db.session.flush()


def make_goods():
    home = Category(slug="home", name="Home")
    kitchen = Category(slug="kitchen", name="Kitchen", parent=home)
    garden = Category(slug="garden", name="Garden")
    sale, new = Tag(name="sale"), Tag(name="new")
    rows = [
        ("KIT-001", "Kettle", "Boils water", 2500, 10, kitchen, [new]),
        ("KIT-002", "Mug", "Holds tea, or whatever else you would like to drink", 750, 40, kitchen, [new, sale]),
        ("KIT-003", "Teapot", "Pours", 3200, 0, kitchen, []),
        ("GAR-001", "Rake", "Rakes leaves", 1999, 5, garden, [sale]),
        ("GAR-002", "Spade", "Digs", 2450, 2, garden, []),
        ("HOM-001", "Lamp", "Shines", 5900, 7, home, [new]),
        ("HOM-002", "Blanket", "Warms", 4500, 3, home, []),
    ]
    for sku, name, description, cents, stock, category, tags in rows:
        product = Product(
            sku=sku, name=name, description=description, price_cents=cents, stock=stock, category=category, tags=tags
        )
        db.session.add(product)
        db.session.flush()
    db.session.add(Product(sku="OLD-001", name="Gramophone", price_cents=9900, stock=1, active=False))
    db.session.add(Review(product_id=1, user_id=4, rating=4, title="Hot", body="As it should be."))
    db.session.flush()
