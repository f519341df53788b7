"""`migrate completion`: the script that makes a shell complete `migrate`."""

import click
from click.shell_completion import get_completion_class

from migrator.errors import InternalError


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    bash:  migrate completion bash >> ~/.bashrc
    zsh:   migrate completion zsh >> ~/.zshrc
    fish:  migrate completion fish > ~/.config/fish/completions/migrate.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise InternalError(f"click has no completion for {shell}")
    root = context.find_root().command
    complete = kind(root, {}, "migrate", "_MIGRATE_COMPLETE")
    # Not `source()`: bash's asks for the version of the bash that runs here, which need not be the user's shell.
    click.echo(complete.source_template % complete.source_vars())
