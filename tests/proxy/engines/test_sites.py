"""A site that exists takes the rules as a part of its own configuration, and keeps what else it serves."""

import json
from typing import Any

import pytest

from proxy.engines import ENGINES
from proxy.engines.envoy import BUCKET, CLIENT, CLUSTERS, ROUTES, STATE, source

from .conftest import Proxy, Upstream, url_map

NGINX = """\
pid nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    include migrate-http.conf;
    server {
        listen {listen} default_server;
        return 418;
    }
    server {
        listen {listen};
        server_name shop.example;
        set $migrate_folder {folder};
        include migrate-server.conf;
    }
}
"""

HAPROXY = """\
global
    stats socket unix@migrate.sock mode 600 level admin

frontend shop from migrate
    bind {listen}
    http-request return status 418 unless { req.hdr(host) -i shop.example }
    use_backend fastapi if { var(txn.migrate_side) -m str fastapi }
    default_backend flask
"""

CADDY = """\
{
    admin unix/migrate-admin.sock
    auto_https off
}
http://shop.example:{port} {
    import migrate.caddy {folder}
}
http://:{port} {
    respond 418
}
"""

TRAEFIK = """\
http:
  routers:
    migrate: {rule: Host(`shop.example`), priority: 1, middlewares: [migrate-claims]}
    other: {rule: '!Host(`shop.example`)', priority: 2, service: other}
  services:
    other: {loadBalancer: {servers: [{url: 'http://127.0.0.1:9'}]}}
"""

NETWORK = "type.googleapis.com/envoy.extensions.filters.network"


def envoy(port: int) -> str:
    """A bootstrap file that takes routes, clusters and runtime from the files that have been made."""
    lua = {"@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua"}
    router = {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}
    manager = {
        "@type": f"{NETWORK}.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "shop",
        "normalize_path": False,
        "use_remote_address": True,
        "skip_xff_append": True,
        "rds": {"route_config_name": "migrate", "config_source": source(ROUTES)},
        "http_filters": [
            {"name": "lua", "typed_config": {**lua, "default_source_code": {"filename": CLIENT}}},
            {"name": "router", "typed_config": router},
        ],
    }
    filters = [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]
    address = {"socket_address": {"address": "127.0.0.1", "port_value": port}}
    bootstrap = {
        "node": {"id": "shop", "cluster": "shop"},
        "layered_runtime": {
            "layers": [{"name": "migrate", "rtds_layer": {"name": "migrate", "rtds_config": source(STATE)}}]
        },
        "static_resources": {"listeners": [{"address": address, "filter_chains": [{"filters": filters}]}]},
        "dynamic_resources": {"cds_config": source(CLUSTERS)},
    }
    return json.dumps(bootstrap)


OWN = {
    "nginx": ("nginx.conf", NGINX),
    "haproxy": ("haproxy.cfg", HAPROXY),
    "caddy": ("Caddyfile", CADDY),
    "traefik": ("migrate/migrate-site.yml", TRAEFIK),
}


def own_file(proxy: Proxy) -> tuple[str, str]:
    """The file of the whole configuration, as a site would have it that includes what has been made."""
    if proxy.name == "envoy":
        return "envoy.json", envoy(proxy.port)
    file, text = OWN[proxy.name]
    return file, text.replace("{listen}", proxy.listen).replace("{port}", str(proxy.port)).replace(
        "{folder}", str(proxy.directory)
    )


@pytest.mark.parametrize("name", ENGINES)
def test_a_site_of_its_own_takes_the_rules_and_promotions(
    name: str, upstreams: list[Upstream], table_of: Any, tmp_path: Any, wait_until: Any, monkeypatch: Any
):
    urls = url_map({"/users/<int:id>": "GET", "/users/me": "GET"})
    proxy = Proxy(name, tmp_path, wait_until)
    before, after = (
        table_of(urls, lambda key, promoted=promoted: key in promoted, upstreams=upstreams, listen=proxy.listen)
        for promoted in (["GET /users/me"], ["GET /users/<int:id>"])
    )
    proxy.write(before)
    file, text = own_file(proxy)
    assert (tmp_path / file).read_text() != text
    (tmp_path / file).write_text(text)
    proxy.start()
    try:
        assert [proxy.side(target) for target in ("/users/me", "/users/5", "/x")] == ["fastapi", "flask", "flask"]
        if name != "envoy":
            assert proxy.side("/users/me", host="other.example") is None
        assert proxy.ask("/users/me", "GET", f"{BUCKET}: 1")["side"] == "fastapi"
        proxy.promote(after, monkeypatch)
        wait_until(lambda: [proxy.side(target) for target in ("/users/me", "/users/5")] == ["flask", "fastapi"])
    finally:
        proxy.stop()
