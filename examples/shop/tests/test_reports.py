import json

import pytest
from shop.services import reporting

REPORTS = "/api/v1/reports"


@pytest.fixture
def orders(client, carol, dave):
    for headers, product_id in ((carol, 1), (dave, 2), (carol, 4)):
        client.post("/api/v1/orders", json={"lines": [{"product_id": product_id}]}, headers=headers)


@pytest.mark.parametrize("path", ["orders.csv", "inventory.csv", "events", "sales"])
def test_guarded(client, carol, path):
    assert client.get(f"{REPORTS}/{path}").status_code == 401
    assert client.get(f"{REPORTS}/{path}", headers=carol).status_code == 403


def test_orders_csv(client, staff, orders):
    response = client.get(f"{REPORTS}/orders.csv", headers=staff)
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == "attachment; filename=orders.csv"
    assert "Content-Length" not in response.headers
    lines = response.get_data(as_text=True).split("\r\n")
    assert lines[0] == "token,status,customer,total,created_at"
    assert lines[1] == "00000000-0000-0000-0000-000000000001,pending,carol@example.com,25.00,2024-05-17T09:30:00"
    assert len(lines) == 5


def test_orders_csv_by_status(client, staff, orders):
    response = client.get(f"{REPORTS}/orders.csv?status=paid", headers=staff)
    assert response.data == b"token,status,customer,total,created_at\r\n"


def test_orders_csv_is_streamed(client, staff, orders):
    response = client.get(f"{REPORTS}/orders.csv", headers=staff, buffered=False)
    assert next(response.iter_encoded()) == b"token,status,customer,total,created_at\r\n"
    response.close()


def test_inventory_csv(client, staff, app, monkeypatch):
    monkeypatch.setitem(app.config, "LOW_STOCK", 2)
    response = client.get(f"{REPORTS}/inventory.csv", headers=staff)
    assert response.headers["X-Rows"] == "8"
    lines = response.get_data(as_text=True).splitlines()
    assert lines[:3] == ["sku,name,stock,mark", "GAR-001,Rake,5,", "GAR-002,Spade,2,low"]


def test_events(client, staff, orders):
    response = client.get(f"{REPORTS}/events", headers=staff)
    assert response.content_type == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-cache"
    messages = response.get_data(as_text=True).split("\n\n")
    assert messages[0] == "retry: 5000"
    assert messages[1].startswith("id: 1\nevent: order\ndata: ")
    data = json.loads(messages[1].rpartition("data: ")[2])
    assert data == {"order": "00000000-0000-0000-0000-000000000001", "status": "pending"}
    assert messages[-2:] == ["event: idle\ndata: {}", ""]
    assert len(messages) == 6


@pytest.mark.parametrize(
    ("last_seen", "query", "ids"), [("2", "", ["3"]), ("x", "?limit=1", ["1"]), ("1", "?limit=many", ["2", "3"])]
)
def test_events_go_on(client, staff, orders, last_seen, query, ids):
    response = client.get(f"{REPORTS}/events{query}", headers={**staff, "Last-Event-ID": last_seen})
    lines = response.get_data(as_text=True).splitlines()
    assert [line.removeprefix("id: ") for line in lines if line.startswith("id: ")] == ids


def test_sales(client, staff, carol, orders):
    client.post("/api/v1/orders/00000000-0000-0000-0000-000000000003/cancel", headers=carol)
    response = client.get(f"{REPORTS}/sales", headers=staff)
    assert response.json == {"currency": "EUR", "days": [{"day": "2024-05-17", "orders": 2, "turnover": "32.50"}]}


@pytest.mark.parametrize(
    ("query", "number"), [("from=2024-05-17&to=2024-05-17", 1), ("from=2024-05-18", 0), ("currency=PLN", 0), ("x=1", 1)]
)
def test_sales_of_some_days(client, staff, orders, query, number):
    assert len(client.get(f"{REPORTS}/sales?{query}", headers=staff).json["days"]) == number


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("from=yesterday", {"from": ["Not a valid date."]}),
        ("from=2024-05-02&to=2024-05-01", {"to": ["Ends before it begins."]}),
        ("currency=EURO", {"currency": ["Length must be 3."]}),
    ],
)
def test_sales_explains_what_is_wrong(client, staff, query, details):
    response = client.get(f"{REPORTS}/sales?{query}", headers=staff)
    assert response.status_code == 422
    assert response.json["error"]["details"] == details


def test_sales_are_what_the_service_says(client, staff, monkeypatch):
    monkeypatch.setattr(reporting, "sales_by_day", lambda first, last, currency: [{"day": str(first)}])
    response = client.get(f"{REPORTS}/sales?from=2024-01-31", headers=staff)
    assert response.json["days"] == [{"day": "2024-01-31"}]
