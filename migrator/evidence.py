"""Whether the evidence in the manifest still speaks for the code that would be served."""

from collections.abc import Mapping

import migrator
from migrator.manifest.model import RouteEntry, SchemaEntry
from migrator.settings import Settings

ENOUGH = 100
"""Inputs that have to show no difference of an idiomatic schema, before that is taken for there being none."""


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


def schema_digests(schema: SchemaEntry, settings: Settings) -> dict[str, str]:
    """What the proof of a schema is made with: the Marshmallow schema and all that it uses, the generated module and
    what that imports, the settings, and this tool."""
    digests = {"tool": migrator.__version__, "settings": settings.digest, "source": schema.source}
    digests["output"] = schema.output.digest
    if schema.output.closure is not None:
        digests["closure"] = schema.output.closure
    return digests


def stale_proof(schema: SchemaEntry, settings: Settings) -> str | None:
    """Why no comparison says anything of a schema and its class as they are now; None where one does."""
    if schema.proof is None:
        return "never compared"
    now = schema_digests(schema, settings)
    changed = sorted(name for name, digest in now.items() if schema.proof.digests.get(name) != digest)
    return f"compared with other {', '.join(changed)}" if changed else None


def proof_objection(schema: SchemaEntry, settings: Settings) -> str | None:
    """Why nothing proves that a schema and its class agree; None where that was seen, with the code as it is now."""
    if (stale := stale_proof(schema, settings)) is not None:
        return stale
    differences = schema.proof.differences if schema.proof is not None else 0
    return f"{differences} difference(s) were found" if differences else None


def schema_objection(route: RouteEntry, schemas: Mapping[str, SchemaEntry], settings: Settings) -> str | None:
    """Which schema of a route is known to answer otherwise than Marshmallow's, as the code is now; None for none.

    One that is idiomatic is known to, unless enough inputs of a comparison have shown no difference.
    """
    for name in route.schemas:
        entry = schemas.get(name)
        if entry is None:
            continue
        stale, differences = stale_proof(entry, settings), entry.proof.differences if entry.proof else 0
        if entry.style == "idiomatic" and stale is not None:
            return f"{name} is idiomatic, and was {stale}: `migrate verify --schemas` finds where it differs"
        if entry.style == "idiomatic" and differences:
            return f"{name} is idiomatic, and differs in {differences} way(s): `migrate plan` lists them"
        if entry.style == "idiomatic" and entry.proof is not None and entry.proof.inputs < ENOUGH:
            return f"{name} is idiomatic, and {entry.proof.inputs} inputs are too few to show where it differs"
        if differences and stale is None:
            return f"{name} and {entry.load or entry.dump} disagree: `migrate verify --schemas` shows the input"
    return None
