"""The conversion as `apply` uses it: a mistake of ours on one endpoint leaves that one on Flask, the rest goes on.

This is the one place that catches every exception: what the codemods cannot do is a finding, whatever they raise is
our own mistake, and is reported as such.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from codemods.findings import Diagnostic, Finding
from codemods.pipeline import Conversion, Outcome, SchemaOutput, convert
from migrator.errors import InternalError
from migrator.formatting import check_syntax, format_python
from migrator.project import Loaded
from migrator.routing import rules_module
from migrator.runtime import runtime_modules

OUR_MISTAKE = Diagnostic(
    code="FM901",
    severity="blocked",
    summary="migrate itself failed on this endpoint",
    why="its conversion ended in an error that is a mistake of migrate, not of the application",
    advice="report it, with the file that the command names; the route stays on Flask until it is mended",
)

SAMPLE = 4
"""How many endpoints are tried alone before all are taken to fail alike."""


@dataclass(frozen=True, slots=True)
class Converted:
    """Outcomes by endpoint, formatted files and the schemas in them, what was raised for the endpoints that we
    failed on, and the groups of those that move together (see `Conversion.groups`)."""

    outcomes: Mapping[str, Outcome]
    files: Mapping[str, str]
    schemas: Mapping[str, SchemaOutput]
    failures: Mapping[str, Exception]
    groups: Mapping[str, str]


def convert_endpoints(loaded: Loaded, endpoints: Collection[str]) -> Converted:
    """Convert, format, and add the gateway's runtime. Raises InternalError when nothing can be converted at all."""
    conversion, failures = convert_isolated(loaded, endpoints)
    outcomes = {**conversion.outcomes, **{name: failed(name, error) for name, error in failures.items()}}
    first_party = {name.partition(".")[0] for name in loaded.project.modules} | {loaded.settings.package}
    formatted = format_python(conversion.files, first_party)
    if loaded.is_apart:
        formatted["gateway/url_rules.py"] = rules_module(loaded.project)
    files = {**formatted, **runtime_modules()}
    return Converted(outcomes, files, conversion.schemas, failures, conversion.groups)


def convert_isolated(loaded: Loaded, endpoints: Collection[str]) -> tuple[Conversion, dict[str, Exception]]:
    """The conversion of all endpoints on which we do not fail, and the errors of the others."""
    try:
        return attempt(loaded, endpoints), {}
    except Exception as error:
        failures = culprits(loaded, sorted(endpoints), error)
    try:
        return attempt(loaded, set(endpoints) - failures.keys()), failures
    except Exception as error:
        raise InternalError(f"the conversion failed: {type(error).__name__}: {error}") from error


def attempt(loaded: Loaded, endpoints: Collection[str]) -> Conversion:
    """Convert these endpoints and see that the result is Python. Raises whatever goes wrong."""
    settings = loaded.settings
    conversion = convert(
        loaded.project,
        loaded.sources.files,
        endpoints,
        settings.package,
        settings.adopted,
        loaded.is_apart,
        settings.styles,
        loaded.trees,
    )
    check_syntax(conversion.files)
    return conversion


def culprits(loaded: Loaded, endpoints: Sequence[str], error: Exception) -> dict[str, Exception]:
    """The endpoints that make the conversion fail with an error, found by halving; all where only together they do.

    Where some that lie apart fail alike, each alone, it is what all have around them, and nobody waits for the others.
    """
    if len(endpoints) <= 1:
        return dict.fromkeys(endpoints, error)
    apart = [endpoints[len(endpoints) * place // SAMPLE] for place in range(SAMPLE)]
    if len(endpoints) > SAMPLE and all(fails_alike(loaded, one, error) for one in apart):
        return dict.fromkeys(endpoints, error)
    middle = len(endpoints) // 2
    found: dict[str, Exception] = {}
    for half in (endpoints[:middle], endpoints[middle:]):
        try:
            attempt(loaded, half)
        except Exception as other:
            found |= culprits(loaded, half, other)
    return found or dict.fromkeys(endpoints, error)


def fails_alike(loaded: Loaded, endpoint: str, error: Exception) -> bool:
    """Whether the conversion of one endpoint alone fails with the same error."""
    try:
        attempt(loaded, [endpoint])
    except Exception as other:
        return repr(other) == repr(error)
    return False


def failed(endpoint: str, error: Exception) -> Outcome:
    """What becomes of an endpoint on which we failed."""
    detail = f"'{endpoint}': {type(error).__name__}: {' '.join(str(error).split())}"
    return Outcome(endpoint, "flask", None, "", (Finding(OUR_MISTAKE, None, detail),))
