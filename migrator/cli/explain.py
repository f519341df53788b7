"""`migrate explain`: what a finding means, why it is not automatic, and what to do."""

import click
from click.shell_completion import CompletionItem

from codemods.diagnostics import nearest
from migrator.cli.options import formats
from migrator.diagnostics import diagnostics
from migrator.errors import MigrateError
from migrator.report.explain import listing, listing_json, page, page_json
from migrator.report.terminal import show


def complete_code(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Codes with their summaries, for the shell."""
    known = diagnostics()
    return [
        CompletionItem(code, help=one.summary) for code, one in known.items() if code.startswith(incomplete.upper())
    ]


@click.command("explain")
@click.argument("code", required=False, shell_complete=complete_code)
@formats("For people or machines.")
def command(code: str | None, form: str) -> None:
    """Explain a finding by its code; without a code, list all of them.

    \b
    Examples:
      migrate explain FM302
      migrate explain
    """
    known = diagnostics()
    if code is None:
        click.echo(listing_json(known), nl=False) if form == "json" else show(listing(known))
        return
    diagnostic = known.get(code.upper())
    if diagnostic is None:
        near = nearest(code, known)
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        raise MigrateError(f"no finding has the code '{code}': {hint}`migrate explain` lists all")
    click.echo(page_json(diagnostic), nl=False) if form == "json" else show(page(diagnostic))
