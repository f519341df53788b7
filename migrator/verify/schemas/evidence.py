"""What was proved of schemas, in the manifest: recorded for the code that it was found with, and read by `promote`."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from migrator.evidence import schema_digests
from migrator.manifest.model import AcceptedEntry, Manifest, ProofEntry, SchemaEntry
from migrator.manifest.store import editing
from migrator.settings import Settings
from migrator.states import move, now
from migrator.verify.schemas.report import Compared


def record(root: Path, settings: Settings, compared: Compared, then: Mapping[str, SchemaEntry]) -> tuple[str, ...]:
    """Record what was found, good or bad, and send verified routes back where it is bad; these routes' keys.

    `then` are the schemas as they were when the comparison began: one that has changed meanwhile is left alone, as is
    one that could not be compared.
    """
    at = now()
    with editing(root) as manifest:
        entry = manifest.schemas.get(compared.schema)
        digests = schema_digests(then[compared.schema], settings)
        if compared.problem or compared.is_nameless or entry is None or schema_digests(entry, settings) != digests:
            return ()
        kinds = [AcceptedEntry(**asdict(kind)) for kind in compared.kinds]
        differences = len(compared.disagreements) + len(kinds)
        entry.proof = ProofEntry(
            at=at,
            inputs=compared.inputs,
            failed=compared.failed,
            differences=differences,
            kinds=kinds,
            digests=digests,
        )
        return tuple(_sent_back(manifest, compared.schema, at)) if compared.disagreements else ()


def _sent_back(manifest: Manifest, schema: str, at: str) -> Iterable[str]:
    for _, key, route in manifest.routes():
        if schema in route.schemas and route.state == "verified":
            move(key, route, "converted", f"verify --schemas: {schema} disagrees", 0, at)
            yield key
