"""Runs a script of ours inside the application's own interpreter, and ends it with everything it started.

The script writes one JSON document to the file given with `--out`. Importing an application runs the user's code:
threads and processes that it leaves behind are ended with its process group.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.errors import MigrateError

INSIDE = Path(__file__).with_name("inside")
TIME_LIMIT = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a script wrote, its exit code, and the end of what it printed."""

    document: dict[str, Any]
    code: int
    output: str


def run_inside(
    python: Path,
    script: str,
    arguments: Sequence[str] = (),
    *,
    root: Path,
    environment: Mapping[str, str] | None = None,
    time_limit: float = TIME_LIMIT,
) -> Answer:
    """Run `migrator/inside/<script>` with `--out FILE` added, in `root`.

    Raises MigrateError when the interpreter does not start, the script takes longer than `time_limit` seconds, or it
    ends without a document.
    """
    with tempfile.TemporaryDirectory(prefix="migrate-") as folder:
        out, log = Path(folder) / "document.json", Path(folder) / "output.txt"
        command = [str(python), str(INSIDE / script), *arguments, "--out", str(out)]
        try:
            code = run_group(command, root, child_environment(environment), time_limit, log)
        except subprocess.TimeoutExpired:
            raise MigrateError(
                f"importing the application took longer than {time_limit:g} s and was ended: does it wait for a "
                f"server, or run one, at import? `--static-only` never imports it",
                _printed(log),
            ) from None
        output = _printed(log)
        try:
            document = json.loads(out.read_bytes())
        except (OSError, ValueError) as error:
            why = f"ended by signal {-code}" if code < 0 else f"exit code {code}"
            raise MigrateError(f"{python}: {script} gave no answer ({why}): {_last_line(output)}", output) from error
    return Answer(document, code, output)


def run_group(command: Sequence[str], root: Path, environment: Mapping[str, str], time_limit: float, log: Path) -> int:
    """Run a command to its end in a process group of its own, what it prints in `log`; the exit code.

    The group is ended with it. Raises MigrateError when the command cannot start, `subprocess.TimeoutExpired` when it
    is not done in time.
    """
    with log.open("wb") as printed:
        try:
            process = subprocess.Popen(
                command,
                cwd=root,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise MigrateError(f"{command[0]}: cannot be run: {error.strerror or error}") from error
        try:
            return process.wait(time_limit)
        finally:
            end_group(process)


def end_group(process: subprocess.Popen[Any]) -> None:
    """End a process and all it started, at once. A process that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment for a child: without what would change its Python into ours, and without traces in the tree."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONHOME", "__PYVENV_LAUNCHER__")}
    return {**environment, "PYTHONDONTWRITEBYTECODE": "1", **(extra or {})}


def search_path(root: Path, folders: Sequence[str]) -> dict[str, str]:
    """`PYTHONPATH` for a child: the settings' folders in front of what is there."""
    places = [str(root / folder) for folder in folders]
    before = os.environ.get("PYTHONPATH", "")
    return {"PYTHONPATH": os.pathsep.join([*places, *([before] if before else [])])} if places else {}


def read_env_file(file: Path) -> dict[str, str]:
    """`KEY=value` lines, quotes and `export` allowed. Raises MigrateError when the file cannot be read."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MigrateError(f"{file}: the environment file cannot be read: {error}") from error
    found = {}
    for line in lines:
        match = re.match(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$", line)
        if match:
            name, value = match.groups()
            quoted = value[:1] in ("'", '"') and value.count(value[0]) > 1
            found[name] = value[1 : value.rindex(value[0])] if quoted else re.split(r"\s+#", value)[0]
    return found


def _printed(log: Path) -> str:
    """The end of what a script has printed."""
    return log.read_bytes()[-20_000:].decode(errors="replace")


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it printed nothing"
