"""`migrate run`: both applications behind one port."""

import socket
from pathlib import Path, PurePosixPath

import click

from migrator.child import child_environment
from migrator.cli.options import importing
from migrator.errors import MigrateError
from migrator.interpreter import Interpreter, find_gateway_interpreter, find_interpreter, for_target
from migrator.invocation import Invocation
from migrator.output import say
from migrator.project import application_environment, runs_apart
from migrator.serving import Server, flask_server, free_port, serve
from migrator.settings import Settings
from migrator.traffic.reading import store_of
from migrator.workspace import open_workspace


@click.command("run")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The port to listen on; 0: any free one.",
)
@click.option("--reload/--no-reload", default=True, show_default=True, help="Start again when a file changes.")
@importing
@click.pass_context
def command(
    context: click.Context,
    host: str,
    port: int,
    reload: bool,
    python: str | None,
    env_file: Path | None,
    static_only: bool,
) -> None:
    """Serve both applications behind one port, for development: FastAPI what is promoted, Flask everything else.

    The header X-Served-By tells which side answered. In production, any ASGI server runs the same application:
    uvicorn fastapi_app.asgi:app

    With `apart = true` in [tool.migrate], or where the application's Python is older than 3.11, Flask runs in a process
    of its own and FastAPI with `gateway-python`.

    \b
    Examples:
      migrate run
      migrate run --port 5000 --no-reload
    """
    if static_only:
        raise click.UsageError("serving the application imports it: --static-only and run do not go together")
    invocation: Invocation = context.obj
    workspace = open_workspace(invocation)
    root, settings = workspace.root, workspace.settings
    if not (root / settings.target / "asgi.py").is_file():
        raise MigrateError(f"{root / settings.target}: there is nothing to serve yet: `migrate apply` writes it")
    interpreter = find_interpreter(root, python, settings.python)
    environment = child_environment(
        {
            "MIGRATE_SERVED_BY": "1",
            "MIGRATE_TRAFFIC": store_of(root),
            **application_environment(root, settings, env_file, importable=True),
        }
    )
    legacy: Server | None = None
    gateway = interpreter
    if runs_apart(settings, interpreter):
        gateway = find_gateway_interpreter(root, interpreter, settings.gateway_python)
        flask_port = free_port()
        legacy = flask_server(interpreter, root, settings.app, flask_port, environment, reload)
        environment = {**environment, "MIGRATE_FLASK": f"127.0.0.1:{flask_port}"}
    check_interpreter(for_target(gateway, root, settings.target))
    check_written(root, settings, legacy is not None)
    check_port(host, port)
    if legacy is not None:
        say(invocation, f"serving {settings.app} with {interpreter.path} at 127.0.0.1:{flask_port} ({legacy.name})")
        if legacy.remark:
            say(invocation, legacy.remark)
    say(invocation, f"serving {settings.package}.asgi:app with {gateway.path}")
    command = uvicorn_command(gateway, root, settings, host, port, reload)
    context.exit(serve(Server("uvicorn", command, root, environment), legacy, lambda text: say(invocation, text)))


def uvicorn_command(
    interpreter: Interpreter, root: Path, settings: Settings, host: str, port: int, reload: bool
) -> list[str]:
    """The server's command line."""
    home = str(root / PurePosixPath(settings.target).parent)
    command = [str(interpreter.path), "-m", "uvicorn", f"{settings.package}.asgi:app", "--app-dir", home]
    command += ["--host", host, "--port", str(port)]
    return [*command, "--reload", "--reload-dir", str(root)] if reload else command


def check_interpreter(interpreter: Interpreter) -> None:
    """Raise MigrateError where both sides cannot run in this interpreter."""
    if not interpreter.runs_gateway:
        raise MigrateError(
            f"{interpreter.path} is Python {interpreter.version}: FastAPI needs 3.11; name a newer one with "
            f"FastAPI under gateway-python in [tool.migrate]"
        )
    if interpreter.missing:
        raise MigrateError(
            f"{', '.join(interpreter.missing)} not installed beside the application: {interpreter.install_command}"
        )


def check_written(root: Path, settings: Settings, is_apart: bool) -> None:
    """Raise MigrateError where the target was written for the other way of running Flask."""
    has_rules = (root / settings.target / "gateway" / "url_rules.py").is_file()
    if has_rules != is_apart:
        where = "a process of its own" if is_apart else "the gateway's process"
        raise MigrateError(
            f"{root / settings.target}: was not written for Flask in {where}: `migrate apply --all` writes it again"
        )


def check_port(host: str, port: int) -> None:
    """Raise MigrateError when the port is taken or not allowed, before anything starts."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise MigrateError(f"--host {host}: {error.strerror or error}") from error
    family, kind, protocol, _, address = places[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise MigrateError(
                f"port {port} on {host} cannot be used: {(error.strerror or str(error)).lower()}; "
                f"choose another with --port"
            ) from error
