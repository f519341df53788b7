"""The group itself: light at start-up, errors with their exit codes, suggestions, completion."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from migrator.cli import entry
from migrator.cli.entry import COMMANDS, cli
from migrator.errors import InternalError, MigrateError, Refused

HEAVY = ("libcst", "jinja2", "fastapi", "starlette", "pydantic", "rich", "flask", "codemods.pipeline")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["nosuch"], ["completion", "bash"]])
def test_nothing_heavy_is_imported(arguments):
    code = (
        "import sys; from migrator.__main__ import main\n"
        f"sys.argv = ['migrate', *{arguments!r}]\n"
        "try:\n    main()\nfinally:\n"
        f"    print(sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "[]", done.stderr


def test_help_names_every_command_and_the_exit_codes():
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in result.output
    for word in ("SELECTORS", "EXIT CODES", "123", "migrate init --app shop.wsgi:app"):
        assert word in result.output


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("plan", "explain", "verify")])
def test_help_of_a_command_teaches_with_an_example(name):
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert f"migrate {name}" in result.output


def test_an_unknown_command_gets_the_nearest():
    result = CliRunner().invoke(cli, ["prmote"])
    assert result.exit_code == 2
    assert "'promote'" in result.output


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (MigrateError("the app is gone; do this"), 2, "error: the app is gone; do this\n"),
        (Refused("no", "one\ntwo\n"), 1, "one\ntwo\nrefused: no\n"),
        (click.UsageError("bad"), 2, "Error: bad\n"),
        (click.Abort(), 130, "interrupted"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_an_error_becomes_an_exit_code_and_a_line(monkeypatch, capsys, error, code, said):
    monkeypatch.setattr(cli, "main", raising(error))
    assert entry.run([]) == code
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
    assert "Traceback" not in captured.err


def test_our_own_mistake_leaves_a_report(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["migrate", "apply", "orders"])
    monkeypatch.setattr(cli, "main", raising(InternalError("generated text is no Python", "routers/orders.py")))
    assert entry.run([]) == 123
    said = capsys.readouterr().err
    [report] = tmp_path.iterdir()
    assert said.count("\n") == 1
    assert "on routers/orders.py: InternalError: generated text is no Python" in said
    assert str(report) in said
    assert "Traceback" in report.read_text()
    assert "['apply', 'orders']" in report.read_text()


def test_verbose_shows_the_traceback(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["migrate", "-v", "apply"])
    monkeypatch.setattr(cli, "main", raising(ValueError("x")))
    assert entry.run([]) == 123
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_went_away_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m migrator manifest-schema | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "{\n"
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_command(shell):
    result = CliRunner().invoke(cli, ["completion", shell])
    assert result.exit_code == 0
    assert "_MIGRATE_COMPLETE" in result.output


def complete(*words, folder):
    done = subprocess.run(
        [sys.executable, "-m", "migrator"],
        cwd=folder,
        env={"_MIGRATE_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)},
        capture_output=True,
        text=True,
        check=False,
    )
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_commands_and_selectors_complete(tmp_path):
    (tmp_path / "migration.json").write_text(
        '{"blueprints": {"orders": {"routes": {"GET /orders": {"endpoint": "orders.listing"}}}}}'
    )
    assert complete("migrate", "pro", folder=tmp_path) == ["promote", "proxy"]
    assert complete("migrate", "promote", "or", folder=tmp_path) == ["orders", "orders.listing"]


def raising(error):
    def main(**_):
        raise error

    return main
