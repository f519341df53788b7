"""The middleware beside Werkzeug's own, on the same requests."""

import itertools
from typing import Any

import pytest
from werkzeug.middleware.proxy_fix import ProxyFix as WerkzeugProxyFix

from codemods.compat.proxy_fix import ProxyFix
from proxy.runtime.environ import build_environ

COMPARED = ("REMOTE_ADDR", "wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "SCRIPT_NAME", "PATH_INFO")
NAMES = ("x_for", "x_proto", "x_host", "x_port", "x_prefix")
VALUES = (
    (),
    (("for", "1.1.1.1"), ("proto", "https"), ("host", "a.example"), ("port", "8443"), ("prefix", "/api")),
    (("for", "1.1.1.1, 2.2.2.2"), ("proto", "https,http"), ("host", "a.example:81, b.example"), ("prefix", "/x, /y/")),
    (("for", "1.1.1.1"), ("for", '"2.2.2.2:80"'), ("host", "[::1]"), ("port", "9"), ("prefix", "")),
    (("for", ","), ("proto", '"https'), ("host", "[::1]:90"), ("port", "1,2"), ("prefix", "/caf\xc3\xa9")),
)
SCOPES = (
    {"server": ("127.0.0.1", 8000), "client": ("10.0.0.1", 1234), "root_path": ""},
    {"server": None, "client": None, "root_path": "/old"},
)


@pytest.mark.parametrize("sent", VALUES)
@pytest.mark.parametrize("host", [(), ((b"host", b"inner:8080"),), ((b"host", b"[::2]"),)])
@pytest.mark.parametrize("server", SCOPES)
def test_as_werkzeug_fixes_it(sent: Any, host: Any, server: Any) -> None:
    headers = [*host, *((f"x-forwarded-{name}".encode(), value.encode("latin-1")) for name, value in sent)]
    scope = {
        "type": "http", "method": "GET", "http_version": "1.1", "scheme": "http", "query_string": b"",
        "headers": headers, **server, "path": f"{server['root_path']}/items/",
    }  # fmt: skip
    for numbers in itertools.product((0, 1, 2), repeat=5):
        trusted = dict(zip(NAMES, numbers, strict=True))
        mine = build_environ(ProxyFix(None, **trusted).fixed(scope))  # type: ignore[arg-type]
        theirs = build_environ(scope)
        WerkzeugProxyFix(lambda *_: [], **trusted)(theirs, None)  # type: ignore[arg-type]
        theirs["SCRIPT_NAME"] = theirs["SCRIPT_NAME"].rstrip("/")
        assert [mine.get(key) for key in COMPARED] == [theirs.get(key) for key in COMPARED], trusted


def test_the_default_trusts_one_address_and_scheme() -> None:
    numbers = {"for": 1, "proto": 1, "host": 0, "port": 0, "prefix": 0}
    expected = {f"x-forwarded-{name}".encode(): number for name, number in numbers.items()}
    assert ProxyFix(None).trusted == expected  # type: ignore[arg-type]
