"""`migrate verify`: the same requests, or the same data, to both sides, the differences, and the evidence."""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from migrator.cli.options import formats, selectors
from migrator.errors import MigrateError, Refused
from migrator.groups import whole
from migrator.interpreter import Interpreter, find_interpreter, for_target
from migrator.invocation import Invocation
from migrator.manifest.model import SchemaEntry
from migrator.output import counting, say, stdout, working
from migrator.project import application_environment
from migrator.selectors import Selected, select, select_all
from migrator.verify.documents.check import check_documents
from migrator.verify.documents.rendering import as_document as documents_as_json
from migrator.verify.documents.rendering import show as show_lost
from migrator.verify.evidence import record
from migrator.verify.rendering import as_document, show
from migrator.verify.requests_file import Request, read_requests
from migrator.verify.runs import Runs, Setup, replay_requests, run_tests
from migrator.verify.schemas.check import check_schemas
from migrator.verify.schemas.options import Check
from migrator.verify.schemas.rendering import as_document as schemas_as_json
from migrator.verify.schemas.rendering import show as show_schemas
from migrator.verify.verdict import judge
from migrator.workspace import Workspace, open_workspace

MOST_JOBS = 4
"""Processes that compare schemas where nobody says how many: each takes some hundred megabytes."""


class VerifyCommand(click.Command):
    """Takes what follows `--` for pytest; click itself would make it more selectors."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Split at the first `--`."""
        if "--" in args:
            place = args.index("--")
            ctx.meta["pytest"] = tuple(args[place + 1 :])
            args = args[:place]
        return super().parse_args(ctx, args)


@click.command("verify", cls=VerifyCommand, options_metavar="[OPTIONS]", epilog="Arguments of pytest follow a --.")
@selectors()
@click.option(
    "--tests", is_flag=True, help="Run the application's own pytest suite: Flask alone twice, then the gateway."
)
@click.option(
    "--requests",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Send the requests of a file: a JSON list, or a HAR saved by a browser.",
)
@click.option(
    "--schemas",
    is_flag=True,
    help="Hand random data to each Marshmallow schema and to the classes that it became.",
)
@click.option(
    "--openapi",
    is_flag=True,
    help="Tell what the application's own OpenAPI document says and FastAPI's does not.",
)
@click.option(
    "--document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --openapi: the application's document (JSON), where it does not serve one.",
)
@click.option(
    "--inputs",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="With --schemas: how many inputs for each schema.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="With --schemas: how many processes compare, each with an application of its own.  "
    f"[default: a processor each, {MOST_JOBS} at most]",
)
@click.option("--seed", type=click.IntRange(min=0), help="With --schemas: draw the inputs of that run again.")
@click.option(
    "--unsafe", is_flag=True, help="Send the file's POST, PUT, PATCH and DELETE too, to every side, three times."
)
@formats("For people or for machines.")
@click.option("--python", metavar="PATH", help="The application's interpreter or virtual environment.")
@click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Variables for the application (KEY=value); never written anywhere.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=1),
    default=1800.0,
    show_default=True,
    help="Seconds for each of the runs.",
)
@click.pass_context
def command(
    context: click.Context,
    selectors: tuple[str, ...],
    tests: bool,
    file: Path | None,
    schemas: bool,
    openapi: bool,
    document: Path | None,
    inputs: int,
    jobs: int | None,
    seed: int | None,
    unsafe: bool,
    form: str,
    python: str | None,
    env_file: Path | None,
    time_limit: float,
) -> None:
    """Compare Flask alone with FastAPI behind the gateway, for the selected routes or all that are converted.

    Selected routes are served by FastAPI for these runs only; traffic does not move. Clocks, ids and tokens are learnt
    from two runs on Flask alone. Whatever else differs is shown, counts against the evidence, and gives exit code 1.
    Both sides draw the same at random (`random`, Faker, factory_boy, NumPy), with a seed for each test.

    --schemas compares no routes but their schemas: what is loaded, every error message, what is dumped. The inputs are
    drawn from the fields: valid, nearly valid, hostile. Where the two disagree, the smallest such input is shown. The
    schemas' own code runs (hooks, validators), inside an application context: point the application at a database that
    may be written to. A route whose schema disagrees is not promoted without --unverified.

    --openapi compares the document that the application's API extension serves (flask-smorest, APIFlask, apispec,
    Flask-RESTX, flasgger) with FastAPI's: summaries, tags, parameters, bodies, answers, security.

    \b
    Examples:
      migrate verify --tests
      migrate verify orders --tests -- tests/test_orders.py -k create
      migrate verify orders --requests recorded.har
      migrate verify --schemas --inputs 20000
      migrate verify --openapi
    """
    invocation: Invocation = context.obj
    if tests + (file is not None) + schemas + openapi != 1:
        raise click.UsageError("say what to compare with: --tests, --requests FILE, --schemas or --openapi")
    requests = _requests(invocation, file, unsafe) if file else []
    workspace = open_workspace(invocation)
    selected = _selected(workspace, selectors)
    interpreter = find_interpreter(workspace.root, python, workspace.settings.python)
    _check(for_target(interpreter, workspace.root, workspace.settings.target))
    if schemas:
        check = _schema_check(workspace, selectors, selected, interpreter, env_file)
        check = replace(check, inputs=inputs, jobs=jobs or min(os.cpu_count() or 1, MOST_JOBS))
        _compare_schemas(invocation, check if seed is None else replace(check, seed=seed), form)
        return
    variables = application_environment(workspace.root, workspace.settings, env_file, importable=openapi)
    setup = Setup(
        workspace.root, workspace.settings, workspace.manifest, selected, interpreter.path, variables, time_limit
    )
    if openapi:
        _compare_documents(invocation, setup, document, form)
        return
    _compare_answers(invocation, setup, requests, context.meta.get("pytest", ()), form)


def _compare_answers(
    invocation: Invocation, setup: Setup, requests: Sequence[Request], pytest: Sequence[str], form: str
) -> None:
    """Compare what both sides answer to these requests, or in the application's own tests where there are none."""
    say(invocation, f"verifying {len(setup.selected)} route(s): Flask alone twice, then through the gateway")
    with working(invocation, "verifying"):
        runs = replay_requests(setup, requests) if requests else run_tests(setup, pytest)
    _finish(setup, runs, "requests" if requests else "tests", form)


def _finish(setup: Setup, runs: Runs, kind: str, form: str) -> None:
    report = judge(
        "tests" if kind == "tests" else "requests",
        runs.first,
        runs.second,
        runs.gateway,
        [one.key for one in setup.selected],
    )
    recorded = record(setup.root, report, setup.selected)
    if form == "json":
        click.echo(json.dumps(as_document(report, recorded), indent=2, ensure_ascii=False))
    else:
        show(stdout(), report, recorded)
    if not report.is_same:
        raise click.exceptions.Exit(1)


def _schema_check(
    workspace: Workspace,
    selectors: tuple[str, ...],
    selected: tuple[Selected, ...],
    interpreter: Interpreter,
    env_file: Path | None,
) -> Check:
    """What to compare of the schemas of the selected routes, of all without selectors; the inputs are drawn anew."""
    return Check(
        root=workspace.root,
        settings=workspace.settings,
        schemas=_schemas_of(workspace, selectors, selected),
        python=interpreter.path,
        environment=application_environment(workspace.root, workspace.settings, env_file, importable=True),
        seed=secrets.randbelow(10**6),
    )


def _compare_schemas(invocation: Invocation, check: Check, form: str) -> None:
    say(
        invocation,
        f"comparing {len(check.schemas)} schema(s) on {check.inputs} inputs each, drawn with --seed {check.seed}",
    )
    with counting(invocation, "comparing schemas", len(check.schemas)) as is_done:
        report = check_schemas(check, is_done)
    if form == "json":
        click.echo(json.dumps(schemas_as_json(report), indent=2, ensure_ascii=False))
    else:
        show_schemas(stdout(), report)
    if not report.is_same:
        raise click.exceptions.Exit(1)


def _compare_documents(invocation: Invocation, setup: Setup, document: Path | None, form: str) -> None:
    """Compare what both sides say of themselves."""
    with working(invocation, "comparing documents"):
        report = check_documents(setup.python, setup.root, setup.settings, setup.environment, setup.selected, document)
    if form == "json":
        click.echo(json.dumps(documents_as_json(report), indent=2, ensure_ascii=False))
    else:
        show_lost(stdout(), report)
    if not report.is_same:
        raise click.exceptions.Exit(1)


def _schemas_of(
    workspace: Workspace, selectors: tuple[str, ...], selected: tuple[Selected, ...]
) -> dict[str, SchemaEntry]:
    """The converted schemas of the selected routes; all of them without selectors."""
    found = workspace.manifest.schemas
    if selectors:
        wanted = {name for one in selected for name in one.route.schemas}
        found = {name: entry for name, entry in found.items() if name in wanted}
    if not found:
        raise Refused("no schema of these routes is converted: `migrate plan` says which schemas stay and why")
    return found


def _requests(invocation: Invocation, file: Path, unsafe: bool) -> list[Request]:
    listed = read_requests(file)
    sent = [one for one in listed if unsafe or one.is_safe]
    if len(sent) < len(listed):
        say(
            invocation,
            f"{len(listed) - len(sent)} request(s) left out: their methods change something (--unsafe sends them)",
        )
    if not sent:
        raise MigrateError(f"{file}: no request with a safe method: --unsafe sends the others")
    return sent


def _selected(workspace: Workspace, selectors: tuple[str, ...]) -> tuple[Selected, ...]:
    named = select(workspace.manifest, selectors) if selectors else select_all(workspace.manifest)
    chosen = whole(workspace.manifest, named)  # what shares state is served together, or not at all
    able = tuple(one for one in chosen if one.route.converted and one.route.state not in ("legacy", "kept", "retired"))
    gateway = workspace.root / workspace.settings.target / "gateway" / "__init__.py"
    if not able and (selectors or not gateway.exists()):
        raise Refused(
            "none of these routes has a FastAPI side: `migrate apply` first, `migrate plan` says what stays and why"
        )
    return able  # with none converted, the gateway itself is what is compared


def _check(interpreter: Interpreter) -> None:
    if not interpreter.runs_gateway:
        raise MigrateError(f"{interpreter.path} is Python {interpreter.version}: the gateway needs 3.11 or newer")
    if interpreter.missing:
        raise MigrateError(
            f"{interpreter.path}: {', '.join(interpreter.missing)} missing: {interpreter.install_command}"
        )
