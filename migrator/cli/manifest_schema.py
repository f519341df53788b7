"""`migrate manifest-schema`: the JSON Schema of the manifest, for editors and for tools that read it."""

import json

import click

from migrator.manifest.model import json_schema


@click.command("manifest-schema")
def command() -> None:
    """Print the JSON Schema of migration.json.

    \b
    Example:
      migrate manifest-schema > migration.schema.json
    """
    click.echo(json.dumps(json_schema(), indent=2))
