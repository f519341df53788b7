"""The servers that `migrate run` starts end with it, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.serving import Server, serve

FOREVER = "import signal; signal.pause()"


@pytest.fixture(autouse=True)
def handlers():
    """The handlers of this process, as they were; none at first, whatever `nohup` has set."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def started(monkeypatch):
    """The processes that were started."""
    found = []
    start = Server.start

    def noted(self, *, alone):
        found.append(start(self, alone=alone))
        return found[-1]

    monkeypatch.setattr(Server, "start", noted)
    return found


def server(root: Path, *command: str) -> Server:
    return Server("python", command, root, dict(os.environ))


def test_flasks_server_ends_where_the_gateways_cannot_start(tmp_path: Path, started: list[subprocess.Popen[bytes]]):
    with pytest.raises(FileNotFoundError):
        serve(server(tmp_path, str(tmp_path / "none")), server(tmp_path, sys.executable, "-c", FOREVER), print)
    assert [one.poll() is not None for one in started] == [True]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_both(number: int, tmp_path: Path, started: list[subprocess.Popen[bytes]]):
    gateway = server(
        tmp_path, sys.executable, "-c", f"import os, signal; os.kill(os.getppid(), {number}); signal.pause()"
    )
    assert serve(gateway, server(tmp_path, sys.executable, "-c", FOREVER), print) == 0
    assert [one.poll() is not None for one in started] == [True, True]


def test_what_is_ignored_stays_ignored(tmp_path: Path):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    assert serve(server(tmp_path, sys.executable, "-c", ""), None, print) == 0
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
