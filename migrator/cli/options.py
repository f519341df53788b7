"""Options that several commands share, and how a selector completes in a shell."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

Command = Callable[..., Any]


def complete_selector(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Blueprints, endpoints and routes of the nearest manifests; nothing where it cannot be read."""
    names: set[str] = set()
    here = Path.cwd()
    for folder in (here, *here.parents):
        manifests = [one for one in folder.glob("migration*.json") if not one.name.endswith(".switch.json")]
        for manifest in manifests:
            try:
                blueprints = json.loads(manifest.read_bytes())["blueprints"]
                for blueprint, section in blueprints.items():
                    names.add(blueprint)
                    names.update(section["routes"])
                    names.update(route["endpoint"] for route in section["routes"].values())
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                pass
        if manifests:
            break
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]


def selectors(required: bool = False) -> Callable[[Command], Command]:
    """The arguments SELECTOR…"""
    return click.argument(
        "selectors", nargs=-1, required=required, metavar="SELECTOR...", shell_complete=complete_selector
    )


def formats(help_text: str, *more: str) -> Callable[[Command], Command]:
    """The option `--format`: text, json and what else the command can write."""
    choice = click.Choice(["text", "json", *more])
    return click.option("--format", "form", type=choice, default="text", show_default=True, help=help_text)


def importing(function: Command) -> Command:
    """The options of every command that may import the application."""
    for option in (
        click.option(
            "--static-only",
            is_flag=True,
            help="Never import the application; what only the live one knows is then unknown.",
        ),
        click.option(
            "--env-file",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Variables for the application (KEY=value); never written anywhere.",
        ),
        click.option("--python", metavar="PATH", help="The application's interpreter or virtual environment."),
    ):
        function = option(function)
    return function
