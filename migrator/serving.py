"""The servers that `migrate run` starts: the gateway's, and Flask's where that has a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from migrator.child import INSIDE, end_group, run_inside
from migrator.interpreter import Interpreter

THREADS = "10"
LOOK_SECONDS = 0.2
LONGEST_PAUSE = 5.0
"""Between two starts of a server that ends by itself, in seconds."""
GRACE_SECONDS = 10
GUNICORN_SETTINGS = INSIDE / "gunicorn_settings.py"


@dataclass(frozen=True, slots=True)
class Server:
    """A server's command line, with what it runs, and what people should know of it."""

    name: str
    command: Sequence[str]
    root: Path
    environment: Mapping[str, str]
    remark: str | None = None

    def start(self, *, alone: bool) -> "subprocess.Popen[bytes]":
        """Start it; `alone`: in a process group of its own, which Ctrl-C does not reach."""
        return subprocess.Popen(self.command, cwd=self.root, env=dict(self.environment), start_new_session=alone)


def free_port() -> int:
    """A port on the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def flask_server(
    interpreter: Interpreter, root: Path, app: str, port: int, environment: Mapping[str, str], reload: bool
) -> Server:
    """Flask's own server: gunicorn where it is installed, Werkzeug's where it is not or files are to be watched."""
    wanted = re.fullmatch(r"[\w.]+:\w+(\(.*\))?", app)
    if wanted and not reload and has_gunicorn(interpreter, root):
        command = [str(interpreter.path), "-m", "gunicorn", "--worker-class", "gthread", "--threads", THREADS]
        # By name, since WEB_CONCURRENCY would change it, and the command line wins over every other place.
        command += ["--workers", "1", "--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
        command += ["--config", str(GUNICORN_SETTINGS), app]
        kept = {name: value for name, value in environment.items() if name != "GUNICORN_CMD_ARGS"}
        return Server("gunicorn", command, root, kept, gunicorn_remark(root))
    command = [str(interpreter.path), "-m", "flask", "run", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--with-threads", "--reload" if reload else "--no-reload", "--no-debugger"]
    # The variable, since Flask before 2.2 has no --app; the development server's banner would name a port of no use.
    return Server("werkzeug", command, root, {**environment, "FLASK_APP": app, "PYTHONUNBUFFERED": "1"})


def gunicorn_remark(root: Path) -> str | None:
    """What is read of the application's own settings of gunicorn; None where it has none."""
    if not (root / "gunicorn.conf.py").is_file():
        return None
    return (
        "gunicorn.conf.py: hooks, raw_env, pythonpath, limits of requests, trusted proxies and timeouts are honoured, "
        "address, workers, TLS and logs are not"
    )


def has_gunicorn(interpreter: Interpreter, root: Path) -> bool:
    """Whether the application's environment has gunicorn."""
    found = run_inside(interpreter.path, "versions.py", ["gunicorn"], root=root).document["distributions"]
    return found["gunicorn"] is not None


def serve(gateway: Server, legacy: Server | None, tell: Callable[[str], None]) -> int:
    """Run the servers until the gateway ends or we are told to; its exit code, 0 after Ctrl-C.

    Flask is started again when its server ends: the gateway answers 503 meanwhile.
    """
    behind: Kept | None = None
    process: subprocess.Popen[bytes] | None = None
    is_ended = False

    def pass_on(number: int, frame: FrameType | None) -> None:
        nonlocal is_ended
        is_ended = True
        if process is not None:
            process.send_signal(signal.SIGTERM)

    # Before anything starts: nothing would end a server in a process group of its own, not even a closed terminal.
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` has it
            signal.signal(number, pass_on)
    try:
        behind = Kept(legacy, tell) if legacy is not None else None
        process = gateway.start(alone=False)
        if is_ended:
            process.send_signal(signal.SIGTERM)
        while True:
            try:
                code = process.wait(LOOK_SECONDS if behind else None)
                return 0 if code in (-signal.SIGINT, -signal.SIGTERM) else code if code >= 0 else 1
            except subprocess.TimeoutExpired:
                assert behind is not None
                behind.look()
            except KeyboardInterrupt:
                continue  # the terminal sends Ctrl-C to the server too: wait for it to end
    finally:
        if behind is not None:
            behind.end()


class Kept:
    """A server that is started again when it ends."""

    def __init__(self, server: Server, tell: Callable[[str], None]) -> None:
        self.server = server
        self.tell = tell
        self.pause = LOOK_SECONDS
        self.again_at = 0.0
        self.started_at = time.monotonic()
        self.process: subprocess.Popen[bytes] | None = server.start(alone=True)

    def look(self) -> None:
        """Start it again if it has ended, later each time if it does so at once."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.again_at:
                self.started_at, self.process = now, self.server.start(alone=True)
            return
        code = self.process.poll()
        if code is None:
            return
        end_group(self.process)
        self.pause = LOOK_SECONDS if now - self.started_at > LONGEST_PAUSE else min(self.pause * 2, LONGEST_PAUSE)
        self.again_at, self.process = now + self.pause, None
        why = f"by signal {-code}" if code < 0 else f"with exit code {code}"
        self.tell(f"Flask's server ({self.server.name}) has ended {why}: it is started again")

    def end(self) -> None:
        """End it and all that it started: asked first, then made to."""
        if self.process is None:
            return
        if sys.platform == "win32":
            self.process.terminate()
        else:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            end_group(self.process)
