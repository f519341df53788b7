"""What the classes and modules of converted schemas are called."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from codemods.model import Project
from codemods.view.names import split

from ..basis.library import VALIDATORS
from ..basis.plan import SchemaPlan, differs
from ..fields.field_types import SIMPLE, WITH_OPTIONS

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

    Where the short name means something else in the project, the old one stays; one that modules of routes import, as
    `Query`, gets the word. `PetIn` and `PetOut` say already what they are for.
    """
    stem = plan.name.removesuffix("Schema").rstrip("_") or plan.name
    others = {one.name.removesuffix("Schema") for one in plans.values() if one.qualified != plan.qualified}
    found = _with_stem(plan, stem, is_split)
    written = {found.load_name, found.dump_name, *([base_name(found)] if is_split else [])}
    if written & (TAKEN | others) or stem in others or any(_is_known(project, one) for one in written):
        return _with_stem(plan, f"{plan.name}Schema" if plan.name in TAKEN else plan.name, is_split)
    return found


def _with_stem(plan: SchemaPlan, stem: str, is_split: bool) -> SchemaPlan:
    if not is_split:
        return replace(plan, load_name=stem, dump_name=stem)
    load_name, dump_name = (stem if _says(stem, side) else f"{stem}{side}" for side in ("In", "Out"))
    return replace(plan, load_name=load_name, dump_name=dump_name)


def _says(name: str, side: str) -> bool:
    """Whether a name ends with the word for this side."""
    return name.endswith(side) and name.removesuffix(side)[-1:].islower()


def base_name(plan: SchemaPlan) -> str:
    """The name of the class that those of the two sides inherit from."""
    if plan.load_name == f"{plan.dump_name}In":
        return f"{plan.dump_name}Base"
    is_load = plan.dump_name == f"{plan.load_name}Out"
    return f"{plan.load_name if is_load else plan.load_name.removesuffix('In')}Base"


def patch_name(project: Project, plans: Mapping[str, SchemaPlan], plan: SchemaPlan) -> str:
    """The name of the class for `partial=True`."""
    stem = plan.load_name.removesuffix("In") or plan.load_name
    if any(one.load_name.removesuffix("In") == stem for one in plans.values() if one.qualified != plan.qualified):
        stem = plan.load_name
    return f"{plan.name}Patch" if _defines(project, f"{stem}Patch") else f"{stem}Patch"


def _defines(project: Project, name: str) -> bool:
    return any(name in module.definitions for module in project.modules.values())


def _is_known(project: Project, name: str) -> bool:
    return any(name in module.definitions or name in module.imports for module in project.modules.values())


def article(name: str) -> str:
    """A name as documentation has it: "A `User`", "An `Item`"."""
    return f"{'An' if name[:1] in 'AEIOU' and not name.startswith(('Uni', 'Use')) else 'A'} `{name}`"


def with_names(project: Project, plans: dict[str, SchemaPlan]) -> dict[str, SchemaPlan]:
    """The plans with the names of their classes: two where loading and dumping differ."""
    split_ones = _split_ones(plans)
    return {qualified: named(project, plans, plan, qualified in split_ones) for qualified, plan in plans.items()}


def _split_ones(plans: Mapping[str, SchemaPlan]) -> frozenset[str]:
    """The schemas whose sides differ: by their own fields, or because a base or a nested schema has two sides."""
    found: set[str] = set()
    while True:
        more = {
            qualified
            for qualified, plan in plans.items()
            if qualified not in found
            and plan.only_side is None
            and (any(map(differs, plan.fields)) or _hooks_differ(plan) or found & {*plan.held, *plan.bases})
        }
        if not more:
            return frozenset(found)
        found |= more


def _hooks_differ(plan: SchemaPlan) -> bool:
    """Whether what is for loaded data only would be there for what is dumped as well: Pydantic checks both alike."""
    return plan.is_idiomatic and any(not one.is_shared for one in plan.methods)
