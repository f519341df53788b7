import pytest

REVIEWS = "/api/v1/catalogue/products/1/reviews"
GOOD = {"rating": 5, "title": " Lovely ", "body": "Sings, too."}


@pytest.fixture
def review(client, carol):
    return client.post(f"{REVIEWS}/", json=GOOD, headers=carol).get_json()


def test_list(client):
    response = client.get(f"{REVIEWS}/")
    assert response.headers["X-Total-Count"] == "1"
    assert response.get_json()["items"] == [
        {
            "id": 1,
            "rating": 4,
            "title": "Hot",
            "body": "As it should be.",
            "author": {"id": 4, "name": "Dave"},
            "created_at": "2024-05-17 09:30",
        }
    ]


@pytest.mark.parametrize(("minimum", "total"), [("4", 1), ("5", 0), ("many", 1)])
def test_list_with_a_minimum(client, minimum, total):
    assert client.get(f"{REVIEWS}/?min={minimum}").json["total"] == total


def test_list_of_a_missing_product(client):
    assert client.get("/api/v1/catalogue/products/99/reviews/").status_code == 404


def test_write(client, carol):
    response = client.post(f"{REVIEWS}/", json={**GOOD, "mood": "ignored"}, headers=carol)
    assert response.status_code == 201
    assert response.headers["Location"] == f"{REVIEWS}/2"
    assert response.json["title"] == "Lovely"
    assert response.json["author"] == {"id": 3, "name": "Carol"}


def test_write_once_only(client, dave):
    response = client.post(f"{REVIEWS}/", json=GOOD, headers=dave)
    assert response.status_code == 409
    assert response.json["error"]["code"] == "already_reviewed"


@pytest.mark.parametrize(
    ("change", "details"),
    [
        ({"rating": 6}, {"rating": ["Must be greater than or equal to 1 and less than or equal to 5."]}),
        ({"rating": "good"}, {"rating": ["Not a valid integer."]}),
        ({"title": "   "}, {"title": ["Length must be between 1 and 80."]}),
    ],
)
def test_write_explains_what_is_wrong(client, carol, change, details):
    response = client.post(f"{REVIEWS}/", json={**GOOD, **change}, headers=carol)
    assert response.status_code == 422
    assert response.json["error"]["details"] == details


def test_write_without_a_token(client):
    assert client.post(f"{REVIEWS}/", json=GOOD).status_code == 401


def test_show(client, review):
    assert client.get(f"{REVIEWS}/{review['id']}").json == review


def test_show_of_another_product(client, review):
    response = client.get(f"/api/v1/catalogue/products/2/reviews/{review['id']}")
    assert response.status_code == 404
    assert response.json["error"]["message"] == "There is no review 2."


def test_edit(client, carol, review):
    response = client.patch(f"{REVIEWS}/{review['id']}", json={"rating": 3}, headers=carol)
    assert (response.json["rating"], response.json["title"]) == (3, "Lovely")
    assert response.json["edited_at"] == "2024-05-17 09:30"


def test_edit_is_for_the_author(client, dave, staff, review):
    for headers in (dave, staff):
        response = client.patch(f"{REVIEWS}/{review['id']}", json={"rating": 1}, headers=headers)
        assert response.status_code == 403


def test_delete(client, carol, review):
    assert client.delete(f"{REVIEWS}/{review['id']}", headers=carol).status_code == 204
    assert client.delete(f"{REVIEWS}/{review['id']}", headers=carol).status_code == 404


def test_delete_by_others(client, dave, staff, review):
    assert client.delete(f"{REVIEWS}/{review['id']}", headers=dave).status_code == 403
    assert client.delete(f"{REVIEWS}/{review['id']}", headers=staff).status_code == 204


def test_summary(client, review):
    assert client.get(f"{REVIEWS}/summary").json == {
        "count": 2,
        "average": 4.5,
        "ratings": {"5": 1, "4": 1, "3": 0, "2": 0, "1": 0},
    }


def test_summary_without_reviews(client):
    body = client.get("/api/v1/catalogue/products/2/reviews/summary").get_json()
    assert (body["count"], body["average"]) == (0, None)


def test_switched_off(client, app, monkeypatch):
    monkeypatch.setitem(app.config, "REVIEWS_ENABLED", False)
    response = client.get(f"{REVIEWS}/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "3600"
    assert client.get("/api/v1/catalogue/products/1").status_code == 200
