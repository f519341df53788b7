"""The three runs of a verification, each a process of the application's own interpreter."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.child import INSIDE, child_environment, run_group
from migrator.errors import MigrateError, Refused
from migrator.manifest.model import Manifest
from migrator.manifest.store import dump
from migrator.selectors import Selected
from migrator.settings import Settings
from migrator.verify.exchanges import Run, read_run
from migrator.verify.requests_file import Request

FOLDER = INSIDE / "verification"
#: two runs on Flask alone start so far apart that no clock with seconds shows the same in both
APART = 1.2
TESTS_FAILED = 1
LINES = 40
MODES = {"flask-1": "flask", "flask-2": "flask", "gateway": "gateway"}
#: what is drawn at random is the same on both sides, and changes between the runs that noise is learnt from
SEEDS = {"flask-1": "1", "flask-2": "2", "gateway": "1"}


@dataclass(frozen=True, slots=True)
class Setup:
    """What all runs of a verification have in common. `environment` is what the application gets besides ours."""

    root: Path
    settings: Settings
    manifest: Manifest
    selected: tuple[Selected, ...]
    python: Path
    environment: Mapping[str, str]
    time_limit: float


@dataclass(frozen=True, slots=True)
class Runs:
    """Flask alone twice, and the gateway."""

    first: Run
    second: Run
    gateway: Run


def run_tests(setup: Setup, arguments: Sequence[str]) -> Runs:
    """Run the application's own suite three times. Raises MigrateError when it cannot be run, or has no tests."""
    with tempfile.TemporaryDirectory(prefix="migrate-verify-") as folder:
        work = Path(folder)
        command = [
            str(setup.python), "-m", "pytest", "-p", "migrate_verify.plugin", "-p", "no:randomly",
            "-o", f"cache_dir={work / 'cache'}", f"--basetemp={work / 'tests'}", *arguments,
        ]  # fmt: skip
        return _three(setup, work, command, {})


def replay_requests(setup: Setup, requests: Sequence[Request]) -> Runs:
    """Send the requests three times, each to a process of its own. Raises MigrateError when it does not load."""
    with tempfile.TemporaryDirectory(prefix="migrate-verify-") as folder:
        command = [str(setup.python), "-m", "migrate_verify.replay"]
        return _three(setup, Path(folder), command, {"requests": [one.document() for one in requests]})


def _three(setup: Setup, work: Path, command: Sequence[str], more: Mapping[str, Any]) -> Runs:
    began = time.monotonic()
    first = _run(setup, work, "flask-1", command, more)
    time.sleep(max(0.0, APART - (time.monotonic() - began)))
    second = _run(setup, work, "flask-2", command, more)
    gateway = _run(setup, work, "gateway", command, more)
    return Runs(first, second, gateway)


def _run(setup: Setup, work: Path, name: str, command: Sequence[str], more: Mapping[str, Any]) -> Run:
    out = work / name
    out.mkdir()
    manifest = work / "manifest.json"
    manifest.write_bytes(dump(promoting(setup)))
    options = work / f"{name}.json"
    options.write_text(json.dumps({**options_of(setup, name, out, manifest), **more}), "utf-8")
    environment = child_environment(setup.environment)
    paths = [str(FOLDER), *([environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else [])]
    environment |= {
        "PYTHONPATH": (";" if sys.platform == "win32" else ":").join(paths),
        "MIGRATE_VERIFY_OPTIONS": str(options),
        "MIGRATE_SERVED_BY": "1",
        "PYTHONHASHSEED": "0",
        "COVERAGE_FILE": str(work / "coverage"),
    }
    log = work / f"{name}.txt"
    try:
        code = run_group(command, setup.root, environment, setup.time_limit, log)
    except subprocess.TimeoutExpired:
        raise MigrateError(
            f"the run was ended after {setup.time_limit:g} s: give it longer with --time-limit, or verify fewer tests",
            last_lines(log),
        ) from None
    printed = last_lines(log)
    run = read_run(out)
    if run is None or not run.tests or code not in (0, TESTS_FAILED):
        raise MigrateError(_failure(setup, name, code, printed, run), printed)
    if name == "gateway" and run.problems:
        raise Refused(f"{run.problems[0]}; nothing was recorded", printed)
    return run


def last_lines(log: Path) -> str:
    """The end of what a run has printed: enough to see what went wrong."""
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-LINES:])


def promoting(setup: Setup) -> Manifest:
    """A copy of the manifest in which only the selected routes are live, with absolute names: it lies elsewhere."""
    copy = setup.manifest.model_copy(deep=True)
    keys = {one.key for one in setup.selected}
    for _, key, route in copy.routes():
        is_selected = key in keys
        route.state, route.weight = ("live", 100) if is_selected else ("legacy", 0)
        if route.output is not None:
            route.output.file = (setup.root / route.output.file).as_posix()
    return copy


def options_of(setup: Setup, name: str, out: Path, manifest: Path) -> dict[str, Any]:
    """What the application's side is told, see `migrate_verify.options`."""
    target = setup.root / setup.settings.target
    return {
        "mode": MODES[name],
        "seed": SEEDS[name],
        "root": str(setup.root),
        "out": str(out),
        "app": setup.settings.app,
        "target": setup.settings.package,
        "target_path": str(target.parent),
        "manifest": str(manifest),
        "endpoints": sorted({one.route.endpoint for one in setup.selected}),
        "routes": sorted(one.key for one in setup.selected),
        "twins": twins(setup),
    }


def twins(setup: Setup) -> dict[str, list[str]]:
    """Legacy file → the target's modules that were made of views in it."""
    found: dict[str, set[str]] = {}
    for _, _, route in setup.manifest.routes():
        if route.source is None or route.output is None:
            continue
        inside = Path(route.output.file).relative_to(setup.settings.target).with_suffix("")
        found.setdefault(route.source.file, set()).add(".".join((setup.settings.package, *inside.parts)))
    return {file: sorted(modules) for file, modules in sorted(found.items())}


def _failure(setup: Setup, name: str, code: int, printed: str, run: Run | None) -> str:
    where = "on Flask alone" if MODES[name] == "flask" else "through the gateway"
    if "No module named pytest" in printed:
        return f"{setup.python} has no pytest: install it there, or name the interpreter of the tests with --python"
    if run is not None and run.problems:
        return f"the run {where} ended early: {run.problems[0]}"
    if run is not None and not run.tests and code in (0, 5):
        return f"no test was found in {setup.root}: name files or options after --, such as -- tests"
    last = next((line.strip() for line in reversed(printed.splitlines()) if line.strip()), "it printed nothing")
    return f"the run {where} ended early (exit code {code}): {last}"
