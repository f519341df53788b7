import pytest
from shop.models import AuditEntry, Order, Product, User
from shop.schemas.orders import LineRequest
from shop.services import orders as service

ORDERS = "/api/v1/orders"
ADDRESS = {"name": "Carol", "street": "Long Lane 1", "city": "Bern", "postcode": "3000", "country": "CH"}


def stock_of(app, product_id):
    with app.app_context():
        return Product.query.filter_by(id=product_id).one().stock


def test_place(client, carol, app):
    body = {"lines": [{"product_id": 1, "quantity": 2}, {"product_id": 2}], "address": ADDRESS}
    response = client.post(ORDERS, json=body, headers=carol)
    assert response.status_code == 201
    token = "00000000-0000-0000-0000-000000000001"
    assert response.headers["Location"] == f"{ORDERS}/{token}"
    assert response.get_json() == {
        "token": token,
        "status": "pending",
        "currency": "EUR",
        "total": "57.50",
        "note": None,
        "address": ADDRESS,
        "created_at": "2024-05-17T09:30:00",
        "lines": [
            {"id": 1, "product": {"id": 1, "sku": "KIT-001", "name": "Kettle"}, "quantity": 2, "unit_price": "25.00"},
            {"id": 2, "product": {"id": 2, "sku": "KIT-002", "name": "Mug"}, "quantity": 1, "unit_price": "7.50"},
        ],
        "next": ["cancelled", "paid"],
    }
    assert stock_of(app, 1) == 8


def test_place_needs_a_token(client):
    response = client.post(ORDERS, json={"lines": []})
    assert response.status_code == 401
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"lines": []}, {"lines": ["Shorter than minimum length 1."]}),
        ({"lines": "kettle"}, {"lines": ["Not a valid list."]}),
        ({"lines": [{}]}, {"lines": {"0": {"product_id": ["Missing data for required field."]}}}),
        (
            {"lines": [{"product_id": 1}, {"product_id": 2, "quantity": 0}]},
            {"lines": {"1": {"quantity": ["Must be greater than or equal to 1 and less than or equal to 99."]}}},
        ),
        ({"lines": [{"product_id": 1}, {"product_id": "1"}]}, {"lines": ["A product is listed twice."]}),
        (
            {"lines": [{"product_id": 1}], "address": {**ADDRESS, "country": "US"}},
            {"address": {"country": ["Must be one of: AT, CH, DE, FR, NL, PL."]}},
        ),
    ],
)
def test_place_explains_what_is_wrong(client, carol, body, details):
    response = client.post(ORDERS, json=body, headers=carol)
    assert response.status_code == 422
    assert response.json["error"]["details"] == details


def test_place_without_lines(client, carol):
    response = client.post(ORDERS, json={"note": "nothing"}, headers=carol)
    assert response.status_code == 400
    assert response.json["error"]["details"] == {"keys": ["lines"]}


def test_place_is_all_or_nothing(client, carol, app):
    body = {"lines": [{"product_id": 1, "quantity": 3}, {"product_id": 5, "quantity": 3}]}
    response = client.post(ORDERS, json=body, headers=carol)
    assert response.status_code == 409
    assert response.json == {
        "error": {
            "code": "out_of_stock",
            "message": "only 2 of GAR-002 left, 3 wanted",
            "details": {"sku": "GAR-002", "available": 2, "wanted": 3},
        }
    }
    assert stock_of(app, 1) == 10
    with app.app_context():
        assert Order.query.count() == 0
        assert AuditEntry.query.count() == 0


@pytest.mark.parametrize("product_id", [8, 99])
def test_place_with_a_product_that_is_not_there(client, carol, product_id):
    response = client.post(ORDERS, json={"lines": [{"product_id": product_id}]}, headers=carol)
    assert response.status_code == 404
    assert response.json["error"]["message"] == f"There is no product {product_id}."


def test_place_has_a_limit(client, carol, app, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_LINES_PER_ORDER", 1)
    response = client.post(ORDERS, json={"lines": [{"product_id": 1}, {"product_id": 2}]}, headers=carol)
    assert response.status_code == 400
    assert response.json["error"]["code"] == "too_many_lines"


def test_list_is_my_own(client, carol, dave, order):
    body = client.get(ORDERS, headers=carol).get_json()
    assert body["items"] == [
        {"token": order.token, "status": "pending", "total": "50.00", "created_at": "2024-05-17T09:30:00"}
    ]
    assert client.get(ORDERS, headers=dave).json["total"] == 0


@pytest.mark.parametrize(("status", "total"), [("pending", 1), ("paid", 0), ("", 1), ("lost", 0)])
def test_list_by_status(client, carol, order, status, total):
    assert client.get(f"{ORDERS}?status={status}", headers=carol).json["total"] == total


def test_show(client, carol, order):
    response = client.get(order.url, headers=carol)
    assert response.json == order.body
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Vary"] == "Authorization"


def test_show_takes_the_token_in_capitals(client, carol, order):
    assert client.get(order.url.upper().replace("/API/V1/ORDERS", ORDERS), headers=carol).status_code == 200


def test_show_is_for_owner_and_staff(client, dave, staff, order):
    response = client.get(order.url, headers=dave)
    assert response.status_code == 404
    assert response.json["error"]["message"] == f"There is no order {order.token}."
    assert client.get(order.url, headers=staff).status_code == 200


def test_token_must_be_a_uuid(client, carol):
    assert client.get(f"{ORDERS}/1", headers=carol).json["error"]["message"] == "There is nothing here."


def test_change(client, carol, order):
    response = client.patch(order.url, json={"note": None, "address": ADDRESS}, headers=carol)
    assert (response.json["note"], response.json["address"]) == (None, ADDRESS)
    response = client.patch(order.url, json={"address": {"city": " Basel "}}, headers=carol)
    assert response.json["address"] == {**ADDRESS, "city": "Basel"}


def test_change_explains_what_is_wrong(client, carol, order):
    response = client.patch(order.url, json={"address": {"postcode": "1"}, "status": "paid"}, headers=carol)
    assert response.status_code == 422
    assert response.json["error"]["details"] == {
        "address": {"postcode": ["Length must be between 3 and 10."]},
        "status": ["Unknown field."],
    }


def test_change_is_for_the_owner(client, staff, order):
    assert client.patch(order.url, json={"note": "x"}, headers=staff).status_code == 404


def test_change_before_it_is_shipped(client, carol, staff, order):
    client.post(f"{order.url}/pay", json={"amount": "50.00"}, headers=carol)
    client.post(f"{order.url}/ship", headers=staff)
    response = client.patch(order.url, json={"note": "x"}, headers=carol)
    assert response.status_code == 409
    assert response.json["error"]["code"] == "too_late"


def test_add_and_remove_lines(client, carol, order, app):
    response = client.post(f"{order.url}/lines", json={"product_id": 4, "quantity": 5}, headers=carol)
    assert response.status_code == 201
    assert (response.json["total"], stock_of(app, 4)) == ("149.95", 0)
    assert client.delete(f"{order.url}/lines/2", headers=carol).status_code == 204
    assert stock_of(app, 4) == 5


def test_add_line_out_of_stock(client, carol, order):
    response = client.post(f"{order.url}/lines", json={"product_id": 3}, headers=carol)
    assert response.status_code == 409
    assert response.json["error"]["details"] == {"sku": "KIT-003", "available": 0, "wanted": 1}


def test_remove_line_that_is_not_there(client, carol, order):
    response = client.delete(f"{order.url}/lines/9", headers=carol)
    assert (response.status_code, response.json["error"]["message"]) == (404, "There is no line 9.")


def test_last_line_stays(client, carol, order):
    response = client.delete(f"{order.url}/lines/1", headers=carol)
    assert (response.status_code, response.json["error"]["code"]) == (409, "last_line")


@pytest.mark.parametrize("body", [{"data": {"amount": "50.00"}}, {"json": {"amount": "50.00"}}])
def test_pay_by_form_or_json(client, carol, order, body):
    response = client.post(f"{order.url}/pay", headers=carol, **body)
    assert (response.json["status"], response.json["next"]) == ("paid", ["cancelled", "shipped"])


@pytest.mark.parametrize("body", [{}, {"json": {"amount": 50.0}}, {"data": {"amount": "49.99"}}])
def test_pay_the_wrong_amount(client, carol, order, body):
    response = client.post(f"{order.url}/pay", headers=carol, **body)
    assert response.status_code == 402
    assert response.json["error"]["details"] == {"total": "50.00"}


def test_cancel_gives_the_stock_back(client, carol, order, app):
    assert stock_of(app, 1) == 8
    assert client.post(f"{order.url}/cancel", headers=carol).json["status"] == "cancelled"
    assert stock_of(app, 1) == 10


def test_from_placed_to_delivered(client, carol, staff, order):
    client.post(f"{order.url}/pay", data={"amount": "50.00"}, headers=carol)
    assert client.post(f"{order.url}/ship", headers=staff).json["status"] == "shipped"
    assert client.post(f"{order.url}/deliver", headers=staff).json["next"] == []
    history = client.get(f"{order.url}/history", headers=carol).get_json()
    assert [(event["status"], event["actor"]) for event in history] == [
        ("pending", "carol@example.com"),
        ("paid", "carol@example.com"),
        ("shipped", "staff@example.com"),
        ("delivered", "staff@example.com"),
    ]


def test_steps_cannot_be_skipped(client, staff, order):
    response = client.post(f"{order.url}/deliver", headers=staff)
    assert response.status_code == 409
    assert response.json["error"]["message"] == "An order that is pending cannot become delivered."
    assert response.json["error"]["details"] == {"allowed": ["cancelled", "paid"]}


@pytest.mark.parametrize("action", ["ship", "deliver"])
def test_back_office_actions_are_guarded(client, carol, order, action):
    assert client.post(f"{order.url}/{action}").status_code == 401
    assert client.post(f"{order.url}/{action}", headers=carol).status_code == 403
    assert client.get(f"{order.url}/{action}", headers=carol).status_code == 405


def test_invoice(client, carol, order):
    response = client.get(f"{order.url}/invoice", headers=carol)
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="invoice-{order.token}.txt"'
    text = response.get_data(as_text=True)
    assert "Date: 17.05.2024" in text
    assert "  2 x Kettle at 25.00 €" in text
    assert "Total: 50.00 €" in text


def test_rollback_when_the_audit_fails(client, carol, app, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no audit, no order")

    monkeypatch.setattr(service.audit, "record", broken)
    with pytest.raises(RuntimeError, match="no audit"):
        client.post(ORDERS, json={"lines": [{"product_id": 1}]}, headers=carol)
    assert stock_of(app, 1) == 10


def test_service_places_orders(session):
    carol = User.query.filter_by(email="carol@example.com").one()
    order = service.place_order(carol, [LineRequest(2, 4)], note="from the phone")
    assert (order.total_cents, order.events[0].status) == (3000, "pending")
    assert session.get(Product, 2).stock == 36


def test_service_refuses_what_is_out_of_stock(session):
    carol = User.query.filter_by(email="carol@example.com").one()
    with pytest.raises(service.OutOfStock) as caught:
        service.place_order(carol, [LineRequest(3, 1)])
    assert caught.value.available == 0
    assert session.query(Order).count() == 0


@pytest.mark.parametrize(("method", "path"), [("post", "/lines"), ("delete", "/lines/1")])
def test_lines_are_fixed_once_it_is_paid(client, carol, order, method, path):
    client.post(f"{order.url}/pay", data={"amount": "50.00"}, headers=carol)
    response = getattr(client, method)(order.url + path, json={"product_id": 2}, headers=carol)
    assert response.status_code == 409
    assert response.json["error"] == {"code": "not_pending", "message": "The order is already paid."}


def test_change_of_a_note_leaves_the_address(client, carol, order):
    client.patch(order.url, json={"address": ADDRESS}, headers=carol)
    response = client.patch(order.url, json={"note": "ring once"}, headers=carol)
    assert (response.json["note"], response.json["address"]) == ("ring once", ADDRESS)
