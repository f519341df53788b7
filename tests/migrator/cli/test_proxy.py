"""`migrate proxy`: configuration from the manifest, validated by the proxy itself."""

import re
import socketserver
import tempfile
import threading
from pathlib import Path

import pytest

from migrator.programs import find_program

from ...programs import installed


@pytest.fixture
def nginx():
    return installed("nginx")


@pytest.fixture
def applied(run, project):
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    assert run("-q", "apply", "--all").exit_code == 0
    return project


def test_a_promotion_changes_the_state_file_only(run, applied):
    assert run("proxy", "--engine", "nginx", "-o", "deploy/nginx").exit_code == 0
    folder = applied / "deploy/nginx"
    files = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    before = (folder / "migrate-state").readlink()
    run("promote", "orders.show", "--unverified")
    result = run("proxy", "--engine", "nginx", "-o", "deploy/nginx")
    assert result.exit_code == 0
    assert "1 route(s) to FastAPI" in result.stderr
    assert [path.name for path in files if files[path] != path.read_bytes() and path.suffix != ".lock"] == []
    assert {"migrate-http.conf", "migrate-server.conf", "nginx.conf"} <= {path.name for path in files}
    after = (folder / "migrate-state").readlink()
    states = [sorted(path.name for path in (folder / state).glob("r_*")) for state in (before, after)]
    assert [len(state) for state in states] == [0, 1]


def test_stdout_has_every_file_under_its_name(run, applied):
    result = run("proxy", "--engine", "nginx", "--flask", "unix:/run/shop.sock", "--listen", "127.0.0.1:9999")
    assert result.exit_code == 0
    assert "# --- nginx.conf\n" in result.stdout
    assert "# --- migrate-state/routes\n" in result.stdout
    assert "unix:/run/shop.sock" in result.stdout
    assert "127.0.0.1:9999" in result.stdout


def test_what_a_site_has_made_its_own_is_kept(run, applied):
    assert run("proxy", "--engine", "traefik", "-o", "deploy").exit_code == 0
    site, rules = (applied / "deploy/migrate" / f"migrate-{name}.yml" for name in ("site", "rules"))
    site.write_text("http: {}\n")
    rules.write_text("")
    result = run("proxy", "--engine", "traefik", "-o", "deploy")
    assert result.exit_code == 0, result.stderr
    assert site.read_text() == "http: {}\n"
    assert "migrate-unplain" in rules.read_text()


def test_nginx_accepts_it(run, applied, nginx):
    run("promote", "--all", "--unverified", "--to", "30")
    result = run("proxy", "--engine", "nginx", "--check")
    assert result.exit_code == 0, result.stderr


def test_without_nginx_a_check_says_so(run, applied, monkeypatch):
    monkeypatch.setenv("PATH", str(applied))
    monkeypatch.setattr("migrator.programs.FOLDERS", ())
    result = run("proxy", "--engine", "nginx", "--check")
    assert result.exit_code == 2
    assert "nginx is not installed here" in result.stderr


def test_an_objection_of_nginx_is_shown(run, applied, monkeypatch):
    (applied / "nginx").write_text("#!/bin/sh\necho 'unknown directive' >&2\nexit 1\n")
    (applied / "nginx").chmod(0o755)
    monkeypatch.setenv("PATH", str(applied), prepend=":")
    result = run("proxy", "--engine", "nginx", "--check")
    assert result.exit_code == 1
    assert "unknown directive\nrefused: nginx does not accept the configuration" in result.stderr


def test_an_objection_of_an_old_nginx_tells_which_it_should_be(run, applied, monkeypatch):
    told = 'case "$*" in -v) echo "nginx version: nginx/1.14.2";; *) echo "unknown directive"; exit 1;; esac >&2'
    (applied / "nginx").write_text(f"#!/bin/sh\n{told}\n")
    (applied / "nginx").chmod(0o755)
    monkeypatch.setenv("PATH", str(applied), prepend=":")
    result = run("proxy", "--engine", "nginx", "--check")
    assert result.exit_code == 1
    assert "which is for nginx 1.15.3 or newer; here is nginx version: nginx/1.14.2" in result.stderr


def test_a_promoted_route_that_is_gone_is_named(run, applied):
    run("promote", "--all", "--unverified")
    file = applied / "app.py"
    file.write_text(file.read_text().replace("/<int:order_id>", "/number/<int:order_id>"))
    result = run("proxy", "--engine", "nginx")
    assert result.exit_code == 0
    gone = (
        "GET /orders/<int:order_id>: promoted, and the application has no such route any more: `migrate apply` forgets"
    )
    assert gone in " ".join(result.stderr.split())
    assert "/orders/<int:order_id>" not in result.stdout


def test_two_rules_that_are_one_are_named(run, project):
    file = project / "app.py"
    file.write_text(file.read_text().replace('@orders.get("/<int:order_id>")', TWO_RULES))
    run("-q", "init", "--app", "app:app")
    assert run("-q", "apply", "--all").exit_code == 0
    assert run("promote", "--all", "--unverified").exit_code == 0
    result = run("proxy", "--engine", "nginx")
    assert result.exit_code == 0
    assert "duplicate: GET /orders/<int:number> has the same pattern and is tried first" in result.stderr


TWO_RULES = """@orders.get("/<int:number>")
def number(number):
    return jsonify(number=number)


@orders.get("/<int:order_id>")"""


@pytest.mark.parametrize("option", ["--flask", "--listen"])
def test_an_address_that_no_configuration_can_hold(run, applied, option):
    result = run("proxy", "--engine", "nginx", option, "a b; evil")
    assert result.exit_code == 2
    assert "no configuration for nginx" in result.stderr


def test_an_unknown_engine(run):
    assert run("proxy", "--engine", "apache").exit_code == 2


@pytest.mark.parametrize("engine", ["nginx", "haproxy"])
def test_a_reload_needs_the_folder(engine, run, applied):
    result = run("proxy", "--engine", engine, "--reload")
    assert result.exit_code == 2
    assert "-o FOLDER" in result.stderr


@pytest.fixture
def haproxy(applied, monkeypatch):
    """A program by that name that accepts everything, and a folder whose path is short enough for a socket."""
    (applied / "haproxy").write_text("#!/bin/sh\nexit 0\n")
    (applied / "haproxy").chmod(0o755)
    monkeypatch.setenv("PATH", str(applied), prepend=":")
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_a_proxy_that_does_not_run_cannot_be_told_and_the_state_stays(run, haproxy):
    assert run("proxy", "--engine", "haproxy", "-o", str(haproxy)).exit_code == 0
    before = (haproxy / "migrate-state.map").read_text()
    run("promote", "orders.show", "--unverified")
    result = run("proxy", "--engine", "haproxy", "-o", str(haproxy), "--reload")
    assert result.exit_code == 1
    assert "haproxy cannot be told and serves as before: is it running?" in result.stderr
    assert (haproxy / "migrate-state.map").read_text() == before


@pytest.mark.parametrize(("answer", "code"), [(b"\n", 0), (b"Unknown map entry\n", 1)])
def test_a_proxy_is_told_over_its_socket(answer, code, run, haproxy):
    assert run("proxy", "--engine", "haproxy", "-o", str(haproxy)).exit_code == 0
    run("promote", "orders.show", "--unverified")
    heard = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            heard.append(self.rfile.readline().decode())
            self.wfile.write(answer)

    with socketserver.UnixStreamServer(str(haproxy / "migrate.sock"), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        result = run("proxy", "--engine", "haproxy", "-o", str(haproxy), "--reload")
        server.shutdown()
    assert result.exit_code == code, result.stderr
    assert heard[0].startswith("set map migrate-state.map r_")
    assert " 100" in "".join(heard)


def test_other_rules_need_a_start(run, haproxy):
    result = run("proxy", "--engine", "haproxy", "-o", str(haproxy), "--reload")
    assert result.exit_code == 1
    assert "changed too, and haproxy reads that when it starts" in result.stderr


def test_a_reload_that_fails_says_what_serves(run, applied, monkeypatch):
    (applied / "nginx").write_text('#!/bin/sh\ncase "$*" in *reload*) echo "no process" >&2; exit 1;; esac\n')
    (applied / "nginx").chmod(0o755)
    monkeypatch.setenv("PATH", str(applied), prepend=":")
    assert run("proxy", "--engine", "nginx", "-o", "out").exit_code == 0
    files = {*(applied / "out").glob("*.conf"), applied / "out" / "migrate-state" / "routes"}
    before = {file: file.read_text() for file in files}
    run("promote", "orders.show", "--unverified")
    (applied / "app.py").write_text((applied / "app.py").read_text() + "app.add_url_rule('/new', 'new', lambda: '')\n")
    result = run("proxy", "--engine", "nginx", "-o", "out", "--reload")
    assert result.exit_code == 1
    assert "no process\nrefused: nginx has not taken the new files and serves as before" in result.stderr
    assert {file: file.read_text() for file in files} == before
    assert not any("r_" in name.name for name in (applied / "out" / "migrate-state").iterdir())


def test_a_proof_asks_all_that_are_there(run, applied, monkeypatch):
    run("promote", "--all", "--unverified")
    result = run("proxy", "--prove", "--requests", "300")
    assert result.exit_code == 0, result.stdout + result.stderr
    assert re.search(r"^FastAPI's router: [1-9]\d* request\(s\)", result.stdout, re.MULTILINE)
    for voice in ("the gateway", "the gateway, asked again"):
        assert re.search(rf"^{voice}: 900 request\(s\), [1-9]", result.stdout, re.MULTILINE)
    for name in ("nginx", "haproxy", "caddy"):
        if find_program(name):
            assert re.search(rf"^{name}: 300 request\(s\), [1-9].* 0 disagreement\(s\)$", result.stdout, re.MULTILINE)


def test_a_proof_of_one_proxy_wants_it_installed(run, applied, monkeypatch):
    monkeypatch.setenv("PATH", str(applied))
    monkeypatch.setattr("migrator.programs.FOLDERS", ())
    result = run("proxy", "--prove", "--engine", "haproxy", "--requests", "30")
    assert result.exit_code == 2
    assert "haproxy is not installed here: it cannot be asked" in result.stderr


def test_a_proof_before_anything_is_converted_says_what_was_not_asked(run, project, monkeypatch):
    monkeypatch.setenv("PATH", str(project))
    monkeypatch.setattr("migrator.programs.FOLDERS", ())
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    result = run("proxy", "--prove", "--requests", "30")
    assert result.exit_code == 0, result.stderr
    assert "not asked: the gateway: nothing is converted yet" in result.stdout


def test_a_gateway_that_takes_what_is_not_its_own_is_found(run, applied, nginx):
    dispatch = applied / "fastapi_app/gateway/dispatch.py"
    marker = "return bool(self._decisions.decide(scope, environ).is_fastapi)"
    assert marker in dispatch.read_text()
    dispatch.write_text(dispatch.read_text().replace(marker, "return bool(self._intentions.table())", 1))
    result = run("proxy", "--prove", "--engine", "nginx", "--requests", "60")
    assert result.exit_code == 1
    assert "the gateway says fastapi; to Werkzeug it is" in result.stdout


def test_a_proof_needs_the_live_application(run, applied):
    result = run("proxy", "--prove", "--static-only")
    assert result.exit_code == 2
    assert "--static-only does not go with it" in result.stderr


def test_routes_for_a_cluster(run, applied):
    run("promote", "orders.show", "--unverified")
    sides = ["--flask", "shop-flask:80", "--fastapi", "shop-fastapi:80"]
    result = run("proxy", "--engine", "gateway-api", *sides)
    assert result.exit_code == 0, result.stderr
    assert "path: {type: RegularExpression, value: '^/orders/[0-9]+$'}" in result.stdout
    result = run("proxy", "--engine", "gateway-api", *sides, "--check")
    assert result.exit_code == 2
    assert "the cluster checks and takes it: `kubectl apply --dry-run=server -f FILE`" in result.stderr
    assert "is no Service with its port" in run("proxy", "--engine", "gateway-api").stderr


def test_rules_for_a_load_balancer(run, applied):
    run("promote", "--all", "--unverified")
    group = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/{}/0"
    sides = ["--flask", group.format("flask"), "--fastapi", group.format("fastapi")]
    result = run("proxy", "--engine", "alb", *sides)
    assert result.exit_code == 0, result.stderr
    assert '"Field": "path-pattern"' in result.stdout
    assert "GET /orders/<int:order_id>: undecidable: a load balancer's patterns cannot tell" in result.stderr
    result = run("proxy", "--engine", "alb", *sides, "--check")
    assert result.exit_code == 2
    assert "aws cloudformation deploy" in result.stderr
    assert "is no target group" in run("proxy", "--engine", "alb").stderr
