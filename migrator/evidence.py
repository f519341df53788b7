"""Whether the evidence in the manifest still speaks for the code that would be served."""

import migrator
from migrator.manifest.model import RouteEntry
from migrator.settings import Settings


def current_digests(route: RouteEntry, settings: Settings) -> dict[str, str]:
    """What evidence for a route is made with: the source's closure, the generated file and its closure, the settings
    that decide what is converted and run, and this tool."""
    digests = {"tool": migrator.__version__, "settings": settings.digest}
    if route.source is not None and route.source.digest is not None:
        digests["source"] = route.source.digest
    if route.output is not None:
        digests["output"] = route.output.digest
        if route.output.closure is not None:
            digests["closure"] = route.output.closure
    return digests


def objection(route: RouteEntry, settings: Settings) -> str | None:
    """Why a route has no evidence that counts; None where it has."""
    evidence = route.evidence
    if evidence is None:
        return "nothing was verified"
    if evidence.exchanges == 0:
        return "no exchange reached it"
    if evidence.differences:
        return f"{evidence.differences} difference(s) were found"
    now = current_digests(route, settings)
    changed = sorted(name for name, digest in now.items() if evidence.digests.get(name) != digest)
    if changed:
        return f"it was verified with other {', '.join(changed)}"
    return None
