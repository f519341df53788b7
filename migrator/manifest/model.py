"""The manifest's shape, version 1, as Pydantic models. Unknown keys are kept out: a typing mistake must not pass."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

VERSION: Final = 1
State = Literal["legacy", "converted", "verified", "canary", "live", "retired", "kept"]
Runtime = Literal["native", "bridged", "flask"]
Shadow = Literal["safe", "all"]


class Part(BaseModel):
    """Base of the manifest's parts."""

    model_config = ConfigDict(extra="forbid")


class FindingEntry(Part):
    """A finding as the last `init` or `apply` saw it."""

    code: str
    severity: Literal["blocked", "review", "note"]
    file: str | None = None
    line: int | None = None
    summary: str
    detail: str


class SourceEntry(Part):
    """Where the view is, and the digest of all source that the conversion was made from."""

    file: str
    line: int
    digest: str | None = None


class OutputEntry(Part):
    """The generated file that serves the route, relative to the project, and the digest of its bytes.

    `closure` is the digest of the other generated modules that it runs with: guards, hooks, helpers.
    """

    file: str
    digest: str
    closure: str | None = None


class EvidenceEntry(Part):
    """What was compared, when, with which result; it counts only for the digests it was made with."""

    kind: str
    at: str
    exchanges: int = Field(ge=0)
    differences: int = Field(ge=0)
    digests: dict[str, str] = Field(default_factory=dict)


class AcceptedEntry(Part):
    """A kind of input or output on which an idiomatic class does otherwise than the schema, with its smallest example.

    `call` is what was called, `place` the field, empty for the whole.
    """

    call: str
    place: str
    input: str
    marshmallow: str
    pydantic: str


class ProofEntry(Part):
    """How often a schema was compared with the class it became, when, and on how many inputs they disagreed.

    `failed` are the inputs on which both sides ended in the same error that is no validation error. `kinds` are the
    kinds of difference of an idiomatic class, all that these inputs have shown.
    """

    at: str
    inputs: int = Field(ge=0)
    failed: int = Field(ge=0)
    differences: int = Field(ge=0)
    kinds: list[AcceptedEntry] = Field(default_factory=list)
    digests: dict[str, str] = Field(default_factory=dict)


class SchemaEntry(Part):
    """A Marshmallow schema and the generated classes that load, dump and, with `partial=True`, load in part.

    The key of one of which only some fields are used has these behind its name.

    `finish` is the method that gives what Marshmallow's `load` returned; `source` is the digest of the schema and of
    all that it uses. `exact_since` tells why a schema is exact for which the idiomatic style was chosen.
    """

    output: OutputEntry
    style: Literal["exact", "idiomatic"] = "exact"
    exact_since: str | None = None
    load: str | None
    dump: str | None
    patch: str | None = None
    finish: str = "to_dict"
    source: str
    proof: ProofEntry | None = None


class HistoryEntry(Part):
    """A change of state."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, serialize_by_alias=True)

    at: str
    from_: str = Field(validation_alias="from", serialization_alias="from")
    to: str
    reason: str


class RouteEntry(Part):
    """One method of one rule.

    `schemas` are the keys of the converted schemas that its code uses; `group` names the state that it shares with
    others, which therefore move with it. `shadow` tells which requests that Flask answers FastAPI answers too, unseen.
    """

    endpoint: str
    rule: str
    method: str
    state: State = "legacy"
    weight: Annotated[int, Field(ge=0, le=100)] = 0
    runtime: Runtime = "flask"
    source: SourceEntry | None = None
    output: OutputEntry | None = None
    findings: list[FindingEntry] = Field(default_factory=list)
    schemas: list[str] = Field(default_factory=list)
    evidence: EvidenceEntry | None = None
    history: list[HistoryEntry] = Field(default_factory=list)
    kept: str | None = None
    group: str | None = None
    shadow: Shadow | None = None

    @property
    def promoted(self) -> bool:
        """Whether the manifest sends it traffic on FastAPI."""
        return self.state in ("canary", "live") and self.weight > 0

    @property
    def converted(self) -> bool:
        """Whether there is generated code for it."""
        return self.output is not None and self.runtime != "flask"


class BlueprintEntry(Part):
    """The routes of one blueprint, by `"METHOD /rule"`."""

    routes: dict[str, RouteEntry] = Field(default_factory=dict)


class Manifest(Part):
    """`migration.json`.

    `schemas` are the converted schemas by the qualified name of the Marshmallow class.
    `files` are the digests of generated files that belong to no route (`main.py`, `compat/…`). `adopted` are the
    generated files with a hand edit that was adopted, each with the digest of what was generated at that time.
    """

    version: Literal[1] = VERSION
    app: str
    target: str
    blueprints: dict[str, BlueprintEntry] = Field(default_factory=dict)
    schemas: dict[str, SchemaEntry] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)
    adopted: dict[str, str] = Field(default_factory=dict)

    def routes(self) -> list[tuple[str, str, RouteEntry]]:
        """Every route as (blueprint, key, entry), sorted by blueprint and key."""
        return [
            (blueprint, key, route)
            for blueprint, section in sorted(self.blueprints.items())
            for key, route in sorted(section.routes.items())
        ]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `migration.json`."""
    schema = Manifest.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "migration.json"}
