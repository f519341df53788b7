"""`migrate verify --tests` on a real project: its suite on Flask alone, then through a real gateway."""

import pytest


def places(report):
    return {(one["request"], place["where"]) for one in report["differences"] for place in one["places"]}


def test_a_faithful_side_gives_the_same_exchanges_and_gets_evidence(shop):
    report = shop.report("--tests", code=0)
    assert report["same"]
    assert report["tests"] == 3
    assert report["exchanges"] == report["on_fastapi"] == 4
    created = shop.route("POST /items")
    assert created.state == "verified"
    assert (created.evidence.kind, created.evidence.exchanges, created.evidence.differences) == ("tests", 1, 0)
    assert created.evidence.digests["output"] == created.output.digest
    assert "POST /pay" in report["evidence"]["unreached"]
    assert shop.route("POST /pay").evidence is None
    assert not list(shop.root.rglob("__pycache__"))
    assert not (shop.root / ".pytest_cache").exists()


WRONG = [
    ("f\"/items/{item['id']}\"}", "f\"/item/{item['id']}\"}", ("POST /items", "header location")),
    ("201, {", '201, {"X-Extra": "1", ', ("POST /items", "header x-extra")),
    ("isoformat()", "strftime('%d.%m.%Y %H:%M')", ("POST /items", "body .at")),
    ('"currency": request', '"currency_code": request', ("GET /items", "body .currency")),
    ("range(3)", "range(4)", ("GET /stream", "body")),
]


@pytest.mark.parametrize(
    "wrong",
    [
        WRONG,
        [("item, 201, {", "item, 200, {", ("POST /items", "status"))],
        [("items at", "things at", ("GET /page", "body"))],
    ],
    ids=["headers and bodies", "a status", "text with noise in it"],
)
def test_what_differs_on_the_wire_is_found_and_refuses_evidence(shop, wrong):
    router = (shop.root / "fastapi_app/routers/shop.py").read_text()
    for right, instead, _ in wrong:
        assert router.count(right) == 1
        router = router.replace(right, instead)
    shop.convert(router, state="verified")
    shop.write("tests/test_items.py", SUITE_THAT_SEES_NOTHING)
    report = shop.report("--tests", code=1)
    assert report["outcomes"] == []
    expected = {place for _, _, place in wrong}
    assert expected <= places(report)
    assert {one["test"].split("::")[0] for one in report["differences"]} == {"tests/test_items.py"}
    keys = {key for key, _ in places(report)}
    for key in ("POST /items", "GET /items", "GET /page", "GET /stream"):
        assert (shop.route(key).evidence.differences > 0) == (key in keys)
        assert shop.route(key).state == ("converted" if key in keys else "verified")


SUITE_THAT_SEES_NOTHING = """
    def test_items(client):
        client.post("/items", json={"name": "tea"})
        client.get("/items")


    def test_page(client):
        client.get("/page")


    def test_stream(client):
        b"".join(client.get("/stream").response)
    """


def test_only_selected_routes_are_served_by_fastapi_and_get_evidence(shop):
    report = shop.report("GET /page", "--tests", code=0)
    assert list(report["routes"]) == ["GET /page"]
    assert report["on_fastapi"] == 1
    assert shop.route("GET /page").state == "verified"
    assert shop.route("POST /items").evidence is None


def test_arguments_of_pytest_follow_two_dashes(shop):
    result = shop.verify("--tests", "--format", "json", "--", "-k", "stream")
    assert result.exit_code == 0
    assert '"tests": 1' in result.stdout


def test_an_outcome_that_changes_is_shown_with_its_test(shop):
    router = (shop.root / "fastapi_app/routers/shop.py").read_text()
    shop.convert(router.replace("ITEMS.append(item)", "pass"))
    result = shop.verify("--tests")
    assert result.exit_code == 1
    assert "outcome tests/test_items.py::test_create: failed, Flask: passed" in result.stdout
    assert "IndexError: list index out of range" in result.stdout
    assert "evidence against promotion recorded: 2 route(s)" in result.stdout
    assert shop.route("GET /items").evidence.differences == 2
    assert shop.route("POST /items").evidence.differences == 1


def test_what_flask_alone_does_not_agree_on_is_counted_apart(shop):
    shop.write(
        "tests/test_items.py",
        """
        import pathlib

        COUNTER = pathlib.Path(__file__).with_name("counter.txt")


        def test_flaky(client):
            client.get("/page")
            seen = len(COUNTER.read_text()) if COUNTER.exists() else 0
            COUNTER.write_text("x" * (seen + 1))
            assert seen != 1


        def test_stream(client):
            client.get("/stream").data
        """,
    )
    report = shop.report("--tests", code=0)
    assert [(one["test"], one["why"]) for one in report["apart"]] == [("tests/test_items.py::test_flaky", "unstable")]
    assert report["evidence"]["recorded"] == ["GET /stream"]


def test_tests_that_use_flask_around_their_requests_keep_working(shop):
    shop.write(
        "tests/test_items.py",
        """
        import asyncio
        import threading

        import pytest


        def test_an_unhandled_exception_is_raised(client):
            with pytest.raises(ZeroDivisionError):
                client.get("/boom")


        def test_changed_configuration_is_seen(app, client):
            assert client.get("/items").get_json()["currency"] == "EUR"
            app.config["CURRENCY"] = "USD"
            assert client.get("/items").get_json()["currency"] == "USD"


        def test_the_calling_thread_and_context(app, client):
            with app.app_context():
                client.get("/items")
            app.thread = threading.get_ident()
            assert client.get("/stream").status_code == 200


        def test_inside_an_event_loop(client):
            async def call():
                return client.get("/items").status_code

            assert asyncio.run(call()) == 200


        def test_a_stream_that_is_not_read_to_its_end(client):
            answer = client.get("/stream")
            assert next(iter(answer.response)) == b"0\\n"
            answer.close()


        def test_a_session(client):
            client.post("/login")
            with client.session_transaction() as session:
                assert session["user"] == "ada"


        class TestUnknown:
            def test_404(self, client):
                assert client.get("/nothing").status_code == 404
        """,
    )
    report = shop.report("--tests", code=0)
    assert report["tests"] == 7
    assert report["same"]
    assert report["replaced"] == {"tests/test_items.py::test_changed_configuration_is_seen": ["app.config['CURRENCY']"]}


def test_applications_come_and_go_with_their_lifespan(shop):
    main = (shop.root / "fastapi_app/main.py").read_text()
    main = main.replace("app = FastAPI()", "app = FastAPI(lifespan=lifespan)").replace(
        "\n\ndef create_app",
        "\n\n@asynccontextmanager\nasync def lifespan(app):\n    yield {'names': ['tea']}\n\n\ndef create_app",
    )
    shop.write("fastapi_app/main.py", "from contextlib import asynccontextmanager\n\n" + main)
    router = (shop.root / "fastapi_app/routers/shop.py").read_text()
    shop.convert(router.replace('"items": ITEMS', '"items": request.state.names'))
    shop.write(
        "tests/test_items.py",
        """
        import ast
        import gc
        import weakref

        from shop.store import ITEMS
        from shop.wsgi import create_app


        def test_many():
            seen = []
            for _ in range(20):
                app = create_app()
                ITEMS.append("tea")
                assert app.test_client().get("/items").get_json()["items"] == ["tea"]
                seen.append(weakref.ref(app))
                del app
                ast.parse("x = 1")
            gc.collect()
            assert sum(one() is not None for one in seen) < 5
        """,
    )
    report = shop.report("--tests", code=0)
    assert report["routes"]["GET /items"] == {"exchanges": 20, "differences": 0}


def test_a_suite_without_tests_or_without_pytest_says_so(shop):
    shop.write("tests/test_items.py", "")
    result = shop.verify("--tests")
    assert result.exit_code == 2
    assert "no test was found" in result.stderr


def test_with_nothing_converted_the_gateway_itself_is_compared(shop):
    shop.convert(state="legacy")
    assert shop.verify("--tests").exit_code == 0


def test_one_of_tests_and_requests_is_wanted(shop):
    assert shop.verify().exit_code == 2


def test_a_target_that_cannot_be_imported_is_refused_by_name(shop):
    shop.convert("import no_such_module\n", state="verified")
    result = shop.verify("--tests")
    assert result.exit_code == 1
    assert "refused: the FastAPI side cannot be imported: ModuleNotFoundError: No module named 'no_such_module'" in (
        result.stderr
    )
    assert shop.route("GET /items").evidence is None
