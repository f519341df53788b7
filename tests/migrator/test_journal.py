"""Many files as one: whatever kills `apply`, and whenever, the next command finds everything or nothing."""

import os
import signal
import subprocess
import sys

import pytest

from migrator.errors import MigrateError
from migrator.journal import Write, commit, journal_file, recover

FILES = {"api/main.py": b"main\n", "api/routers/orders.py": b"orders\n", "migration.json": b"{}\n"}
OLD = {"api/main.py": b"before\n", "api/gone.py": b"gone\n"}

# Kills itself, for real, when the given function of the write is about to be called for the n-th time.
CRASH = """
import os, pathlib, signal, sys
from migrator.journal import Write, commit

name, count = sys.argv[1], int(sys.argv[2])
owner = {"replace": pathlib.Path, "unlink": pathlib.Path, "fsync": os, "mkdir": pathlib.Path}[name]
original = getattr(owner, name)

def killing(*arguments, **options):
    global count
    if count == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    count -= 1
    return original(*arguments, **options)

setattr(owner, name, killing)
root = pathlib.Path.cwd()
files = {"api/main.py": b"main\\n", "api/routers/orders.py": b"orders\\n", "api/gone.py": None}
files["migration.json"] = b"{}\\n"
there = {path: (root / path).read_bytes() if (root / path).exists() else None for path in files}
commit(root, [Write(path, there[path], after) for path, after in files.items()])
print("done")
"""


@pytest.fixture
def root(tmp_path):
    for path, content in {**OLD, "app.py": b"legacy\n"}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return tmp_path


def tree(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".migrate" not in path.parts
    }


def crash(root, name, count):
    done = subprocess.run([sys.executable, "-c", CRASH, name, str(count)], cwd=root, capture_output=True, text=True)
    if done.returncode == 0:
        return False
    assert done.returncode == -signal.SIGKILL, done.stderr
    return True


@pytest.mark.parametrize("name", ["replace", "unlink", "fsync", "mkdir"])
def test_killed_at_any_point_it_is_completed_or_nothing_happened(root, name):
    before = tree(root)
    after = {"app.py": b"legacy\n", **FILES}
    seen = set()
    for count in range(40):
        for path in set(tree(root)) - set(before):
            (root / path).unlink()
        for path, content in before.items():
            (root / path).write_bytes(content)
        if not crash(root, name, count):
            assert tree(root) == after
            break
        had_journal = journal_file(root).exists()
        recover(root)
        left = {path: content for path, content in tree(root).items() if not path.endswith(".migrate-tmp")}
        assert left == (after if had_journal else before)
        assert not journal_file(root).exists()
        seen.add(had_journal)
        # What a crash leaves under a temporary name is taken over by the next write.
        commit(root, [Write(path, left.get(path), content) for path, content in FILES.items()])
        commit(root, [Write("api/gone.py", left.get("api/gone.py"), None)])
        assert tree(root) == after
    else:
        pytest.fail("it was killed every time")
    assert seen == {"replace": {True, False}, "unlink": {True, False}, "fsync": {True, False}}.get(name, seen)
    assert seen


def test_nothing_to_recover(root):
    assert recover(root) == 0
    assert not (root / ".migrate").exists()


def interrupted(root, path, content):
    """A journal whose writes did not happen, and an edit of one of its files after that."""
    assert crash(root, "replace", 1)
    assert journal_file(root).exists()
    (root / path).write_bytes(content)


def test_an_edit_made_after_the_crash_is_not_overwritten(root):
    interrupted(root, "api/main.py", b"edited\n")
    with pytest.raises(MigrateError, match=r"main\.py: was edited after an `apply` was interrupted"):
        recover(root)
    assert (root / "api/main.py").read_bytes() == b"edited\n"
    assert not (root / "migration.json").exists()
    journal_file(root).unlink()
    assert recover(root) == 0


def test_a_damaged_journal_is_named(root):
    interrupted(root, "api/main.py", OLD["api/main.py"])
    journal_file(root).write_text("{")
    with pytest.raises(MigrateError, match=r"journal\.json: is damaged: delete it"):
        recover(root)


@pytest.fixture
def as_nobody():
    """Lose the rights of root for a test: root may write everywhere."""
    if os.getuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_a_folder_that_cannot_be_written_is_seen_before_anything_is_written(root, request):
    for folder in (root, *root.parents):
        if folder.name.startswith(("pytest-", "popen-")):
            folder.chmod(0o755)
    root.chmod(0o777)
    (root / "api").chmod(0o555)
    request.getfixturevalue("as_nobody")
    with pytest.raises(MigrateError, match=r"api: cannot be written: Permission denied; nothing was changed"):
        commit(root, [Write("aaa/first.py", None, b"x\n"), Write("api/main.py", OLD["api/main.py"], b"x\n")])
    assert not (root / "aaa" / "first.py").exists()
    assert not (root / ".migrate").exists()
    (root / "api").chmod(0o755) if os.geteuid() != 65534 else None


def test_a_file_in_the_place_of_a_folder(root):
    (root / "target").write_text("")
    with pytest.raises(MigrateError, match="target: cannot be made"):
        commit(root, [Write("target/main.py", None, b"x\n")])


def test_a_file_keeps_its_mode(root):
    (root / "api/main.py").chmod(0o640)
    commit(root, [Write("api/main.py", b"before\n", b"after\n")])
    assert (root / "api/main.py").stat().st_mode & 0o777 == 0o640
