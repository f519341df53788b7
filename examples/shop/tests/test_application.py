import logging

import pytest
from flask import g
from shop import create_app
from shop.extensions import db
from shop.helpers import clock
from shop.models import Product, User
from sqlalchemy.exc import SQLAlchemyError


def test_alive(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_ready(client, monkeypatch):
    assert client.get("/readyz").json == {"status": "ready"}

    def broken(*args, **kwargs):
        raise SQLAlchemyError("gone")

    monkeypatch.setattr(db.session, "execute", broken)
    response = client.get("/readyz")
    assert (response.status_code, response.json) == (503, {"status": "no database"})


def test_version(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "RELEASE", "9.9.9")
    response = client.get("/version")
    assert (response.data, response.content_type) == (b"9.9.9", "text/plain; charset=utf-8")


def test_robots(client):
    assert client.get("/robots.txt").data == b"User-agent: *\nDisallow: /api/\n"


@pytest.mark.parametrize(
    ("given", "sent"), [("caller-42", "caller-42"), ("no spaces!", "request-1"), ("", "request-1")]
)
def test_request_id(client, given, sent):
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == sent


@pytest.mark.parametrize("path", ["/healthz", "/", "/nowhere", "/api/v1/orders", "/api/nowhere"])
def test_headers_of_every_answer(client, path):
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Server-Timing"] == "app;dur=0"
    assert headers["X-Request-ID"] == "request-1"


def test_slow_requests_are_logged(client, monkeypatch, caplog):
    times = iter([100.0, 102.5])
    monkeypatch.setattr(clock, "monotonic", lambda: next(times))
    with caplog.at_level(logging.WARNING):
        response = client.get("/healthz")
    assert response.headers["Server-Timing"] == "app;dur=2500"
    assert "slow request request-1: GET /healthz" in caplog.text


def test_failed_requests_are_logged(client, monkeypatch, caplog):
    monkeypatch.setattr("shop.blueprints.health.views.text", lambda sql: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        client.get("/readyz")
    assert "request request-1 failed: ZeroDivisionError('division by zero')" in caplog.text


def test_unexpected_errors_in_production(app, monkeypatch):
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setattr("shop.blueprints.health.views.text", lambda sql: 1 / 0)
    response = app.test_client().get("/readyz")
    assert response.status_code == 500
    assert response.content_type == "text/html; charset=utf-8"
    assert response.headers["X-Request-ID"] == "request-1"


def test_unexpected_errors_of_the_api_are_json(app, headers, monkeypatch):
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setattr("shop.services.reporting.totals", lambda: 1 / 0)
    response = app.test_client().post("/api/v1/admin/stats", json={"recipient": "boss"}, headers=headers("admin"))
    assert response.status_code == 500
    assert response.json["error"]["code"] == "internal_server_error"


def test_api_errors_are_json(client):
    response = client.get("/api/v1/nothing")
    assert response.status_code == 404
    assert response.json == {"error": {"code": "not_found", "message": "There is nothing here."}}


def test_api_method_not_allowed(client):
    response = client.put("/api/v1/auth/login")
    assert response.status_code == 405
    assert response.headers["Allow"] == "OPTIONS, POST"
    assert response.json["error"]["message"] == "PUT is not possible here."


def test_options(client):
    response = client.options("/api/v1/catalogue/products/1")
    assert sorted(response.headers["Allow"].split(", ")) == ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"]
    assert response.data == b""


def test_configurations(monkeypatch, tmp_path):
    monkeypatch.setenv("SHOP_ENV", "testing")
    assert create_app(UPLOAD_FOLDER=str(tmp_path)).testing
    with pytest.raises(RuntimeError, match="must be set in production"):
        create_app("production", UPLOAD_FOLDER=str(tmp_path))
    with pytest.raises(KeyError):
        create_app("holiday")


def test_two_applications_do_not_share_data(app, tmp_path):
    other = create_app("testing", UPLOAD_FOLDER=str(tmp_path / "other"))
    with other.app_context():
        assert User.query.count() == 0
    with app.app_context():
        assert User.query.count() == 4


def test_seed_command(tmp_path):
    app = create_app("testing", UPLOAD_FOLDER=str(tmp_path))
    runner = app.test_cli_runner()
    result = runner.invoke(args=["seed", "--products", "5"])
    assert result.output == "Seeded 3 users, 2 categories, 5 products.\n"
    assert runner.invoke(args=["seed"]).output == "Seeded 0 users, 0 categories, 7 products.\n"
    assert runner.invoke(args=["seed", "--reset", "--products", "1"]).output.endswith(" 1 products.\n")
    with app.app_context():
        assert Product.query.one().tags[0].name == "new"


def test_init_db_command(app):
    assert app.test_cli_runner().invoke(args=["init-db"]).output == "Tables are there.\n"


def test_hooks_set_g(app):
    with app.test_request_context("/", headers={"X-Request-ID": "by-hand-1"}):
        app.preprocess_request()
        assert g.request_id == "by-hand-1"
        assert g.started == 100.0


def test_templates_know_money(app):
    template = app.jinja_env.from_string("{{ 250 | money('CHF') }} {{ 'one two three' | excerpt(8) }}")
    assert template.render() == "2.50 CHF one two…"
