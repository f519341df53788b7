import pytest
from shop.extensions import db
from shop.models import User

ADMIN = "/api/v1/admin"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/users"),
        ("post", "/users"),
        ("get", "/users/1"),
        ("patch", "/users/1"),
        ("delete", "/users/1"),
        ("get", "/audit"),
        ("post", "/stats"),
    ],
)
def test_everything_is_guarded(client, staff, method, path):
    assert getattr(client, method)(ADMIN + path).status_code == 401
    response = getattr(client, method)(ADMIN + path, headers=staff)
    assert response.status_code == 403
    assert response.json["error"]["message"] == "Administrators only."


def test_the_guard_is_not_asked_where_there_is_no_route(client):
    assert client.get(f"{ADMIN}/nothing").status_code == 404
    assert client.delete(f"{ADMIN}/users").status_code == 405


def test_options_need_no_token(client):
    response = client.options(f"{ADMIN}/users")
    assert response.status_code == 200
    assert sorted(response.headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS", "POST"]


def test_list_users(client, admin):
    body = client.get(f"{ADMIN}/users?per_page=2", headers=admin).get_json()
    assert [user["email"] for user in body["items"]] == ["admin@example.com", "staff@example.com"]
    assert body["links"]["next"] == f"{ADMIN}/users?per_page=2&page=2"
    assert client.get(f"{ADMIN}/users?role=customer", headers=admin).json["total"] == 2


def test_create_user(client, admin):
    data = {"email": "Frank@example.com", "name": "Frank", "role": "staff", "password": "secret-789"}
    response = client.post(f"{ADMIN}/users", json=data, headers=admin)
    assert response.status_code == 201
    assert response.headers["Location"] == f"{ADMIN}/users/5"
    assert (response.json["email"], response.json["role"]) == ("frank@example.com", "staff")
    login = client.post("/api/v1/auth/login", json={"email": "frank@example.com", "password": "secret-789"})
    assert login.status_code == 200


def test_create_user_refused(client, admin):
    response = client.post(f"{ADMIN}/users", json={"email": "frank", "role": "boss"}, headers=admin)
    assert response.json["error"]["details"] == {
        "email": ["Not a valid email address."],
        "name": ["Missing data for required field."],
        "role": ["Must be one of: customer, staff, admin."],
    }
    response = client.post(f"{ADMIN}/users", json={"email": "carol@example.com", "name": "Carol"}, headers=admin)
    assert response.status_code == 409


def test_show_user(client, admin):
    assert client.get(f"{ADMIN}/users/3", headers=admin).json["name"] == "Carol"
    response = client.get(f"{ADMIN}/users/33", headers=admin)
    assert (response.status_code, response.json["error"]["message"]) == (404, "There is no user 33.")


def test_change_user(client, admin):
    response = client.patch(f"{ADMIN}/users/3", json={"role": "staff", "active": False}, headers=admin)
    assert (response.json["role"], response.json["active"], response.json["name"]) == ("staff", False, "Carol")


@pytest.mark.parametrize(
    ("body", "status"), [({"role": "staff"}, 409), ({"role": "admin"}, 200), ({"email": "x@example.com"}, 422)]
)
def test_change_myself(client, admin, body, status):
    assert client.patch(f"{ADMIN}/users/1", json=body, headers=admin).status_code == status


def test_delete_user(client, admin, app):
    assert client.delete(f"{ADMIN}/users/4", headers=admin).status_code == 204
    with app.app_context():
        assert db.session.get(User, 4) is None


def test_delete_user_with_orders(client, admin, order, app):
    assert client.delete(f"{ADMIN}/users/3", headers=admin).status_code == 204
    with app.app_context():
        assert db.session.get(User, 3).active is False


def test_audit(client, admin, carol, order):
    client.post(f"{order.url}/cancel", headers=carol)
    body = client.get(f"{ADMIN}/audit", headers=admin).get_json()
    assert [entry["action"] for entry in body["items"]] == ["order.cancelled", "order.placed"]
    assert body["items"][1] == {
        "id": 1,
        "action": "order.placed",
        "subject": order.token,
        "actor": "carol@example.com",
        "request_id": "request-1",
        "at": "2024-05-17T09:30:00",
    }
    assert client.get(f"{ADMIN}/audit?action=order.c", headers=admin).json["total"] == 1


def test_stats(client, admin, order):
    response = client.post(f"{ADMIN}/stats", json={"recipient": "boss"}, headers=admin)
    assert response.json == {"recipient": "boss", "users": 4, "products": 8, "orders": {"pending": 1}}
    assert client.post(f"{ADMIN}/stats", json={}, headers=admin).status_code == 400
