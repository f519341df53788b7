"""What tests draw at random: the same on both sides, and something else in the run that noise is learnt from."""

import random

import factory
import factory.fuzzy
import faker
import numpy

from migrator.inside.verification.migrate_verify.randomness import seed

DRAWN = {
    "random": random.random,
    "numpy": numpy.random.random,
    "faker": faker.Faker().name,
    "factory_boy": factory.fuzzy.FuzzyText().fuzz,
}


def drawn():
    return {name: [draw() for _ in range(3)] for name, draw in DRAWN.items()}


def test_one_seed_draws_the_same_and_another_something_else():
    seed("1 tests/test_items.py::test_create")
    first = drawn()
    seed("2 tests/test_items.py::test_create")
    second = drawn()
    seed("1 tests/test_items.py::test_create")
    assert drawn() == first
    assert all(first[name] != second[name] for name in DRAWN)


def test_both_sides_are_asked_about_the_same_data(shop):
    conftest = (shop.root / "tests/conftest.py").read_text()
    shop.write("tests/conftest.py", f"{conftest}\nimport random\nDRAWN = str(random.random())\n")
    shop.write(
        "tests/test_items.py",
        """
        import random

        import conftest

        LETTER = random.choice("abcdefghijklmnopqrstuvwxyz")


        def test_create(client):
            client.post("/items", json={"name": "tea"})
            with open("drawn.txt", "a") as file:
                print(conftest.DRAWN, LETTER, random.random(), sep="-", file=file)
        """,
    )
    report = shop.report("--tests", code=0)
    assert report["on_fastapi"] == report["exchanges"] == 1
    first, second, gateway = (shop.root / "drawn.txt").read_text().split()
    assert first == gateway
    assert all(one != other for one, other in zip(first.split("-")[::2], second.split("-")[::2], strict=True))


def test_what_a_view_draws_is_learnt_as_noise_still(shop):
    view = "token = uuid.uuid4().hex"
    views = (shop.root / "shop/views.py").read_text()
    router = (shop.root / "fastapi_app/routers/shop.py").read_text()
    assert view in views
    assert view in router
    drawn = "import random; token = str(random.random())"
    shop.write("shop/views.py", views.replace(view, drawn))
    shop.convert(router.replace(view, drawn.replace("token", "random.random(); token")))
    assert shop.report("GET /page", "--tests", code=0)["on_fastapi"] == 1


def test_requests_of_a_file_find_the_same_data(shop):
    views = (shop.root / "shop/views.py").read_text()
    keeping = "import random; print(random.random(), file=open('drawn.txt', 'a'))"
    shop.write("shop/views.py", views.replace("def page():\n", f"def page():\n    {keeping}\n"))
    shop.write("requests.json", '[{"method": "GET", "path": "/page"}, {"method": "GET", "path": "/items"}]')
    report = shop.report("GET /items", "--requests", str(shop.root / "requests.json"), code=0)
    assert (report["exchanges"], report["on_fastapi"]) == (2, 1)
    first, second, gateway = (shop.root / "drawn.txt").read_text().split()
    assert first == gateway != second
