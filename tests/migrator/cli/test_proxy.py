"""`migrate proxy`: configuration from the manifest, validated by the proxy itself."""

import shutil

import pytest

needs_nginx = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")


@pytest.fixture
def applied(run, project):
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    assert run("-q", "apply", "--all").exit_code == 0
    return project


def test_a_promotion_changes_the_state_file_only(run, applied):
    assert run("proxy", "--engine", "nginx", "-o", "deploy/nginx").exit_code == 0
    files = {path.name: path.read_bytes() for path in (applied / "deploy/nginx").iterdir()}
    run("promote", "orders.show", "--unverified")
    result = run("proxy", "--engine", "nginx", "-o", "deploy/nginx")
    assert result.exit_code == 0
    assert "1 route(s) to FastAPI" in result.stderr
    changed = [path.name for path in (applied / "deploy/nginx").iterdir() if files[path.name] != path.read_bytes()]
    assert len(files) == 2
    assert changed == ["migrate-state.conf"]


def test_stdout_has_every_file_under_its_name(run, applied):
    result = run("proxy", "--engine", "nginx", "--flask", "unix:/run/shop.sock", "--listen", "127.0.0.1:9999")
    assert result.exit_code == 0
    assert "# --- nginx.conf\n" in result.stdout
    assert "# --- migrate-state.conf\n" in result.stdout
    assert "unix:/run/shop.sock" in result.stdout
    assert "127.0.0.1:9999" in result.stdout


@needs_nginx
def test_nginx_accepts_it(run, applied):
    run("promote", "--all", "--unverified", "--to", "30")
    result = run("proxy", "--engine", "nginx", "--check")
    assert result.exit_code == 0, result.stderr


def test_without_nginx_a_check_says_so(run, applied, monkeypatch):
    monkeypatch.setenv("PATH", str(applied))
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


@pytest.mark.parametrize("option", ["--flask", "--listen"])
def test_an_address_that_no_configuration_can_hold(run, applied, option):
    result = run("proxy", "--engine", "nginx", option, "a b; evil")
    assert result.exit_code == 2
    assert "no configuration for nginx" in result.stderr


def test_an_unknown_engine(run):
    assert run("proxy", "--engine", "apache").exit_code == 2
