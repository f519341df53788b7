"""The documentation tells the truth: generated pages are current, commands and targets exist, examples run."""

import ast
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from migrator.cli.entry import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def blocks(page, language):
    """The code blocks of a page in one language."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)


def shell_lines():
    """Every line of the pages' shell blocks, without its comment."""
    return [
        (page, shlex.split(line, comments=True))
        for page in PAGES
        for block in blocks(page, "sh")
        for line in block.splitlines()
        if shlex.split(line, comments=True)
    ]


@pytest.fixture(scope="module")
def targets():
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def parse(arguments):
    """Let click parse a command line as it would, without running it."""
    with click.Context(cli, info_name="migrate") as context:
        name, command, rest = cli.resolve_command(context, arguments)
        command.make_context(name, list(rest), parent=context)


def test_the_pages_have_commands_to_check():
    assert len(shell_lines()) > 10


@pytest.mark.parametrize(
    ("page", "words"), shell_lines(), ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_every_shell_line_names_what_there_is(page, words, targets):
    match words:
        case ["make", *wanted]:
            assert set(wanted) <= targets
        case ["migrate", *arguments]:
            parse(arguments)
        case ["uv", "tool", "install", name] | ["pipx", "install", name]:
            assert name == "flask-to-fastapi"
        case _:
            pytest.fail(f"{page}: nothing checks the line {words}")


@pytest.mark.parametrize("page", PAGES)
def test_python_blocks_are_python(page):
    for block in blocks(page, "python"):
        ast.parse(block)


@pytest.mark.parametrize(
    "page", [*PAGES, "docs/findings.md", "docs/commands.md", "docs/capacity.md", "docs/gateway.md", "docs/proxies.md"]
)
def test_links_lead_somewhere(page):
    links = LINK.findall((ROOT / page).read_text("utf-8"))
    assert [one for one in links if "://" not in one and not (ROOT / page).parent.joinpath(one).exists()] == []


def test_the_route_in_the_readme_answers_the_same_before_and_after(tmp_path):
    """The two code blocks are one route: same answers, the second without Flask."""
    before = blocks("README.md", "python")[0]
    (tmp_path / "app.py").write_text(before)
    for arguments in (["init", "--app", "app:app", "--python", sys.executable], ["apply", "show_price"]):
        command = [sys.executable, "-m", "migrator", "-C", str(tmp_path), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    generated = tmp_path / "fastapi_app" / "routers" / "root.py"
    assert generated.read_text() == blocks("README.md", "python")[1]
    script = (
        "import sys, json\n"
        "sys.modules['flask'] = None\n"
        "from fastapi.testclient import TestClient\n"
        "from fastapi_app.main import app\n"
        "client = TestClient(app)\n"
        "print(json.dumps([[a.status_code, a.text] for a in map(client.get, json.loads(sys.argv[1]))]))\n"
    )
    paths = ["/prices/kettle", "/prices/kettle?currency=USD&currency=GBP", "/prices/nothing"]
    namespace = {"__name__": "app"}
    exec(compile(before, "app.py", "exec"), namespace)
    flask_client = namespace["app"].test_client()
    expected = [[answer.status_code, answer.text] for answer in map(flask_client.get, paths)]
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(paths)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == expected


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples_and_every_option_is_explained(name):
    with click.Context(cli, info_name="migrate") as context:
        command = cli.get_command(context, name)
        assert command is not None
        text = command.get_help(click.Context(command, parent=context, info_name=name))
    assert command.help
    assert "Examples:" in text or name in ("completion", "manifest-schema")
    unexplained = [one.name for one in command.params if isinstance(one, click.Option) and not one.help]
    assert unexplained == []


def test_the_generated_pages_are_current():
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "docs.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_picture_is_plain_svg_without_a_network():
    picture = (ROOT / "docs" / "plan.svg").read_text("utf-8")
    assert "migrate plan" in re.sub(r"&#160;", " ", picture)
    assert set(re.findall(r"https?://[^\s\"')]+", picture)) <= {"http://www.w3.org/2000/svg"}


def test_the_changelog_has_a_part_for_what_comes():
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert "## [Unreleased]" in text
