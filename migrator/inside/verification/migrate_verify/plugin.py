"""The pytest plugin: loaded by `-p migrate_verify.plugin`, it changes nothing that a test can see but who answers."""

from __future__ import annotations

from typing import Any

import pytest

from . import client, replaced
from .assignments import Assignments
from .gateways import Gateways
from .options import Options, read_options
from .randomness import seed
from .recording import Recorder, describe
from .replacements import Replacements
from .twins import Twins


class Plugin:
    """Follows the tests of one process: which one runs, how each ends, what it replaces."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.recorder = Recorder(options.mode)
        if options.mode == "flask":
            client.install(self.recorder, lambda app, _exchange: app)
            return
        gateways = Gateways(options, self.recorder)
        replacements = Replacements(Twins(options), self.recorder, gateways.import_target)
        assignments = Assignments(replacements)
        gateways.when_imported = assignments.begin
        gateways.before_request = assignments.look
        gateways.is_held = replacements.held
        client.install(self.recorder, gateways.choose)
        replaced.listen(replacements)

    def pytest_collectstart(self, collector: Any) -> None:
        """What a file draws while it is imported does not depend on what was collected before it."""
        seed(f"{self.options.seed} {collector.nodeid}")

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Any:
        """Requests from here on belong to this test, those of its fixtures included."""
        self.recorder.test = item.nodeid
        seed(f"{self.options.seed} {item.nodeid}")
        yield
        self.recorder.test = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        """How one phase of a test ended; a failure of any phase is the test's."""
        outcome = outcome_of(report)
        known = self.recorder.tests.get(report.nodeid)
        if known is None or known["outcome"] == "passed" or outcome not in ("passed", "skipped"):
            self.recorder.tests[report.nodeid] = {"outcome": outcome, "detail": detail_of(report)}

    def pytest_collectreport(self, report: Any) -> None:
        """A file that could not be collected."""
        if report.failed:
            self.recorder.tests[report.nodeid or "<collection>"] = {"outcome": "error", "detail": detail_of(report)}

    def pytest_internalerror(self, excrepr: Any, excinfo: Any) -> None:
        """An error of pytest or of a plugin."""
        self.recorder.problems.append(describe(excinfo.value))

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Write everything down: fixtures of the session have ended by now."""
        self.recorder.write(self.options.out)


def outcome_of(report: Any) -> str:
    """passed, failed, skipped, xfailed, xpassed or error (outside of the test's own call)."""
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.failed and report.when != "call":
        return "error"
    return str(report.outcome)


def detail_of(report: Any) -> str:
    """The line that says why a test failed."""
    crash = getattr(getattr(report, "longrepr", None), "reprcrash", None)
    text = crash.message if crash is not None else str(getattr(report, "longrepr", None) or "")
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return (lines[0] if crash is not None else lines[-1])[:300] if lines and not report.passed else ""


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """What is drawn while conftest.py is imported, which comes ahead of everything else."""
    seed(read_options().seed)


def pytest_configure(config: Any) -> None:
    """Register the plugin's object."""
    config.pluginmanager.register(Plugin(read_options()), "migrate-verify-recorder")
