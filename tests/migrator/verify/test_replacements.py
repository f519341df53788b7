"""What a test replaces is replaced on FastAPI's side too, or its requests stay on Flask: no payment becomes real."""

import pytest

TWINS = """
    from unittest import mock

    import pytest

    import shop.payments
    import shop.views


    @mock.patch("shop.views.charge", return_value="r1")
    def test_decorator(charge, client):
        assert client.post("/pay", json={"amount": 1}).get_json() == {"receipt": "r1"}
        charge.assert_called_once_with(1)


    def test_block_ends(client):
        with mock.patch.object(shop.views, "charge", return_value="r2"):
            assert client.post("/pay", json={"amount": 2}).get_json() == {"receipt": "r2"}
        with pytest.raises(RuntimeError, match="a real payment"):
            client.post("/pay", json={"amount": 2})


    def test_monkeypatch(client, monkeypatch):
        monkeypatch.setattr("shop.views.charge", lambda amount: f"r{amount}")
        monkeypatch.setenv("ANYTHING", "1")
        assert client.post("/pay", json={"amount": 3}).get_json() == {"receipt": "r3"}


    def test_items_of_a_shared_list(client, monkeypatch):
        monkeypatch.setattr(shop.views, "ITEMS", ["tea"])
        assert client.get("/items").get_json()["items"] == ["tea"]
    """


def test_twins_are_replaced_for_as_long_as_the_test_says(shop):
    shop.write("tests/test_items.py", TWINS)
    report = shop.report("--tests", code=0)
    assert report["apart"] == []
    assert report["routes"]["POST /pay"] == {"exchanges": 4, "differences": 0}
    assert report["routes"]["GET /items"] == {"exchanges": 1, "differences": 0}
    assert report["replaced"]["tests/test_items.py::test_monkeypatch"] == ["shop.views.charge"]


WITHOUT_TWIN = """
    from unittest import mock


    def test_mail(client):
        client.get("/page")
        with mock.patch("shop.views.notify", return_value=True):
            assert client.post("/mail").get_json() == {"sent": True}


    def test_stream(client):
        client.get("/stream").data
    """


def test_without_a_twin_the_test_runs_on_flask_and_gives_no_evidence(shop):
    shop.write("tests/test_items.py", WITHOUT_TWIN)
    report = shop.report("--tests", code=0)
    (apart,) = report["apart"]
    assert (apart["test"], apart["why"]) == ("tests/test_items.py::test_mail", "replacement")
    assert "shop.views.notify" in apart["reason"]
    assert report["outcomes"] == []
    assert shop.route("POST /mail").evidence is None
    assert shop.route("GET /page").evidence is None
    assert shop.route("GET /stream").evidence.exchanges == 1


@pytest.mark.parametrize(("there", "why"), [("", None), ("\n\ndef refund_2(order):\n    return order\n", "refund")])
def test_what_was_not_carried_is_replaced_on_flask_alone(shop, there, why):
    """No converted code calls it; but a copy under another name, if there is one, cannot be told from it."""
    payments = shop.root / "shop/payments.py"
    payments.write_text(f"{payments.read_text()}\n\ndef refund(order):\n    return order\n")
    copy = shop.root / "fastapi_app/payments.py"
    copy.write_text(copy.read_text() + there)
    shop.convert((shop.root / "fastapi_app/routers/shop.py").read_text())
    shop.write(
        "tests/test_items.py",
        """
        from unittest import mock


        @mock.patch("shop.payments.refund")
        def test_stream(refund, client):
            client.get("/stream")
        """,
    )
    report = shop.report("--tests", code=0)
    assert [one["reason"].split(":")[0].rpartition(".")[2] for one in report["apart"]] == ([why] if why else [])
    evidence = shop.route("GET /stream").evidence
    assert (evidence.exchanges if evidence else None) == (None if why else 1)


@pytest.mark.parametrize(
    "twin",
    [
        "def notify(request, name):\n    raise RuntimeError('a real mail')\n",
        "async def notify(name):\n    raise RuntimeError('a real mail')\n",
    ],
    ids=["other arguments", "async"],
)
def test_a_twin_of_another_shape_is_none(shop, twin):
    shop.write("tests/test_items.py", WITHOUT_TWIN)
    router = (shop.root / "fastapi_app/routers/shop.py").read_text()
    shop.convert(f"{router}\n\n{twin}")
    report = shop.report("--tests", code=0)
    assert [one["test"] for one in report["apart"]] == ["tests/test_items.py::test_mail"]


def test_a_twin_that_routes_hold_as_a_dependency_is_out_of_reach(shop):
    shop.write("shop/views.py", (shop.root / "shop/views.py").read_text() + "\n\ndef guard():\n    return None\n")
    shop.write(
        "tests/test_items.py",
        """
        from unittest import mock


        @mock.patch("shop.views.guard")
        def test_guard(guard, client):
            client.get("/guarded")
            client.get("/stream")
        """,
    )
    router = (shop.root / "fastapi_app/routers/shop.py").read_text()
    shop.convert(
        router
        + "\n\ndef guard():\n    return None\n"
        + '\n\n@router.get("/guarded", name="shop.guarded", dependencies=[Depends(guard)])\ndef guarded():\n    pass\n'
        + "\n"
    )
    text = (shop.root / "fastapi_app/routers/shop.py").read_text()
    shop.convert(text.replace("APIRouter, Body", "APIRouter, Body, Depends"))
    report = shop.report("--tests", code=0)
    (apart,) = report["apart"]
    assert "which routes hold by itself" in apart["reason"]


@pytest.mark.parametrize("copied", [True, False], ids=["carried", "imported"])
def test_patching_the_home_of_a_function_reaches_code_that_imports_it_otherwise(shop, copied):
    """Legacy code asks the module at each call; the new code has a name of its own for the same function."""
    views = (shop.root / "shop/views.py").read_text()
    views = views.replace("from shop.payments import charge", "from shop import payments").replace(
        "charge(request", "payments.charge(request"
    )
    shop.write("shop/views.py", views)
    router = (shop.root / "fastapi_app/routers/shop.py").read_text()
    router = router.replace("charge(body", "make_payment(body")
    home = "..payments" if copied else "shop.payments"
    if not copied:
        (shop.root / "fastapi_app/payments.py").unlink()
    shop.convert(router.replace("from ..payments import charge", f"from {home} import charge as make_payment"))
    shop.write(
        "tests/test_items.py",
        """
        from unittest import mock


        @mock.patch("shop.payments.charge", return_value="r1")
        def test_pay(charge, client):
            assert client.post("/pay", json={"amount": 1}).get_json() == {"receipt": "r1"}
        """,
    )
    report = shop.report("--tests", code=0)
    assert report["routes"]["POST /pay"] == {"exchanges": 1, "differences": 0}


def test_a_plain_assignment_is_noticed(shop):
    shop.write(
        "tests/test_items.py",
        """
        import shop.views


        def test_pay(client):
            client.get("/page")
            before = shop.views.charge
            shop.views.charge = lambda amount: "r1"
            try:
                assert client.post("/pay", json={"amount": 1}).get_json() == {"receipt": "r1"}
            finally:
                shop.views.charge = before


        def test_mail(client):
            before = shop.views.notify
            shop.views.notify = lambda name: True
            try:
                assert client.post("/mail").get_json() == {"sent": True}
            finally:
                shop.views.notify = before


        def test_stream(client):
            assert client.get("/stream").status_code == 200
        """,
    )
    report = shop.report("--tests", code=0)
    assert report["routes"]["POST /pay"] == {"exchanges": 1, "differences": 0}
    assert [one["test"] for one in report["apart"]] == ["tests/test_items.py::test_mail"]
    assert report["routes"]["GET /stream"] == {"exchanges": 1, "differences": 0}


def test_shared_state_is_replaced_where_the_target_keeps_it(shop):
    shop.write(
        "fastapi_app/state.py",
        """
        import importlib
        from operator import attrgetter

        LEDGER = object()
        SHARED = {"LEDGER": "shop.payments:LEDGER"}


        def adopt():
            for name, place in SHARED.items():
                module, _, path = place.partition(":")
                globals()[name] = attrgetter(path)(importlib.import_module(module))
        """,
    )
    (shop.root / "fastapi_app/payments.py").unlink()
    shop.write(
        "shop/payments.py",
        """
        class Ledger:
            def charge(self, amount):
                raise RuntimeError("a real payment")


        LEDGER = Ledger()


        def charge(amount):
            return LEDGER.charge(amount)
        """,
    )
    main = (shop.root / "fastapi_app/main.py").read_text()
    shop.write(
        "fastapi_app/main.py",
        main.replace("    app = FastAPI()", "    state.adopt()\n    app = FastAPI()").replace(
            "from .routers", "from . import state\nfrom .routers"
        ),
    )
    router = (shop.root / "fastapi_app/routers/shop.py").read_text()
    shop.convert(
        router.replace("from ..payments import charge", "from .. import state").replace(
            "charge(body", "state.LEDGER.charge(body"
        )
    )
    shop.write(
        "tests/test_items.py",
        """
        from unittest import mock

        import pytest

        from shop.wsgi import create_app


        @pytest.fixture(scope="session")
        def client():
            app = create_app()
            app.testing = True
            return app.test_client()


        @mock.patch("shop.payments.LEDGER")
        def test_pay(ledger, client):
            ledger.charge.return_value = "r1"
            assert client.post("/pay", json={"amount": 1}).get_json() == {"receipt": "r1"}


        @mock.patch("shop.payments.LEDGER.charge", return_value="r2")
        def test_pay_again(charge, client):
            assert client.post("/pay", json={"amount": 1}).get_json() == {"receipt": "r2"}


        def test_afterwards(client):
            with pytest.raises(RuntimeError, match="a real payment"):
                client.post("/pay", json={"amount": 1})
        """,
    )
    report = shop.report("--tests", code=0)
    assert report["apart"] == []
    assert report["routes"]["POST /pay"] == {"exchanges": 3, "differences": 0}
