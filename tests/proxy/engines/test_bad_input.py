"""What every engine does with what should not be: a port that is taken, half a state file."""

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from migrator.errors import Refused
from migrator.proxying import activate
from proxy.engines import ENGINES
from proxy.model import Upstream

from .conftest import Proxy, search_path, url_map

RULES = {"/users/me": "GET", "/users/<int:id>": "GET POST", "/docs/": "GET"}

WaitUntil = Callable[[Callable[[], bool]], None]


@pytest.mark.parametrize("name", ENGINES)
def test_a_port_in_use_ends_it_with_a_word_about_that(
    name: str, tmp_path: Path, table_of: Any, upstreams: list[Upstream], wait_until: WaitUntil
):
    proxy = Proxy(name, tmp_path, wait_until)
    with socket.create_server(("127.0.0.1", proxy.port)):
        proxy.write(table_of(url_map(RULES), upstreams=upstreams, listen=proxy.listen))
        proxy.run()
        try:
            wait_until(lambda: not proxy.is_running())
        finally:
            proxy.stop()
    assert "in use" in (tmp_path / "log").read_text()


@pytest.mark.parametrize("name", ENGINES)
def test_half_a_state_file_promotes_nothing_else_on_a_proxy_that_runs(
    name: str, start: Callable[..., Proxy], table_of: Any, monkeypatch: pytest.MonkeyPatch
):
    urls = url_map(RULES)
    proxy = start(name, lambda **options: table_of(urls, lambda key: key == "GET /users/me", **options))
    options = {"upstreams": list(proxy.table.upstreams), "listen": proxy.listen}
    more = table_of(urls, lambda key: key != "GET /docs/", **options)
    files = proxy.engine.render(more)
    whole = files[proxy.engine.STATE]
    monkeypatch.setenv("PATH", search_path())
    for share in (0.3, 0.7):
        half = proxy.directory / "half"
        half.write_text(whole[: int(len(whole) * share)])
        half.replace(proxy.directory / proxy.engine.STATE)
        activation = proxy.engine.activation(proxy.directory, files)
        if activation.command:
            with suppress(Refused):
                activate(name, activation)
        assert proxy.side("/docs/") == "flask"
    proxy.promote(more, monkeypatch)
    proxy.wait_until(lambda: proxy.side("/users/5") == "fastapi")
    assert proxy.side("/docs/") == "flask"
