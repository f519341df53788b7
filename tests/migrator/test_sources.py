"""Which files are read."""

import os

import pytest

from migrator.sources import read_sources


def put(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"# {path}\n")


def test_only_the_projects_own_python(tmp_path):
    put(
        tmp_path,
        "app.py",
        "shop/orders/views.py",
        "shop/notes.txt",
        ".hidden/x.py",
        "node_modules/x.py",
        "env/lib/python3.11/site-packages/x.py",
        "shop/__pycache__/x.py",
        "fastapi_app/main.py",
        "other/fastapi_app/kept.py",
    )
    put(tmp_path, "environment/pyvenv.cfg", "environment/x.py")
    files = read_sources(tmp_path, "fastapi_app").files
    assert list(files) == ["app.py", "other/fastapi_app/kept.py", "shop/orders/views.py"]
    assert files["app.py"] == b"# app.py\n"


def test_include_and_exclude(tmp_path):
    put(tmp_path, "shop/a.py", "shop/old/b.py", "scripts/c.py", "d.py")
    assert list(read_sources(tmp_path, "x", include=["shop/*"]).files) == ["shop/a.py", "shop/old/b.py"]
    assert list(read_sources(tmp_path, "x", exclude=["shop/old/**", "d.py"]).files) == ["scripts/c.py", "shop/a.py"]


def test_a_nested_target(tmp_path):
    put(tmp_path, "src/api/main.py", "src/shop/a.py")
    assert list(read_sources(tmp_path, "src/api").files) == ["src/shop/a.py"]


def test_a_loop_of_links_ends(tmp_path):
    put(tmp_path, "shop/a.py")
    (tmp_path / "shop" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert list(read_sources(tmp_path, "x").files) == ["shop/a.py"]


def test_a_dangling_link_is_a_finding_and_the_rest_is_read(tmp_path):
    put(tmp_path, "a.py")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    sources = read_sources(tmp_path, "x")
    assert list(sources.files) == ["a.py"]
    [finding] = sources.findings
    assert str(finding) == "gone.py:1: FM009 file cannot be read: no such file or directory"


@pytest.mark.skipif(os.getuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_a_finding(tmp_path):
    put(tmp_path, "a.py", "b.py")
    (tmp_path / "b.py").chmod(0)
    sources = read_sources(tmp_path, "x")
    assert list(sources.files) == ["a.py"]
    assert [finding.code for finding in sources.findings] == ["FM009"]
