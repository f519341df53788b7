from datetime import timedelta

import pytest
from shop.models import AuditEntry, User
from shop.services import accounts

NEW = {"email": " Eve@Example.com ", "name": "Eve", "password": "long-enough-1"}


def test_register_makes_a_customer(client):
    response = client.post("/api/v1/auth/register", json=NEW)
    assert response.status_code == 201
    assert response.headers["Location"] == "/api/v1/auth/me"
    assert response.get_json() == {
        "id": 5,
        "email": "eve@example.com",
        "name": "Eve",
        "role": "customer",
        "active": True,
        "member_since": "2024-05-17T09:30:00",
    }


def test_register_takes_an_address_once(client):
    assert client.post("/api/v1/auth/register", json=NEW).status_code == 201
    response = client.post("/api/v1/auth/register", json=NEW)
    assert response.status_code == 409
    assert response.json["error"]["code"] == "email_taken"


@pytest.mark.parametrize(
    ("change", "details"),
    [
        ({"email": "nobody"}, {"email": ["Not a valid email address."]}),
        ({"name": "E"}, {"name": ["Length must be between 2 and 80."]}),
        ({"password": "short-1"}, {"password": ["Shorter than minimum length 8."]}),
        ({"password": "no-digits-here"}, {"password": ["Must contain a digit."]}),
        ({"passwordAgain": "something else"}, {"passwordAgain": ["The passwords differ."]}),
        ({"role": "admin"}, {"role": ["Unknown field."]}),
        ({"name": None}, {"name": ["Field may not be null."]}),
    ],
)
def test_register_explains_what_is_wrong(client, change, details):
    response = client.post("/api/v1/auth/register", json={**NEW, **change})
    assert response.status_code == 422
    assert response.json["error"] == {
        "code": "validation_failed",
        "message": "The data is not valid.",
        "details": details,
    }


def test_register_wants_json(client):
    response = client.post("/api/v1/auth/register", data=NEW)
    assert response.status_code == 415
    assert response.json["error"]["code"] == "unsupported_media_type"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null"])
def test_register_wants_an_object(client, body):
    response = client.post("/api/v1/auth/register", data=body, content_type="application/json")
    assert response.status_code == 400
    assert response.json["error"]["code"] == "bad_json"


def test_login_gives_tokens_that_work(client):
    response = client.post("/api/v1/auth/login", json={"email": "CAROL@example.com", "password": "secret-123"})
    assert response.status_code == 200
    assert set(response.json) == {"access_token", "refresh_token"}
    me = client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {response.json['access_token']}"})
    assert me.json["name"] == "Carol"


def test_login_names_missing_keys(client):
    response = client.post("/api/v1/auth/login", json={"email": "carol@example.com"})
    assert response.status_code == 400
    assert response.json["error"]["details"] == {"keys": ["password"]}


def test_login_ignores_unknown_keys(client):
    body = {"email": "carol@example.com", "password": "secret-123", "device": "phone"}
    assert client.post("/api/v1/auth/login", json=body).status_code == 200


def test_login_is_blocked_after_failures(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "LOGIN_MAX_FAILURES", 2)
    wrong = {"email": "carol@example.com", "password": "wrong"}
    assert [client.post("/api/v1/auth/login", json=wrong).status_code for _ in range(3)] == [401, 401, 429]
    response = client.post("/api/v1/auth/login", json={**wrong, "password": "secret-123"})
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"


def test_login_resets_the_counter(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "LOGIN_MAX_FAILURES", 2)
    right = {"email": "carol@example.com", "password": "secret-123"}
    for password, status in (("x", 401), ("secret-123", 200), ("x", 401), ("secret-123", 200)):
        assert client.post("/api/v1/auth/login", json={**right, "password": password}).status_code == status


def test_inactive_users_cannot_log_in(client, session):
    User.query.filter_by(email="carol@example.com").one().active = False
    session.commit()
    response = client.post("/api/v1/auth/login", json={"email": "carol@example.com", "password": "secret-123"})
    assert response.status_code == 401


def test_me_without_a_token(client):
    response = client.get("/api/v1/auth/me")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="shop"'
    assert response.json["error"] == {"code": "token_missing", "message": "Missing Authorization Header"}


def test_me_with_a_broken_token(client):
    response = client.get("/api/v1/auth/me", headers={"Authorization": "Bearer not.a.token"})
    assert response.status_code == 422
    assert response.json["error"]["code"] == "token_invalid"


def test_me_with_an_expired_token(client, headers):
    response = client.get("/api/v1/auth/me", headers=headers("carol", expires_delta=timedelta(seconds=-1)))
    assert response.status_code == 401
    assert response.json["error"] == {"code": "token_expired", "message": "This access token has expired."}


def test_me_with_a_refresh_token(client, headers):
    response = client.get("/api/v1/auth/me", headers=headers("carol", refresh=True))
    assert response.status_code == 422
    assert "Only non-refresh tokens are allowed" in response.json["error"]["message"]


def test_me_of_a_user_who_is_gone(client, carol, session):
    session.delete(User.query.filter_by(email="carol@example.com").one())
    session.commit()
    response = client.get("/api/v1/auth/me", headers=carol)
    assert response.status_code == 401
    assert response.json == {"msg": "Error loading the user 3"}


def test_change_me_strips_and_saves(client, carol):
    response = client.patch("/api/v1/auth/me", headers=carol, json={"name": "  Caroline "})
    assert response.status_code == 200
    assert response.json["name"] == "Caroline"
    assert client.get("/api/v1/auth/me", headers=carol).json["name"] == "Caroline"


def test_change_me_with_nothing_changes_nothing(client, carol):
    assert client.patch("/api/v1/auth/me", headers=carol, json={}).json["name"] == "Carol"


def test_change_me_cannot_change_the_role(client, carol):
    response = client.patch("/api/v1/auth/me", headers=carol, json={"role": "admin"})
    assert response.status_code == 422
    assert response.json["error"]["details"] == {"role": ["Unknown field."]}


def test_refresh_gives_a_token_that_is_not_fresh(client, headers):
    response = client.post("/api/v1/auth/refresh", headers=headers("carol", refresh=True))
    assert response.status_code == 200
    token = {"Authorization": f"Bearer {response.json['access_token']}"}
    assert client.get("/api/v1/auth/me", headers=token).status_code == 200
    response = client.post("/api/v1/auth/me/password", headers=token, json={"old": "secret-123", "new": "secret-456"})
    assert response.status_code == 401
    assert response.json == {"msg": "Fresh token required"}


def test_refresh_with_an_access_token(client, carol):
    assert client.post("/api/v1/auth/refresh", headers=carol).status_code == 422


def test_password_change(client, headers):
    fresh = headers("carol", fresh=True)
    change = {"old": "secret-123", "new": "secret-456"}
    response = client.post("/api/v1/auth/me/password", headers=fresh, json=change)
    assert (response.status_code, response.data) == (204, b"")
    login = client.post("/api/v1/auth/login", json={"email": "carol@example.com", "password": "secret-456"})
    assert login.status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"old": "wrong", "new": "secret-456"}, 403, "bad_credentials"),
        ({"old": "secret-123", "new": "secret-123"}, 400, "same_password"),
        ({"old": "secret-123", "new": "short"}, 422, "validation_failed"),
    ],
)
def test_password_change_refused(client, headers, body, status, code):
    response = client.post("/api/v1/auth/me/password", headers=headers("carol", fresh=True), json=body)
    assert response.status_code == status
    assert response.json["error"]["code"] == code


@pytest.mark.parametrize("method", ["post", "delete"])
def test_logout_revokes_the_token(client, carol, method):
    assert getattr(client, method)("/api/v1/auth/logout", headers=carol).json == {"revoked": "access"}
    response = client.get("/api/v1/auth/me", headers=carol)
    assert response.status_code == 401
    assert response.json["error"]["code"] == "token_revoked"


def test_logout_takes_refresh_tokens_too(client, headers):
    refresh = headers("carol", refresh=True)
    assert client.post("/api/v1/auth/logout", headers=refresh).json == {"revoked": "refresh"}
    assert client.post("/api/v1/auth/refresh", headers=refresh).status_code == 401


def test_registration_is_audited_with_the_request(client, session):
    client.post("/api/v1/auth/register", json=NEW, headers={"X-Request-ID": "abc-123456"})
    entry = session.query(AuditEntry).one()
    assert (entry.action, entry.actor, entry.request_id) == ("user.registered", "eve@example.com", "abc-123456")
    assert entry.address == "127.0.0.1"


def test_audit_outside_of_a_request(session):
    user = User.query.filter_by(email="dave@example.com").one()
    accounts.change_password(user, "secret-123", "secret-456")
    entry = session.query(AuditEntry).one()
    assert (entry.action, entry.request_id, entry.address) == ("user.password_changed", None, None)
