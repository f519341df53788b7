"""Scripts inside the application's interpreter: bounded in time, ended with all they started, errors in one line."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from migrator.child import read_env_file, run_group, run_inside, search_path
from migrator.errors import MigrateError


def test_a_script_answers(tmp_path):
    answer = run_inside(Path(sys.executable), "versions.py", ["flask", "no-such-thing"], root=tmp_path)
    assert answer.code == 0
    assert answer.document["distributions"]["no-such-thing"] is None
    assert answer.document["distributions"]["flask"][0].isdigit()
    assert answer.document["version"].startswith("3.")


def test_an_interpreter_that_is_none(tmp_path):
    (tmp_path / "python").write_text("not a program")
    with pytest.raises(MigrateError, match="cannot be run: Permission denied"):
        run_inside(tmp_path / "python", "versions.py", root=tmp_path)


def test_a_script_that_ends_without_an_answer(tmp_path):
    (tmp_path / "python").write_text("#!/bin/sh\necho broken pipe dream\nexit 7\n")
    (tmp_path / "python").chmod(0o755)
    with pytest.raises(MigrateError, match=r"versions\.py gave no answer \(exit code 7\): broken pipe dream"):
        run_inside(tmp_path / "python", "versions.py", root=tmp_path)


FOREVER = """
import os, subprocess, sys, threading, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open("pids", "w").write(f"{os.getpid()} {child.pid}")
threading.Thread(target=time.sleep, args=(600,)).start()
if len(sys.argv) > 1:
    os._exit(0)
time.sleep(600)
"""


def test_a_script_that_does_not_end(tmp_path):
    (tmp_path / "python").write_text("#!/bin/sh\necho waiting\nsleep 600\n")
    (tmp_path / "python").chmod(0o755)
    with pytest.raises(MigrateError, match=r"took longer than 0\.5 s and was ended.*--static-only"):
        run_inside(tmp_path / "python", "versions.py", root=tmp_path, time_limit=0.5)


def is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
@pytest.mark.parametrize("ends", [True, False])
def test_everything_it_started_is_ended(tmp_path, ends):
    command = [sys.executable, "-c", FOREVER, *(["ends"] if ends else [])]
    if ends:
        assert run_group(command, tmp_path, os.environ, 30, tmp_path / "log") == 0
    else:
        with pytest.raises(subprocess.TimeoutExpired):
            run_group(command, tmp_path, os.environ, 2, tmp_path / "log")
    pids = (tmp_path / "pids").read_text().split()
    deadline = time.monotonic() + 10
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(is_running, pids))


def test_an_environment_file(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# comment\nA=1\nexport B='two words' # why\nC=\"x#y\"\nD=plain # comment\nE=\nnot a line\n")
    assert read_env_file(file) == {"A": "1", "B": "two words", "C": "x#y", "D": "plain", "E": ""}
    with pytest.raises(MigrateError, match="cannot be read"):
        read_env_file(tmp_path / "none")


def test_the_search_path_comes_before_what_is_there(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/before")
    assert search_path(tmp_path, ["src", ".."]) == {
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "src"), str(tmp_path / ".."), "/before"])
    }
    assert search_path(tmp_path, []) == {}
