"""The group `migrate`: the options before a command, and what an error becomes."""

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

import migrator
from migrator.cli.lazy import LazyGroup
from migrator.errors import InternalError
from migrator.invocation import Invocation

COMMANDS = {
    "init": "Find the application and start a manifest.",
    "plan": "Say what can move to FastAPI, what cannot, and why.",
    "explain": "Explain a finding such as FM302.",
    "apply": "Write the FastAPI side of blueprints, endpoints or everything.",
    "run": "Serve both applications behind one port.",
    "verify": "Send the same requests to both sides and record the evidence.",
    "promote": "Move traffic to FastAPI.",
    "rollback": "Move traffic back to Flask, at once.",
    "watch": "Show traffic, errors and differences while they happen; roll back by a gate.",
    "switch": "Show, adopt or clear the overrides in migration.switch.json.",
    "keep": "Decide that a route stays on Flask, with the reason.",
    "status": "Show how far the migration is.",
    "proxy": "Write configuration for a real proxy.",
    "manifest-schema": "Print the JSON Schema of migration.json.",
    "completion": "Print the completion script of a shell.",
}

HELP = """Move a Flask application to FastAPI, one route at a time.

What has moved is served by FastAPI, everything else by Flask, behind one port, with the same answers. Legacy files
are never changed, and every step can be undone at once.

\b
A journey from start to finish:
  migrate init --app shop.wsgi:app      find the application
  migrate plan                          what can move, what cannot, why
  migrate apply orders                  write the FastAPI side of a blueprint
  migrate run                           both sides behind one port
  migrate verify orders --tests         prove that the answers are the same
  migrate promote orders                move its traffic
  migrate rollback orders               and back again, at once
  migrate status

\b
SELECTORS name what a command works on:
  orders                                a blueprint (. is the application itself)
  orders.show                           an endpoint
  "GET /orders/<int:order_id>"          a route

\b
EXIT CODES
  0    done
  1    the answer is no: differences, a refused step, a file that could not be read
  2    usage or configuration
  123  an error of migrate itself
"""


@click.group(
    cls=LazyGroup,
    commands_by_name=COMMANDS,
    help=HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="`migrate COMMAND --help` shows examples of each.",
)
@click.option(
    "-C",
    "--project",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Work in this folder instead of the current one.",
)
@click.option(
    "-A",
    "--application",
    metavar="PACKAGE",
    help="Which application, where the tree has several: the package that it is converted to.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say more; show tracebacks.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing on stderr but errors.")
@click.version_option(migrator.__version__, "-V", "--version", prog_name="migrate")
@click.pass_context
def cli(context: click.Context, directory: Path, application: str | None, verbose: bool, quiet: bool) -> None:
    """The group; its help is `HELP`."""
    context.obj = Invocation(directory.resolve(), application, verbose, quiet)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Errors are shown here, and nowhere else."""
    try:
        result = cli.main(args=arguments, prog_name="migrate", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing is half done: `migrate status` shows where things stand", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing may be flushed into it at exit
        return 1
    except Exception as error:
        return internal_error(error)
    return result if isinstance(result, int) else 0


def internal_error(error: Exception) -> int:
    """Say plainly that it is our mistake, and leave a report to send in."""
    text = "".join(traceback.format_exception(error))
    arguments = sys.argv[1:]
    if {"-v", "--verbose"} & set(arguments):
        click.echo(text, err=True)
    with tempfile.NamedTemporaryFile(
        "w", prefix="migrate-report-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        report.write(f"migrate {migrator.__version__}, Python {sys.version}\narguments: {arguments}\n\n{text}")
    file = f" on {error.file}" if isinstance(error, InternalError) and error.file else ""
    what = " ".join(str(error).split())
    click.echo(
        f"internal error{file}: {type(error).__name__}: {what}; this is a mistake of migrate, not yours: "
        f"please report it with {report.name}",
        err=True,
    )
    return 123
