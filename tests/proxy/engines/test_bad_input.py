"""What every engine does with what should not be: a port that is taken, half a state file."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrator.errors import MigrateError
from migrator.proxying import write
from proxy.engines import ENGINES, load, marking
from proxy.model import Upstream

from .conftest import Proxy, echoing, free_port, url_map

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


@pytest.mark.parametrize("name", [name for name in ENGINES if load(name).STATE != marking.STATE])
def test_half_a_state_file_promotes_nothing_else_on_a_proxy_that_runs(
    name: str, start: Callable[..., Proxy], table_of: Any, monkeypatch: pytest.MonkeyPatch
):
    urls = url_map(RULES)
    proxy = start(name, lambda **options: table_of(urls, lambda key: key == "GET /users/me", **options))
    options = {"upstreams": list(proxy.table.upstreams), "listen": proxy.listen}
    more = table_of(urls, lambda key: key != "GET /docs/", **options)
    files = proxy.engine.render(more)
    whole = files[proxy.engine.STATE]
    for share in (0.3, 0.7):
        half = proxy.directory / "half"
        half.write_text(whole[: int(len(whole) * share)])
        half.replace(proxy.directory / proxy.engine.STATE)
        assert proxy.side("/docs/") == "flask"
    proxy.promote(more, monkeypatch)
    proxy.wait_until(lambda: proxy.side("/users/5") == "fastapi")
    assert proxy.side("/docs/") == "flask"


@pytest.mark.parametrize("name", ENGINES)
def test_a_proxy_starts_while_both_sides_are_down_and_serves_once_they_are_up(
    name: str, tmp_path: Path, table_of: Any, wait_until: WaitUntil
):
    proxy = Proxy(name, tmp_path, wait_until)
    flask, fastapi = free_port(), free_port()
    upstreams = [Upstream("flask", (f"127.0.0.1:{flask}",)), Upstream("fastapi", (f"127.0.0.1:{fastapi}",))]
    proxy.write(table_of(url_map(RULES), lambda key: key == "GET /users/me", upstreams=upstreams, listen=proxy.listen))
    proxy.run()
    try:
        wait_until(proxy.is_listening)
        wait_until(lambda: proxy.ask("/users/me")["status"] in (502, 503, 504))
        assert proxy.ask("/docs/")["status"] in (502, 503, 504)
        with echoing("flask", flask), echoing("fastapi", fastapi):
            wait_until(lambda: [proxy.side(target) for target in ("/users/me", "/docs/")] == ["fastapi", "flask"])
    finally:
        proxy.stop()


MARKED = [name for name in ENGINES if load(name).STATE == marking.STATE]


@pytest.mark.parametrize("name", MARKED)
def test_what_is_missing_in_a_state_folder_is_flasks(
    name: str, start: Callable[..., Proxy], table_of: Any, monkeypatch: pytest.MonkeyPatch
):
    proxy = start(name, lambda **options: table_of(url_map(RULES), **options))
    link = proxy.directory / marking.FOLDER
    whole = proxy.engine.render(proxy.table)[proxy.engine.STATE]

    def sides() -> list[str | None]:
        return [proxy.side(target) for target in ("/users/me", "/users/5", "/docs/")]

    assert sides() == ["fastapi"] * 3
    lost = next(line.rpartition(" ")[0] for line in whole.splitlines() if line.endswith(" 100"))
    (link / lost).unlink()
    assert sorted(map(str, sides())) == ["fastapi", "fastapi", "flask"]
    (link / "share-100" / marking.ALL).rename(link / "elsewhere")
    assert sides().count("flask") >= (3 if name == "caddy" else 1)
    kept = link.rename(proxy.directory / "kept")
    assert sides() == ["flask"] * 3
    for broken in ("nowhere", "migrate-state", "log"):
        link.symlink_to(broken)
        assert sides() == ["flask"] * 3
        link.unlink()
    link.mkdir()
    with pytest.raises(MigrateError, match="not a link to a folder, as `migrate proxy` makes it: remove it"):
        write(proxy.directory, {proxy.engine.STATE: whole})
    assert sides() == ["flask"] * 3
    link.rmdir()
    kept.rename(link)
    proxy.promote(proxy.table, monkeypatch)
    assert sides() == ["fastapi"] * 3


def test_a_state_folder_that_nginx_may_not_enter_promotes_nothing(start: Callable[..., Proxy], table_of: Any):
    proxy = start("nginx", lambda **options: table_of(url_map(RULES), **options))
    assert proxy.side("/users/me") == "fastapi"
    (proxy.directory / marking.FOLDER).resolve().chmod(0)
    assert proxy.side("/users/me") == "flask"
