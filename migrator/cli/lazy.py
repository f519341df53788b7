"""A click group that knows its commands by name and imports one only when it runs.

`migrate --help` and shell completion of names must not pay for libcst, pydantic or rich.
"""

import importlib
from collections.abc import Mapping

import click
from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """A group over `commands_by_name`: command name → one line of help. `migrator.cli.<name>` holds `command`."""

    def __init__(self, *args: object, commands_by_name: Mapping[str, str], **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # click's own keywords, passed through
        self.commands_by_name = commands_by_name

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table, which is the order of the journey."""
        return list(self.commands_by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now. None for a name that is not in the table."""
        if cmd_name not in self.commands_by_name:
            return None
        module = importlib.import_module(f"migrator.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with our names in the suggestion for a name that is not known."""
        if args and not args[0].startswith("-") and args[0] not in self.commands_by_name and not ctx.resilient_parsing:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=list(self.commands_by_name), ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself, without importing a command for its help."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.commands_by_name.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Completion of names from the table, and of the group's own options."""
        names = [
            CompletionItem(name, help=text)
            for name, text in self.commands_by_name.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)
