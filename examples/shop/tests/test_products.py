import pytest
from shop.extensions import db
from shop.models import Product
from shop.services import catalogue
from sqlalchemy.exc import OperationalError

PRODUCTS = "/api/v1/catalogue/products"
NEW = {"sku": "kit-010", "name": " Whisk ", "price": "9.99", "categoryId": 2, "tags": ["New", "steel"]}


def names(response):
    return [item["name"] for item in response.get_json()["items"]]


def test_list_is_paged(client):
    response = client.get(PRODUCTS)
    body = response.get_json()
    assert names(response) == ["Kettle", "Mug", "Teapot", "Rake", "Spade"]
    assert {key: body[key] for key in ("page", "pages", "per_page", "total")} == {
        "page": 1,
        "pages": 2,
        "per_page": 5,
        "total": 7,
    }
    assert body["links"] == {"next": f"{PRODUCTS}?page=2", "previous": None}
    assert response.headers["X-Total-Count"] == "7"


def test_list_items_are_summaries(client):
    assert client.get(PRODUCTS).json["items"][0] == {
        "id": 1,
        "sku": "KIT-001",
        "name": "Kettle",
        "price": "25.00",
        "currency": "EUR",
        "stock": 10,
    }


def test_second_page_links_back_and_keeps_parameters(client):
    response = client.get(f"{PRODUCTS}?page=2&per_page=2&tag=new&sort=name")
    assert names(response) == ["Mug"]
    assert response.json["links"] == {"next": None, "previous": f"{PRODUCTS}?page=1&per_page=2&tag=new&sort=name"}


@pytest.mark.parametrize(
    ("query", "page", "per_page"),
    [
        ("page=x", 1, 5),
        ("page=-3", 1, 5),
        ("page=&per_page=", 1, 5),
        ("per_page=0", 1, 1),
        ("per_page=1000", 1, 50),
        ("per_page=2.5", 1, 5),
        ("page=2&page=1", 2, 5),
        ("page=%202", 2, 5),
    ],
)
def test_paging_is_lenient(client, query, page, per_page):
    body = client.get(f"{PRODUCTS}?{query}").get_json()
    assert (body["page"], body["per_page"]) == (page, per_page)


def test_page_after_the_last_is_empty(client):
    response = client.get(f"{PRODUCTS}?page=99")
    assert response.status_code == 200
    assert names(response) == []
    assert response.json["page"] == 99


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=kettle", ["Kettle"]),
        ("q=RAKES", ["Rake"]),
        ("q=%20%20", ["Kettle", "Mug", "Teapot", "Rake", "Spade"]),
        ("category=3", ["Rake", "Spade"]),
        ("category=three", ["Kettle", "Mug", "Teapot", "Rake", "Spade"]),
        ("tag=new&tag=sale", ["Mug"]),
        ("max_price=20", ["Mug", "Rake"]),
        ("max_price=7.5", ["Mug"]),
        ("max_price=cheap&q=mug", ["Mug"]),
        ("in_stock=yes&category=2", ["Kettle", "Mug"]),
        ("in_stock=0&category=2", ["Kettle", "Mug", "Teapot"]),
        ("sort=-price&per_page=2", ["Lamp", "Blanket"]),
        ("sort=name&per_page=2", ["Blanket", "Kettle"]),
        ("sort=newest&per_page=2", ["Kettle", "Mug"]),
        ("sort=colour&per_page=2", ["Kettle", "Mug"]),
    ],
)
def test_list_filters_and_sorts(client, query, expected):
    assert names(client.get(f"{PRODUCTS}?{query}")) == expected


def test_hidden_products_are_for_the_back_office(client, staff, carol):
    query = f"{PRODUCTS}?hidden&q=gramo"
    assert names(client.get(query)) == []
    assert names(client.get(query, headers=carol)) == []
    assert names(client.get(query, headers=staff)) == ["Gramophone"]


def test_show_product(client):
    response = client.get(f"{PRODUCTS}/2")
    assert response.get_json() == {
        "id": 2,
        "sku": "KIT-002",
        "name": "Mug",
        "description": "Holds tea, or whatever else you would like to drink",
        "price": "7.50",
        "currency": "EUR",
        "stock": 40,
        "active": True,
        "category": {"id": 2, "name": "Kitchen", "path": "home/kitchen"},
        "tags": ["new", "sale"],
        "available": True,
        "createdAt": "2024-05-17T09:30:00",
    }
    assert list(response.json)[:3] == ["id", "sku", "name"]


def test_show_product_with_validators(client):
    response = client.get(f"{PRODUCTS}/2")
    assert response.headers["ETag"] == '"2-40-20240517093000"'
    assert response.headers["Last-Modified"] == "Fri, 17 May 2024 09:30:00 GMT"


@pytest.mark.parametrize(
    "condition",
    [{"If-None-Match": '"2-40-20240517093000"'}, {"If-Modified-Since": "Fri, 17 May 2024 09:30:00 GMT"}],
)
def test_show_product_not_modified(client, condition):
    response = client.get(f"{PRODUCTS}/2", headers=condition)
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == '"2-40-20240517093000"'


def test_show_product_head(client):
    response = client.head(f"{PRODUCTS}/2")
    assert (response.status_code, response.data) == (200, b"")
    assert int(response.headers["Content-Length"]) > 100


@pytest.mark.parametrize("product_id", [99, 8])
def test_missing_and_inactive_products(client, product_id):
    response = client.get(f"{PRODUCTS}/{product_id}")
    assert response.status_code == 404
    assert response.json["error"] == {"code": "not_found", "message": f"There is no product {product_id}."}


def test_inactive_product_for_staff(client, staff):
    assert client.get(f"{PRODUCTS}/8", headers=staff).json["active"] is False


def test_product_id_must_be_a_number(client):
    response = client.get(f"{PRODUCTS}/two")
    assert response.status_code == 404
    assert response.json["error"]["message"] == "There is nothing here."


def test_create_product(client, staff):
    response = client.post(PRODUCTS, json=NEW, headers=staff)
    assert response.status_code == 201
    assert response.headers["Location"] == f"http://localhost{PRODUCTS}/9"
    body = response.get_json()
    assert (body["sku"], body["name"], body["tags"]) == ("KIT-010", "Whisk", ["new", "steel"])
    assert (body["price"], body["stock"], body["available"]) == ("9.99", 0, False)


@pytest.mark.parametrize(
    ("change", "details"),
    [
        ({"sku": "whisk"}, {"sku": ["Not a stock keeping unit."]}),
        ({"price": "-1"}, {"price": ["Must be greater than or equal to 0."]}),
        ({"price": "cheap"}, {"price": ["Not a valid number."]}),
        ({"currency": "USD"}, {"currency": ["Must be one of: EUR, CHF, PLN."]}),
        ({"categoryId": 77}, {"categoryId": ["There is no such category."]}),
        ({"tags": "new"}, {"tags": ["Must be a list of words."]}),
        (
            {"stock": -1, "name": ""},
            {"stock": ["Must be greater than or equal to 0."], "name": ["Length must be between 1 and 120."]},
        ),
        ({"id": 5}, {"id": ["Unknown field."]}),
    ],
)
def test_create_product_explains_what_is_wrong(client, staff, change, details):
    response = client.post(PRODUCTS, json={**NEW, **change}, headers=staff)
    assert response.status_code == 422
    assert response.json["error"]["details"] == details


def test_create_product_twice_is_a_conflict(client, staff):
    response = client.post(PRODUCTS, json={**NEW, "sku": "KIT-001"}, headers=staff)
    assert response.status_code == 409
    assert response.json["error"]["code"] == "conflict"


@pytest.mark.parametrize(("method", "path"), [("post", ""), ("put", "/1"), ("patch", "/1"), ("delete", "/1")])
def test_customers_cannot_change_the_catalogue(client, carol, method, path):
    assert getattr(client, method)(PRODUCTS + path, json=NEW).status_code == 401
    response = getattr(client, method)(PRODUCTS + path, json=NEW, headers=carol)
    assert response.status_code == 403
    assert response.json["error"]["code"] == "forbidden"


def test_guard_comes_before_the_body(client, carol):
    response = client.post(PRODUCTS, data="{", content_type="application/json", headers=carol)
    assert response.status_code == 403


def test_patch_changes_what_is_sent(client, staff):
    response = client.patch(f"{PRODUCTS}/1", json={"price": 27, "tags": []}, headers=staff)
    assert response.status_code == 200
    assert (response.json["price"], response.json["tags"], response.json["name"]) == ("27.00", [], "Kettle")


def test_put_wants_all_of_it(client, staff):
    response = client.put(f"{PRODUCTS}/1", json={"name": "Kettle 2"}, headers=staff)
    assert response.status_code == 422
    assert set(response.json["error"]["details"]) == {"sku", "price"}


def test_put_resets_the_rest(client, staff):
    body = client.put(f"{PRODUCTS}/1", json=NEW, headers=staff).get_json()
    assert (body["sku"], body["description"], body["stock"]) == ("KIT-010", "", 0)


def test_delete_hides(client, admin, staff):
    assert client.delete(f"{PRODUCTS}/1", headers=staff).status_code == 403
    response = client.delete(f"{PRODUCTS}/1", headers=admin)
    assert (response.status_code, response.data) == (204, b"")
    assert client.get(f"{PRODUCTS}/1").status_code == 404


def test_bulk(client, staff):
    items = [{"sku": "BUL-001", "name": "One", "price": 1}, {"sku": "BUL-002", "name": "Two", "price": 2}]
    response = client.post(f"{PRODUCTS}/bulk", json=items, headers=staff)
    assert response.status_code == 201
    assert [item["sku"] for item in response.get_json()] == ["BUL-001", "BUL-002"]


def test_bulk_names_the_bad_ones(client, staff):
    items = [{"sku": "BUL-001", "name": "One", "price": 1}, {"sku": "x", "name": "Two"}]
    response = client.post(f"{PRODUCTS}/bulk", json=items, headers=staff)
    assert response.status_code == 422
    assert response.json["error"]["details"] == {
        "1": {"sku": ["Not a stock keeping unit."], "price": ["Missing data for required field."]}
    }


def test_bulk_is_all_or_nothing(client, staff, app):
    items = [{"sku": "BUL-001", "name": "One", "price": 1}, {"sku": "KIT-001", "name": "Again", "price": 2}]
    assert client.post(f"{PRODUCTS}/bulk", json=items, headers=staff).status_code == 409
    with app.app_context():
        assert Product.query.filter_by(sku="BUL-001").count() == 0


def test_bulk_wants_a_list(client, staff):
    response = client.post(f"{PRODUCTS}/bulk", json={"sku": "BUL-001"}, headers=staff)
    assert response.status_code == 400
    assert response.json["error"] == {"code": "bad_request", "message": "A list is expected."}


def test_bulk_wants_json(client, staff):
    response = client.post(f"{PRODUCTS}/bulk", data="sku=1", headers=staff)
    assert response.status_code == 415
    assert response.json["error"]["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"delta": 5}, {"sku": "KIT-001", "stock": 15, "low": False}),
        ({"delta": -8, "reason": "loss"}, {"sku": "KIT-001", "stock": 2, "low": True}),
    ],
)
def test_stock(client, staff, body, expected):
    assert client.post(f"{PRODUCTS}/1/stock", json=body, headers=staff).json == expected


def test_stock_never_negative(client, staff):
    response = client.post(f"{PRODUCTS}/1/stock", json={"delta": -11}, headers=staff)
    assert response.status_code == 409
    assert response.json["error"]["details"] == {"stock": 10}


@pytest.mark.parametrize("body", ["", "{", '{"delta": "5"}', '{"delta": 1.5}'])
def test_stock_wants_a_whole_number(client, staff, body):
    response = client.post(f"{PRODUCTS}/1/stock", data=body, headers=staff)
    assert response.status_code == 422
    assert list(response.json["error"]["details"]) == ["delta"]


def test_stock_takes_json_of_any_content_type(client, staff):
    response = client.post(f"{PRODUCTS}/1/stock", data='{"delta": 1}', content_type="text/plain", headers=staff)
    assert response.json["stock"] == 11


@pytest.mark.parametrize(
    ("sku", "status"), [("kit-001", 200), ("KIT-001", 200), ("OLD-001", 404), ("KIT-1", 404), ("KIT-00000001", 404)]
)
def test_by_sku(client, sku, status):
    assert client.get(f"{PRODUCTS}/by-sku/{sku}").status_code == status


def test_related(client):
    response = client.get(f"{PRODUCTS}/1/related")
    assert [item["name"] for item in response.get_json()] == ["Teapot", "Mug"]
    assert response.headers["Cache-Control"] == "public, max-age=300"


def test_related_with_a_limit(client):
    assert len(client.get(f"{PRODUCTS}/1/related/1").get_json()) == 1


def test_related_with_the_default_limit_redirects(client):
    response = client.get(f"{PRODUCTS}/1/related/4")
    assert response.status_code == 308
    assert response.headers["Location"] == f"http://localhost{PRODUCTS}/1/related"


def test_related_has_a_maximum(client):
    assert client.get(f"{PRODUCTS}/1/related/13").status_code == 404


def test_related_errors_are_not_cached(client):
    response = client.get(f"{PRODUCTS}/99/related")
    assert response.status_code == 404
    assert "Cache-Control" not in response.headers


def test_tags(client):
    assert client.get("/api/v1/catalogue/tags").get_json() == [
        {"name": "new", "products": 3},
        {"name": "sale", "products": 2},
    ]


def test_suggest(client):
    assert client.get("/api/v1/catalogue/suggest?q=k").status_code == 400
    assert client.get("/api/v1/catalogue/suggest").json["error"]["details"] == {"parameter": "q"}
    assert client.get("/api/v1/catalogue/suggest?q=KE").json == {"query": "KE", "names": ["Kettle"]}


def test_database_errors_are_not_hidden(client, monkeypatch):
    def broken(*args, **kwargs):
        raise OperationalError("select", {}, Exception("disk full"))

    monkeypatch.setattr(catalogue, "related_products", broken)
    with pytest.raises(OperationalError, match="disk full"):
        client.get(f"{PRODUCTS}/1/related")


def test_available_works_in_python_and_in_sql(session):
    assert db.session.get(Product, 1).available
    assert not db.session.get(Product, 3).available
    assert session.query(Product).filter(Product.available).count() == 6
