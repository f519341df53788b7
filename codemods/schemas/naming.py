"""What the classes and modules of converted schemas are called."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from codemods.model import Project
from codemods.view.names import split

from .field_types import SIMPLE, WITH_OPTIONS
from .library import VALIDATORS
from .plan import SchemaPlan

#: names that a module of schemas or of routes may import
TAKEN = frozenset(
    {
        "Annotated",
        "Any",
        "ConfigDict",
        "Decimal",
        "Email",
        "EmailText",
        "Entries",
        "Field",
        "InvalidError",
        "Items",
        "MadeBy",
    }
    | {
        "APIRouter",
        "Body",
        "Cookie",
        "Depends",
        "FastAPI",
        "File",
        "Form",
        "HTTPException",
        "Header",
        "JsonBody",
        "Path",
    }
    | {"Path", "Query", "Request", "Response", "Security", "State", "UploadFile", "WebSocket"}
    | {"AfterValidator", "AwareDatetime", "EmailStr", "HttpUrl", "IPvAnyAddress", "Literal", "MISSING", "Model"}
    | {"NaiveDatetime", "PlainSerializer", "StrictInt", "WordedModel", "field_validator", "model_validator"}
    | {"Many", "NotFalse", "Schema", "SchemaChoice", "TaggedUnion", "Texts", "UnknownKeys", "Url", "UrlText", "Unknown"}
    | {name for name, _ in SIMPLE.values()}
    | {row[0] for row in WITH_OPTIONS.values()}
    | set(VALIDATORS.values())
)


def homes(project: Project, schemas: Collection[str]) -> dict[str, str]:
    """For each module with schemas the module below `<target>/schemas/`: `shop.orders.schemas` → `orders`."""
    package = project.application.reference.partition(":")[0].partition(".")[0]
    modules = sorted({owner.name for name in schemas if (owner := split(project, name)[0])})
    short: dict[str, str] = {}
    for module in modules:
        parts = module.split(".")
        parts = parts[1:] if len(parts) > 1 and parts[0] == package else parts
        plain = [part for part in parts if part not in ("schema", "schemas")]
        name = "_".join(plain or parts)
        short[module] = name if name not in short.values() else "_".join(parts)
    if len(set(short.values())) == len(short):
        return short
    return {module: module.replace(".", "_") for module in modules}


def named(project: Project, plans: Mapping[str, SchemaPlan], plan: SchemaPlan, is_split: bool) -> SchemaPlan:
    """The plan with its classes' names: `UserSchema` becomes `User`, or `UserIn` and `UserOut`.

    Where the short name means something else in the project, the old one stays.
    """
    stem = plan.name.removesuffix("Schema").rstrip("_") or plan.name
    endings = ("Base", "In", "Out") if is_split else ("",)
    others = {one.name.removesuffix("Schema") for one in plans.values() if one.qualified != plan.qualified}
    if any(f"{stem}{end}" in TAKEN or _is_known(project, f"{stem}{end}") for end in endings) or stem in others:
        stem = plan.name
    if is_split:
        return replace(plan, load_name=f"{stem}In", dump_name=f"{stem}Out")
    return replace(plan, load_name=stem, dump_name=stem)


def _is_known(project: Project, name: str) -> bool:
    return any(name in module.definitions or name in module.imports for module in project.modules.values())


def article(name: str) -> str:
    """A name as documentation has it: "A `User`", "An `Item`"."""
    return f"{'An' if name[:1] in 'AEIOU' and not name.startswith(('Uni', 'Use')) else 'A'} `{name}`"
