"""Writes what is generated in the documentation: a plan's picture, a blueprint, findings, commands, README.md's route.

`python scripts/docs.py --check` writes nothing and exits with 1 when a page is not what it would write.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from codemods.diagnostics import AREAS, area
from migrator.cli.entry import cli
from migrator.diagnostics import diagnostics
from migrator.manifest.store import load
from migrator.planning.forecast import forecast
from migrator.planning.selection import narrowed
from migrator.project import Choices, load_project
from migrator.report.plan_text import details, summary
from migrator.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
SHOWN_BLUEPRINT = "files"
SHOWN_ENDPOINT = "show_price"
SHOWN_FILE = "fastapi_app/routers/root.py"
WHOLE_BLUEPRINT = "catalogue.reviews"
WHOLE_SOURCE = "shop/blueprints/reviews/views.py"
WIDTH = 128
THEME = TerminalTheme(
    (17, 21, 28),
    (214, 219, 228),
    [
        (28, 33, 42),
        (242, 119, 122),
        (153, 204, 153),
        (255, 204, 102),
        (102, 153, 204),
        (204, 153, 204),
        (102, 204, 204),
        (214, 219, 228),
    ],
)
# rich's own frame loads a font from the network; this one takes what the reader's machine has.
FRAME = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
    <style>
    .{unique_id}-matrix {{
        font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
        font-size: {char_height}px;
        line-height: {line_height}px;
        font-variant-east-asian: full-width;
    }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
    </g>
</svg>
"""


def picture() -> str:
    """The plan of the shop as SVG: the order of migration, and one blueprint in full."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        shutil.copytree(ROOT / "examples" / "shop", shop, ignore=shutil.ignore_patterns("instance", "__pycache__"))
        loaded = load_project(shop.resolve(), Settings(app="wsgi:app"), Choices(python=sys.executable))
        plan = forecast(loaded.project)
    chosen = {(one.blueprint, one.key) for one in plan.routes if one.blueprint == SHOWN_BLUEPRINT}
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)
    console.print(Text("$ migrate plan", style="bold"))
    for part in summary(plan):
        console.print(part)
    console.print(Text(f"\n$ migrate plan {SHOWN_BLUEPRINT}", style="bold"))
    for part in details(narrowed(plan, chosen)):
        console.print(part)
    return console.export_svg(title="migrate plan", theme=THEME, code_format=FRAME, unique_id="plan")


def findings() -> str:
    """Every diagnostic, by area."""
    return "\n".join(_findings()) + "\n"


def _findings() -> Iterator[str]:
    yield "# Findings"
    yield ""
    yield "What `migrate explain CODE` shows, in one page. `blocked` keeps a route on Flask, `review` asks a person to"
    yield "look at a converted one, `note` only informs."
    known = diagnostics()
    for name in AREAS:
        ones = [one for one in known.values() if area(one.code) == name]
        if not ones:
            continue
        yield ""
        yield f"## {name.capitalize()}"
        for one in ones:
            yield ""
            yield f"### {one.code}: {one.summary}"
            yield ""
            yield f"*{one.severity}*. {_sentence(one.why)} **What to do:** {_sentence(one.advice)}"
            for label, code in (("Before", one.before), ("After", one.after)):
                if code:
                    yield ""
                    yield f"{label}:"
                    yield ""
                    yield f"```python\n{code.strip()}\n```"


def _sentence(text: str) -> str:
    text = re.sub(r"(?<!`)<(?!`)", "&lt;", text.strip())
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def commands() -> str:
    """The help of every command."""
    context = click.Context(cli, info_name="migrate", terminal_width=100, max_content_width=100)
    parts = ["# Commands", "", "```text", cli.get_help(context).rstrip(), "```"]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        inner = click.Context(command, parent=context, info_name=name, terminal_width=100, max_content_width=100)
        parts += ["", f"## migrate {name}", "", "```text", command.get_help(inner).rstrip(), "```"]
    return "\n".join(parts) + "\n"


def blueprint() -> str:
    """A blueprint of the shop as its team wrote it, and what `migrate apply` makes of it."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        shutil.copytree(ROOT / "examples" / "shop", shop, ignore=shutil.ignore_patterns("instance", "__pycache__"))
        migrate = [sys.executable, "-m", "migrator", "-C", str(shop), "-q"]
        start = [*migrate, "init", "--app", "wsgi:app", "--python", sys.executable]
        subprocess.run(start, check=True, capture_output=True)
        subprocess.run([*migrate, "apply", WHOLE_BLUEPRINT], check=True, capture_output=True)
        routes = load(shop).blueprints[WHOLE_BLUEPRINT].routes.values()
        files = sorted({route.output.file for route in routes if route.output is not None})
        before = (shop / WHOLE_SOURCE).read_text("utf-8")
        after = "".join(f"\n`{file}`:\n\n```python\n{(shop / file).read_text('utf-8')}```\n" for file in files)
    return (
        "# A blueprint, before and after\n\n"
        f"Reviews of products, in [examples/shop](../examples/shop): `{WHOLE_SOURCE}` as its team wrote it, and the "
        "router that `migrate apply` writes. Its endpoints use the database of the Flask application, so they are "
        "bridged; guards, hooks and error handlers lie in modules of their own beside it."
        f"\n\n## Flask\n\n```python\n{before}```\n\n## FastAPI\n{after}"
    )


def readme() -> str:
    """README.md with the real output of `migrate apply` for the route that it shows."""
    text = (ROOT / "README.md").read_text("utf-8")
    before, after = list(re.finditer(r"```python\n(.*?)```", text, re.DOTALL))[:2]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "app.py").write_text(before[1], "utf-8")
        migrate = [sys.executable, "-m", "migrator", "-C", folder, "-q"]
        subprocess.run(
            [*migrate, "init", "--app", "app:app", "--python", sys.executable], check=True, capture_output=True
        )
        subprocess.run([*migrate, "apply", SHOWN_ENDPOINT], check=True, capture_output=True)
        generated = (Path(folder) / SHOWN_FILE).read_text("utf-8")
    return f"{text[: after.start(1)]}{generated}{text[after.end(1) :]}"


PAGES: dict[str, Callable[[], str]] = {
    "README.md": readme,
    "docs/blueprint.md": blueprint,
    "docs/plan.svg": picture,
    "docs/findings.md": findings,
    "docs/commands.md": commands,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or check them."""
    stale = []
    for name, make in PAGES.items():
        file = ROOT / name
        text = make()
        if file.exists() and file.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            file.write_text(text, "utf-8")
    if stale:
        print(f"{', '.join(stale)}: {'not current, run `make docs`' if '--check' in arguments else 'written'}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
