"""Generated Python through ruff: imports sorted, unused ones gone, formatted; the same on every machine."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from migrator.errors import InternalError

LINE_LENGTH = "120"


def find_ruff() -> Path | None:
    """The ruff that was installed with us, else one on the path; None without any."""
    beside = Path(sys.executable).with_name("ruff.exe" if sys.platform == "win32" else "ruff")
    if beside.is_file() and os.access(beside, os.X_OK):
        return beside
    found = shutil.which("ruff")
    return Path(found) if found else None


def format_python(files: Mapping[str, str], first_party: Collection[str]) -> dict[str, str]:
    """Format the `*.py` of `files` (path → text); the rest and everything without ruff stays as it is.

    `first_party` are the application's own top-level modules, which are sorted apart from libraries. Raises
    InternalError where ruff cannot read the text, which `check_syntax` tells with its line.
    """
    python = {path: text for path, text in files.items() if path.endswith(".py")}
    ruff = find_ruff()
    if ruff is None or not python:
        return dict(files)
    with tempfile.TemporaryDirectory(prefix="migrate-format-") as name:
        folder = Path(name)
        for path, text in python.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        common = ["--isolated", "--no-cache", "--quiet", "--line-length", LINE_LENGTH, "--target-version", "py311"]
        known = ", ".join(f'"{one}"' for one in sorted(first_party))
        imports = ["--fix", "--exit-zero", "--select", "I,F401", "--config", f"lint.isort.known-first-party=[{known}]"]
        _run([str(ruff), "check", *common, *imports, "."], folder)
        _run([str(ruff), "format", *common, "."], folder)
        done = {path: (folder / path).read_text(encoding="utf-8") for path in python}
    return {**files, **done}


def check_syntax(files: Mapping[str, str]) -> None:
    """Raise InternalError, with the file and line, where a generated `*.py` is no Python."""
    for path, text in files.items():
        if path.endswith(".py"):
            try:
                compile(text, path, "exec", dont_inherit=True)
            except SyntaxError as error:
                raise InternalError(f"generated text is no Python, line {error.lineno}: {error.msg}", path) from error


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InternalError(f"ruff failed: {' '.join(done.stderr.split())[:500]}")
