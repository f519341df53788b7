"""Compares the documents of a project."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from migrator.errors import MigrateError
from migrator.selectors import Selected
from migrator.settings import Settings
from migrator.verify.documents.asking import ask_both, read_document
from migrator.verify.documents.comparison import DocumentReport, compare
from migrator.verify.documents.operations import operations


def check_documents(
    python: Path,
    root: Path,
    settings: Settings,
    environment: Mapping[str, str],
    selected: Iterable[Selected],
    file: Path | None,
) -> DocumentReport:
    """Compare what both say of the selected routes; `file` has the application's document where it serves none.

    Raises MigrateError when the application cannot be asked or there is no document.
    """
    flask, fastapi, asked = ask_both(python, root, settings, environment)
    if file is not None:
        flask = [(str(file), read_document(file))]
    if not flask:
        where = f"there is none at {', '.join(asked)}" if asked else "no rule sounds like one"
        raise MigrateError(f"'{settings.app}' serves no OpenAPI document ({where}): name a file with --document")
    converted = [(one.route.method, one.route.rule) for one in selected]
    listed = [one for _, content in flask for one in operations(content)]
    return compare([path for path, _ in flask], listed, operations(fastapi), converted)
