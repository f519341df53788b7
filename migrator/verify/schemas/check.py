"""Compares the schemas of a project and records what came of each as soon as it is known."""

from collections.abc import Callable

from migrator.verify.schemas.evidence import record
from migrator.verify.schemas.options import Check
from migrator.verify.schemas.report import Compared, SchemaReport
from migrator.verify.schemas.workers import compare_all


def check_schemas(check: Check, is_done: Callable[[], None]) -> SchemaReport:
    """Compare them all; `is_done` is called after each. Raises MigrateError when the application cannot be run."""
    compared: list[Compared] = []
    sent_back: set[str] = set()
    for one in compare_all(check):
        compared.append(one)
        sent_back.update(record(check.root, check.settings, one, check.schemas))
        is_done()
    return SchemaReport(tuple(sorted(compared, key=lambda one: one.schema)), check.seed, tuple(sorted(sent_back)))
