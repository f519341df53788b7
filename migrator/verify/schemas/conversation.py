"""The application's interpreter, which has both sides of every schema, at the other end of a pipe."""

import json
import os
import pickle
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.child import INSIDE, child_environment, end_group
from migrator.errors import MigrateError
from migrator.settings import Settings

FOLDER = INSIDE / "schemas"
PROTOCOL = 4


@dataclass(slots=True)
class Conversation:
    """Questions to the process, answered one by one. `log` is what it prints meanwhile."""

    process: "subprocess.Popen[bytes]"
    log: Path
    time_limit: float

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Its answer. Raises MigrateError when it has ended, or does not answer in time."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(pickle.dumps(question, PROTOCOL))
            self.process.stdin.flush()
        except OSError:
            raise self._ended() from None
        return self.answer()

    def answer(self) -> dict[str, Any]:
        """The next answer."""
        assert self.process.stdout is not None
        is_waited_for = sys.platform == "win32" or select.select([self.process.stdout], [], [], self.time_limit)[0]
        line = self.process.stdout.readline() if is_waited_for else b""
        if not line.endswith(b"\n"):
            raise self._ended()
        found: dict[str, Any] = json.loads(line)
        return found

    def _ended(self) -> MigrateError:
        printed = self.log.read_text("utf-8", "replace")
        last = next((line.strip() for line in reversed(printed.splitlines()) if line.strip()), "it printed nothing")
        return MigrateError(
            f"the application's process ended or did not answer for {self.time_limit:g} s: {last}", printed[-20_000:]
        )


@contextmanager
def conversing(
    python: Path, root: Path, settings: Settings, environment: Mapping[str, str], time_limit: float
) -> Iterator[Conversation]:
    """Start the application in its interpreter. Raises MigrateError when it cannot be imported."""
    with tempfile.TemporaryDirectory(prefix="migrate-schemas-") as folder:
        log = Path(folder) / "log.txt"
        variables = child_environment(environment)
        paths = [str(FOLDER), *([variables["PYTHONPATH"]] if variables.get("PYTHONPATH") else [])]
        variables |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "0"}
        target = root / settings.target
        command = [str(python), "-m", "migrate_schemas", "--app", settings.app, "--target", settings.package]
        with log.open("wb") as stream:
            try:
                process = subprocess.Popen(
                    [*command, "--path", str(target.parent)],
                    cwd=root,
                    env=variables,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stream,
                    start_new_session=sys.platform != "win32",
                )
            except OSError as error:
                raise MigrateError(f"{python}: cannot be run: {error.strerror or error}") from error
            try:
                conversation = Conversation(process, log, time_limit)
                first = conversation.answer()
                if "error" in first:
                    raise MigrateError(f"'{settings.app}' cannot be started: {first['error']}", first["traceback"])
                yield conversation
            finally:
                end_group(process)
