"""Fills the templates of the engines."""

from collections.abc import Mapping
from pathlib import PurePath

from proxy.check import check
from proxy.model import RouteTable


def require_sound(table: RouteTable) -> None:
    """Raise ValueError where a table has errors: few proxies see that a target does not exist."""
    if errors := [problem for problem in check(table) if problem.is_error]:
        raise ValueError("; ".join(f"{problem.key}: {problem.message}" for problem in errors))


def quoted(value: str) -> str:
    """A string in double quotes, within which a backslash stands before quotes and backslashes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def single(value: str) -> str:
    """A string for between single quotes, within which a shell's way of ending and beginning them again is needed."""
    return value.replace("'", "'\\''")


def fill(template: str, values: Mapping[str, object]) -> str:
    """A template's text. jinja2 is imported here: who only asks for the names of engines does not need it."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PurePath(__file__).parent / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["quoted"] = quoted
    environment.filters["single"] = single
    return environment.get_template(template).render(values)
