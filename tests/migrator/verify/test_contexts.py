"""Tests that read Flask's own context after a request are known, and counted apart where FastAPI served the request."""

SUITE = """
    from flask import g, request, session


    def test_reads_the_session(client):
        with client:
            client.post("/login")
            client.get("/who")
            assert session["user"] == "ada"
            assert request.path == "/who"


    def test_reads_g(client):
        with client:
            client.get("/who")
            assert g.user is None


    def test_reads_after_a_request_to_flask(client):
        with client:
            client.post("/login")
            assert session["user"] == "ada"


    def test_reads_nothing(client):
        with client:
            client.get("/who")
            client.get("/items")


    def test_reads_nothing_either(app, client):
        client.get("/items")
        with app.test_request_context("/"):
            assert request.path == "/"
    """

ANONYMOUS = """

@router.get("/who", name="shop.who")
def who(request: Request):
    return JSONResponse({"user": request.cookies.get("session") and "ada"}, headers={"Vary": "Cookie"})
"""


def test_readers_are_counted_apart_by_name_and_their_exchanges_compared(shop):
    shop.write("tests/test_items.py", SUITE)
    router = (shop.root / "fastapi_app/routers/shop.py").read_text()
    shop.convert(router[: router.index('\n@router.get("/who"')] + ANONYMOUS)
    report = shop.report("--tests", code=0)
    assert report["apart"] == [
        {"test": "tests/test_items.py::test_reads_the_session", "why": "context", "reason": "reads request, session"},
        {"test": "tests/test_items.py::test_reads_g", "why": "context", "reason": "reads g"},
    ]
    assert report["outcomes"] == []
    assert report["routes"]["GET /who"] == {"exchanges": 3, "differences": 0}


def test_a_difference_in_such_a_test_is_still_a_difference(shop):
    shop.write("tests/test_items.py", SUITE)
    result = shop.verify("--tests")
    assert result.exit_code == 1
    assert "2 test(s) counted apart, which read Flask's own context" in result.stdout
    assert "differs tests/test_items.py::test_reads_the_session: GET /who (served by fastapi)" in result.stdout
    assert shop.route("GET /who").evidence.differences > 0
