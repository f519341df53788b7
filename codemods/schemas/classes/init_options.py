"""Options that a schema's own `__init__` gives every object of it, as what the class says.

class UserSchema(Schema):                                   class UserSchema(Schema):
    def __init__(self, **kwargs):                               class Meta:
        kwargs.setdefault("unknown", EXCLUDE)          →            unknown = "exclude"
        super().__init__(**kwargs)

What `__init__` says of unknown keys holds for the classes below it, too, whatever their own `Meta` says. `partial=True`
has no such option: there each field that is loaded may be left out, and has no default.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import libcst as cst

from codemods.view import patterns as m

from ..basis.diagnostics import NAME, NESTED
from ..basis.plan import MethodPlan, SchemaPlan, asks_if_partial, effective_fields
from ..basis.reading import Reader, UnconvertibleError, code
from ..basis.unknown_keys import UNKNOWN
from ..basis.version_two import FIRST_ALIKE
from ..fields.own_settings import settings_of
from ..hooks.hook_options import IS_PARTIAL

INIT = "__init__"
Value = str | bool


@dataclass(frozen=True, slots=True)
class InitOptions:
    """The options that every object of a class, and of those below it, is given; no call may say those that are
    `fixed`."""

    values: Mapping[str, Value]
    fixed: frozenset[str] = frozenset()

    @property
    def is_partial(self) -> bool:
        """Whether every field may be left out where the schema loads."""
        return self.values.get("partial") is True


def with_init_options(
    reader: Reader, node: cst.ClassDef, known: Mapping[str, InitOptions]
) -> tuple[cst.ClassDef, InitOptions | None]:
    """The class without such an `__init__`, and the options; as it was, with None, where there are none, or where its
    `__init__` does more. `known` are those of the schemas that it may inherit from.

    Raises `UnconvertibleError` where it cannot have the options that it inherits.
    """
    bases = [reader.qualified(one.value) for one in node.bases]
    above = [known[one] for one in bases if one in known]
    own = [one for one in node.body.body if isinstance(one, cst.FunctionDef) and one.name.value == INIT]
    if not (own or above) or reader.version < FIRST_ALIKE:
        return node, None
    meta = next((one for one in node.body.body if isinstance(one, cst.ClassDef) and one.name.value == "Meta"), None)
    options = _options(reader, node, own, above)
    if options is None or (meta is None and len(bases) > 1):
        if above:
            raise UnconvertibleError(NAME, own[0] if own else node, f"the method '{INIT}'")
        return node, None
    body = [one for one in node.body.body if one not in own] or [cst.SimpleStatementLine([cst.Pass()])]
    bare = node.with_changes(body=node.body.with_changes(body=body)) if own else node
    said = {name: value for name, value in options.values.items() if name != "partial"}
    if not said or (meta is None and not own):
        return bare, options
    return _with_meta(bare, meta, code(node.bases[0].value), said), options


def _options(
    reader: Reader, node: cst.ClassDef, own: Sequence[cst.FunctionDef], above: Sequence[InitOptions]
) -> InitOptions | None:
    """The options of a class and those above it; None where that cannot be told."""
    found = _read(reader, own[0]) if own else InitOptions({})
    before = above[0] if above else InitOptions({})
    if found is None or not node.bases or max(len(own), len(above)) > 1 or found.values.keys() & before.fixed:
        return None
    options = InitOptions({**before.values, **found.values}, before.fixed | found.fixed)
    return options if _are_free(reader, node.name.value, options) else None


def _read(reader: Reader, function: cst.FunctionDef) -> InitOptions | None:
    """What `__init__` hands on; None where it does more, or where an option has no counterpart."""
    refused = UnconvertibleError(NAME, function, f"the method '{INIT}'")
    try:
        settings = settings_of(function, (), refused)
    except UnconvertibleError:
        return None
    if settings.kept or function.decorators:
        return None
    values: dict[str, Value] = {}
    fixed = {name for name, value in settings.options.items() if code(value) not in settings.parameters}
    for name, value in {**settings.suggested, **settings.options}.items():
        given = settings.parameters.get(code(value), value)
        said = _value(reader, name, given)
        if said is None or (name == "many" and name in fixed) or (given is not value and code(value) != name):
            return None
        values[name] = said
    if not {*settings.parameters} <= values.keys():
        return None
    return InitOptions(values, frozenset(fixed))


def _value(reader: Reader, name: str, value: cst.BaseExpression) -> Value | None:
    text = code(value)
    match name:
        case "unknown":
            word = reader.qualified(value).rpartition(".")[2] or text.strip("'\"").upper()
            return word.lower() if word in UNKNOWN else None
        case "partial" | "many" if text in ("True", "False"):
            return text == "True"
    return None


def _are_free(reader: Reader, name: str, options: InitOptions) -> bool:
    """Whether no call of the project says otherwise: of an option that is fixed, or that some fields, or none, may be
    left out."""
    wanted = {one for one in options.fixed if one != "partial"}
    for module in reader.project.modules.values():
        text = reader.sources.files.get(module.file, b"")
        if options.is_partial and b"partial" in text and _may_be_whole(reader.sources.tree(module.file)):
            return False
        if wanted and name.encode() in text and _says(reader.sources.tree(module.file), name, wanted):
            return False
    return not options.is_partial or not reader.sources.sets_attribute("partial")


def _may_be_whole(tree: ast.Module) -> bool:
    """Whether a call says `partial=` of anything else than all fields."""
    return any(
        one.arg == "partial" and not (isinstance(one.value, ast.Constant) and one.value.value is True)
        for one in ast.walk(tree)
        if isinstance(one, ast.keyword)
    )


def _says(tree: ast.Module, name: str, options: set[str]) -> bool:
    return any(
        isinstance(one, ast.Call)
        and ast.unparse(one.func).rpartition(".")[2] == name
        and any(given.arg is None or given.arg in options for given in one.keywords)
        for one in ast.walk(tree)
    )


def _with_meta(node: cst.ClassDef, meta: cst.ClassDef | None, base: str, said: Mapping[str, Value]) -> cst.ClassDef:
    """The class whose `Meta` says these options."""
    lines = [cst.parse_statement(f"{name} = {value!r}") for name, value in said.items()]
    if meta is None:
        made = cst.ensure_type(cst.parse_statement(f"class Meta({base}.Meta): ..."), cst.ClassDef)
        new = made.with_changes(body=cst.IndentedBlock(lines))
        return node.with_changes(body=node.body.with_changes(body=[*node.body.body, new]))
    before = [one if isinstance(one, cst.BaseStatement) else cst.SimpleStatementLine([one]) for one in meta.body.body]
    kept = [one for one in before if not any(m.matches(one, _assigns(name)) for name in said)]
    new = meta.with_changes(body=cst.IndentedBlock([*kept, *lines]))
    return node.with_changes(body=node.body.with_changes(body=[new if one is meta else one for one in node.body.body]))


def _assigns(name: str) -> m.Pattern:
    return m.SimpleStatementLine(body=[m.Assign(targets=[m.AssignTarget(target=m.Name(name))])])


def without_demands(reader: Reader, plans: Mapping[str, SchemaPlan], plan: SchemaPlan) -> SchemaPlan:
    """A class of which every field may be left out where it is loaded; as Marshmallow has it, also what it nests."""
    known = {**plans, plan.qualified: plan}
    fields = [one for one in effective_fields(known, plan.qualified).values() if one.loads]
    asking = sorted(one.name for one in fields if one.nested)
    findings = plan.load_findings
    if asking:
        about = f"'{asking[0]}', which nests a schema of which every field may be left out"
        findings = (*findings, reader.finding(UnconvertibleError(NESTED, cst.Name("_"), about), plan.line))
    waived = {one.name: replace(one, required=False, load_default=None) for one in fields}
    own = {one.name: waived.get(one.name, one) for one in plan.fields}
    more = [one for one in fields if one.name not in own and (one.required or one.load_default is not None)]
    told = asks_if_partial(known, plan) and not any(one.name == IS_PARTIAL for one in plan.methods)
    methods = (MethodPlan("constant", IS_PARTIAL, f"{IS_PARTIAL} = True"),) if told else ()
    every = (*own.values(), *(waived[one.name] for one in more))
    return replace(plan, fields=every, methods=(*methods, *plan.methods), load_findings=findings)
