"""What a selector names."""

import pytest

from migrator.errors import MigrateError
from migrator.manifest.model import BlueprintEntry, Manifest, RouteEntry
from migrator.selectors import select


def entry(endpoint, key):
    method, _, place = key.partition(" ")
    return RouteEntry(endpoint=endpoint, rule=f"/{place.partition('/')[2]}", method=method)


MANIFEST = Manifest(
    app="a:b",
    target="t",
    blueprints={
        ".": BlueprintEntry(routes={"GET /": entry("index", "GET /")}),
        "api": BlueprintEntry(routes={"GET /api": entry("api.root", "GET /api")}),
        "api.orders": BlueprintEntry(
            routes={
                key: entry(endpoint, key)
                for endpoint, key in [
                    ("api.orders.listing", "GET /orders/"),
                    ("api.orders.listing", "POST /orders/"),
                    ("api.orders.show", "GET /orders/<int:id>"),
                ]
            }
        ),
        "apix": BlueprintEntry(
            routes={
                key: entry(endpoint, key)
                for endpoint, key in [
                    ("apix.root", "GET shop.test/"),
                    ("apix.x", "GET shop.test/x"),
                    ("apix.other", "GET other.test/x"),
                ]
            }
        ),
    },
)


@pytest.mark.parametrize(
    ("selectors", "keys"),
    [
        (["."], ["GET /"]),
        (["api.orders"], ["GET /orders/", "GET /orders/<int:id>", "POST /orders/"]),
        (["api"], ["GET /api", "GET /orders/", "GET /orders/<int:id>", "POST /orders/"]),
        (["api.orders.listing"], ["GET /orders/", "POST /orders/"]),
        (["GET /orders/"], ["GET /orders/"]),
        (["get /orders/"], ["GET /orders/"]),
        (["GET shop.test/x"], ["GET shop.test/x"]),
        (["GET /x"], ["GET other.test/x", "GET shop.test/x"]),
        (["GET /"], ["GET /"]),
        (["index", ".", "GET /"], ["GET /"]),
        ([], []),
    ],
)
def test_blueprint_endpoint_or_route(selectors, keys):
    assert [one.key for one in select(MANIFEST, selectors)] == keys


@pytest.mark.parametrize(
    ("selector", "near"),
    [
        ("api.order", "'api.orders'"),
        ("api.orders.shw", "'api.orders.show'"),
        ("GET /order/", "'GET /orders/'"),
        ("/orders/", "'GET /orders/' or 'POST /orders/'"),
        ("zzzz", "`migrate status` lists them"),
    ],
)
def test_a_name_of_nothing_gets_the_nearest(selector, near):
    with pytest.raises(MigrateError) as error:
        select(MANIFEST, [selector])
    assert f"'{selector}'" in error.value.message
    assert near in error.value.message
