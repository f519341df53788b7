from unittest import mock

import pytest
from shop.services import cart


def text(response):
    return response.get_data(as_text=True)


def test_home(client):
    response = client.get("/")
    assert response.content_type == "text/html; charset=utf-8"
    assert "<h1>Welcome</h1>" in text(response)
    assert '<a href="/p/1/kettle">Kettle</a>' in text(response)
    assert "Cart (0)" in text(response)
    assert '<a href="/shop/?category=2">' not in text(response)
    assert '<a href="/shop/?category=1">Home</a>' in text(response)


def test_long_descriptions_are_cut(client):
    assert "<p>Holds tea, or whatever else you would…</p>" in text(client.get("/"))


def test_currency_cookie(client):
    assert "Prices in EUR" in text(client.get("/"))
    response = client.post("/currency", data={"currency": "CHF"})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert response.headers["Set-Cookie"].startswith("currency=CHF; Expires=")
    assert response.headers["Set-Cookie"].endswith("; Max-Age=31536000; Path=/; SameSite=Lax")
    assert "Prices in CHF" in text(client.get("/"))


@pytest.mark.parametrize("data", [{}, {"currency": "USD"}])
def test_currency_refused(client, data):
    response = client.post("/currency", data=data)
    assert response.status_code == 400
    assert response.content_type == "text/html; charset=utf-8"
    assert "<h1>Bad Request</h1>" in text(response)


def test_shelf(client):
    page = text(client.get("/shop/"))
    assert page.count("<article>") == 6
    assert '<a rel="next" href="/shop/page/2">More</a>' in page
    page = text(client.get("/shop/page/2"))
    assert page.count("<article>") == 1
    assert "Teapot" in page


def test_shelf_redirects(client):
    assert client.get("/shop").headers["Location"] == "http://localhost/shop/"
    response = client.get("/shop/page/1?q=mug")
    assert (response.status_code, response.headers["Location"]) == (308, "http://localhost/shop/?q=mug")


def test_shelf_of_a_category(client):
    assert text(client.get("/shop/?category=3")).count("<article>") == 2


def test_shelf_escapes_the_query(client):
    assert 'value="&lt;b&gt;&#34;"' in text(client.get("/shop/", query_string={"q": '<b>"'}))


@pytest.mark.parametrize("page", ["0", "3"])
def test_shelf_pages_that_are_not_there(client, page):
    response = client.get(f"/shop/page/{page}")
    assert (response.status_code, "We looked everywhere." in text(response)) == (
        (200, False) if page == "0" else (404, True)
    )


def test_product(client):
    response = client.get("/p/1/kettle")
    assert "<title>Kettle</title>" in text(response)
    assert "25.00 €" in text(response)


@pytest.mark.parametrize("path", ["/p/1", "/p/1/pot"])
def test_product_is_sent_to_its_address(client, path):
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (301, "/p/1/kettle")


@pytest.mark.parametrize("path", ["/p/8", "/p/99/kettle", "/p/x", "/nowhere"])
def test_pages_that_are_not_there(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert "<h1>Not found</h1>" in text(response)
    assert "request-1" in text(response)


def test_sold_out_products_cannot_be_bought(client):
    assert "<button disabled>" in text(client.get("/p/3/teapot"))
    response = client.post("/cart/add", data={"product_id": 3}, follow_redirects=True)
    assert "Teapot is sold out." in text(response)


def test_cart(client):
    response = client.post("/cart/add", data={"product_id": "1", "quantity": "2"})
    assert (response.status_code, response.headers["Location"]) == (302, "/cart")
    page = text(client.get("/cart"))
    assert '<p class="flash success">2 × Kettle in your cart.</p>' in page
    assert "<p>2 × Kettle: 50.00 €</p>" in page
    assert "Cart (2)" in page
    assert "flash" not in text(client.get("/cart"))


def test_cart_session(client):
    client.post("/cart/add", data={"product_id": "2"})
    client.post("/cart/add", data={"product_id": "2", "quantity": "3"})
    with client.session_transaction() as session:
        assert session["cart"] == {"2": 4}


@pytest.mark.parametrize(("quantity", "number"), [("99", 10), ("-1", 1), ("many", 1), ("", 1)])
def test_cart_quantities_are_lenient(client, quantity, number):
    client.post("/cart/add", data={"product_id": "1", "quantity": quantity})
    assert f"Cart ({number})" in text(client.get("/cart"))


@pytest.mark.parametrize("data", [{}, {"product_id": "x"}, {"product_id": "99"}, {"product_id": "8"}])
def test_cart_add_refused(client, data):
    assert client.post("/cart/add", data=data).status_code == 404


def test_cart_remove_and_clear(client):
    with client.session_transaction() as session:
        session["cart"] = {"1": 1, "2": 2, "4": 1}
    client.post("/cart/remove/2")
    page = text(client.post("/cart/remove/2", follow_redirects=True))
    assert "That was not in your cart." in page
    assert "Mug" not in page
    assert "It is empty." in text(client.post("/cart/clear", follow_redirects=True))


def test_cart_changes_by_post_only(client):
    response = client.get("/cart/clear")
    assert response.status_code == 405
    assert response.headers["Allow"] == "OPTIONS, POST"
    assert "This page cannot do that." in text(response)


def test_broken_session_cookie_is_an_empty_cart(client):
    client.set_cookie("session", "tampered")
    assert "Cart (0)" in text(client.get("/cart"))


def test_pages_without_a_session_set_no_cookie(client):
    response = client.get("/about")
    assert "Set-Cookie" not in response.headers
    assert response.headers["Vary"] == "Cookie"


def test_contact_post_redirect_get(client):
    assert "<h1>Write to us</h1>" in text(client.get("/contact"))
    response = client.post("/contact", data={"email": "eve@example.com", "message": "Where is my kettle?"})
    assert (response.status_code, response.headers["Location"]) == (303, "/contact")
    assert "Thank you! We will write to eve@example.com." in text(client.get("/contact"))


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        ({}, ["We need an address", "A little longer"]),
        ({"email": "eve", "message": "long enough, I hope"}, ["We need an address"]),
        ({"email": "eve@example.com", "message": "short"}, ["A little longer", 'value="eve@example.com"']),
    ],
)
def test_contact_shows_errors(client, data, messages):
    response = client.post("/contact", data=data)
    assert response.status_code == 422
    for message in messages:
        assert message in text(response)


def test_static_pages(client):
    assert "since 1987" in text(client.get("/about"))
    assert "Be kind" in text(client.get("/terms"))
    assert client.post("/about").status_code == 405


@pytest.mark.parametrize("path", ["/home", "/index.html"])
def test_old_addresses(client, path):
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (301, "/")


def test_signin_and_out(client):
    assert "Sign in" in text(client.get("/"))
    response = client.post("/signin", data={"email": "Carol@example.com", "password": "secret-123"})
    assert (response.status_code, response.headers["Location"]) == (302, "/account")
    assert "Expires" not in response.headers["Set-Cookie"]
    page = text(client.get("/account"))
    assert "Hello Carol!" in page
    assert "Orders of Carol" in page
    response = client.post("/signout", follow_redirects=True)
    assert "Goodbye!" in text(response)
    assert client.get("/account").status_code == 302


def test_signin_remembered(client):
    response = client.post("/signin", data={"email": "carol@example.com", "password": "secret-123", "remember": "on"})
    assert "Expires=" in response.headers["Set-Cookie"]
    assert "HttpOnly" in response.headers["Set-Cookie"]


def test_signin_refused(client):
    response = client.post("/signin", data={"email": "carol@example.com", "password": "wrong"})
    assert response.status_code == 401
    assert "Address or password is wrong." in text(response)


@pytest.mark.parametrize(
    ("target", "location"), [("/cart", "/cart"), ("//evil.example", "/account"), ("https://evil.example", "/account")]
)
def test_signin_goes_on(client, target, location):
    response = client.post(f"/signin?next={target}", data={"email": "carol@example.com", "password": "secret-123"})
    assert response.headers["Location"] == location


def test_account_needs_a_session(client, carol):
    response = client.get("/account", headers=carol)
    assert (response.status_code, response.headers["Location"]) == (302, "/signin?next=/account")
    assert "Please sign in first." in text(client.get("/signin"))


def test_checkout(signed_in):
    signed_in.post("/cart/add", data={"product_id": "1", "quantity": "2"})
    response = signed_in.post("/checkout", data={"note": "please wrap"})
    assert response.headers["Location"] == "/account#order-1"
    page = text(signed_in.get("/account"))
    assert "Your order is 00000000-0000-0000-0000-000000000001." in page
    assert "17.05.2024: pending" in page
    assert "Cart (0)" in page


def test_checkout_with_an_empty_cart(signed_in):
    assert "Your cart is empty." in text(signed_in.post("/checkout", follow_redirects=True))


def test_checkout_when_somebody_was_faster(signed_in):
    with signed_in.session_transaction() as session:
        session["cart"] = {"5": 3}
    page = text(signed_in.post("/checkout", follow_redirects=True))
    assert "Sorry: only 2 of GAR-002 left, 3 wanted." in page
    assert "Cart (3)" in page


def test_checkout_signed_out(client):
    assert client.post("/checkout").headers["Location"] == "/signin?next=/checkout"


def test_cart_contents_in_a_request(app):
    with app.test_request_context("/cart"), mock.patch.dict("shop.services.cart.session", {"cart": {"1": 2, "77": 1}}):
        rows, total = cart.contents()
    assert [(row["product"].name, row["cents"]) for row in rows] == [("Kettle", 5000)]
    assert total == 5000


def test_home_with_no_products(client):
    with mock.patch("shop.services.catalogue.top_categories", return_value=[]):
        assert "category=" not in text(client.get("/"))
