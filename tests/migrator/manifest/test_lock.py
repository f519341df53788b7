"""One writer at a time, also across processes; a dead one lets go."""

import os
import signal
import subprocess
import sys

import pytest

from migrator.errors import MigrateError
from migrator.manifest import lock
from migrator.manifest.lock import locked

HOLD = """
import sys
from pathlib import Path
from migrator.manifest.lock import _exclusive, _flock, locked
import migrator.manifest.lock as module
if sys.argv[2] == "exclusive":
    module.fcntl = None
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(params=["flock", "exclusive"])
def kind(request, monkeypatch):
    if request.param == "exclusive":
        monkeypatch.setattr(lock, "fcntl", None)
    return request.param


@pytest.fixture
def holder(tmp_path, kind):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "lock"), kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_another_process_is_named(tmp_path, holder):
    with (
        pytest.raises(MigrateError, match=rf"another migrate \(process {holder.pid}\)"),
        locked(tmp_path / "lock", 0.2),
    ):
        pytest.fail("two processes hold the lock")


def test_a_killed_process_lets_go(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    with locked(tmp_path / "lock", 5):
        pass


def test_it_waits_for_a_process_that_ends(tmp_path, holder):
    holder.stdin.close()
    with locked(tmp_path / "lock", 20):
        assert holder.wait(10) == 0


def test_it_can_be_held_again(tmp_path, kind):
    for _ in range(2):
        with locked(tmp_path / "lock", 1):
            pass
