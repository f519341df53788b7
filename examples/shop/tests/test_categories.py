import pytest
from shop.models import Category

CATEGORIES = "/api/v1/catalogue/categories"


def test_categories(client):
    response = client.get(f"{CATEGORIES}/")
    assert [category["path"] for category in response.get_json()] == ["garden", "home"]
    assert response.json[1]["children"] == [{"slug": "kitchen", "name": "Kitchen", "path": "home/kitchen"}]
    assert response.headers["Cache-Control"] == "public, max-age=60"


def test_categories_without_the_slash_redirect(client):
    response = client.get(f"{CATEGORIES}?page=1")
    assert response.status_code == 308
    assert response.headers["Location"] == "http://localhost/api/v1/catalogue/categories/?page=1"


def test_category_by_path(client):
    body = client.get(f"{CATEGORIES}/home/kitchen").get_json()
    assert body["category"]["path"] == "home/kitchen"
    assert body["total"] == 3
    assert "stock" not in body["items"][0]


def test_category_by_wrong_path(client):
    response = client.get(f"{CATEGORIES}/kitchen")
    assert response.status_code == 404
    assert response.json["error"]["message"] == "There is no category kitchen."


def test_create_category(client, staff):
    response = client.post(f"{CATEGORIES}/", json={"slug": "tools", "name": "Tools", "parent_id": 3}, headers=staff)
    assert response.status_code == 201
    assert response.json == {"id": 4, "slug": "tools", "name": "Tools", "path": "garden/tools", "children": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"slug": "Tools", "name": "Tools"}, 422),
        ({"slug": "tools", "name": "Tools", "parent_id": 44}, 404),
        ({"slug": "kitchen", "name": "Again", "parent_id": 1}, 409),
    ],
)
def test_create_category_refused(client, staff, body, status):
    assert client.post(f"{CATEGORIES}/", json=body, headers=staff).status_code == status


def test_category_paths(session):
    assert {category.path for category in session.query(Category)} == {"home", "home/kitchen", "garden"}


@pytest.mark.parametrize("body", [[], "tools", 7])
def test_create_category_wants_an_object(client, staff, body):
    response = client.post(f"{CATEGORIES}/", json=body, headers=staff)
    assert response.status_code == 422
    assert response.json["error"]["details"] == {"_schema": ["Invalid input type."]}


def test_create_category_at_the_top(client, staff):
    response = client.post(f"{CATEGORIES}/", json={"slug": "office", "name": " Office "}, headers=staff)
    assert (response.json["name"], response.json["path"]) == ("Office", "office")
