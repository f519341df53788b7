"""Compares the schemas of a project, one after the other, and records what came of it."""

from migrator.verify.schemas.conversation import conversing
from migrator.verify.schemas.evidence import record
from migrator.verify.schemas.options import Check
from migrator.verify.schemas.proof import compare
from migrator.verify.schemas.report import Compared, SchemaReport

TIME_LIMIT = 60.0
"""Seconds for one input, and for the start."""


def check_schemas(check: Check) -> SchemaReport:
    """Compare them all. Raises MigrateError when the application cannot be run."""
    compared: list[Compared] = []
    with conversing(check.python, check.root, check.settings, check.environment, TIME_LIMIT) as conversation:
        for name, entry in sorted(check.schemas.items()):
            compared.append(compare(conversation, name, entry, check.inputs, check.seed))
    sent_back = record(check.root, check.settings, compared, check.schemas)
    return SchemaReport(tuple(compared), check.seed, sent_back)
