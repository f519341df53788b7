"""Which host a proxy has to look for."""

import pytest

from codemods.model import Application, Rule
from migrator.routing import hosts

SERVER = {"SERVER_NAME": "Shop.test"}


@pytest.mark.parametrize(
    ("settings", "flags", "rule", "expected"),
    [
        ({}, {}, Rule("/", ("GET",)), (None, True)),
        ({}, SERVER, Rule("/", ("GET",), subdomain="api"), (None, False)),
        ({}, SERVER, Rule("/", ("GET",), host="a.test"), (None, True)),
        ({"subdomain_matching": True}, SERVER, Rule("/", ("GET",), subdomain="api"), ("api.shop.test", True)),
        ({"subdomain_matching": True}, SERVER, Rule("/", ("GET",)), ("shop.test", True)),
        ({"subdomain_matching": True}, {}, Rule("/", ("GET",), subdomain="api"), (None, False)),
        ({"host_matching": True}, SERVER, Rule("/", ("GET",), host="a.test"), ("a.test", True)),
        ({"host_matching": True}, {}, Rule("/", ("GET",)), (None, False)),
    ],
)
def test_hosts(
    settings: dict[str, object], flags: dict[str, object], rule: Rule, expected: tuple[str | None, bool]
) -> None:
    assert hosts(Application("app:app", url_map=settings, flags=flags), rule) == expected
