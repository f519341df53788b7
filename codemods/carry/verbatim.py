"""Definitions that are taken over as they stand: classes, constants, and the initialisers of shared state."""

import ast
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from codemods.extensions import base
from codemods.extensions.resources.parsed_arguments import parser_text
from codemods.findings import Location
from codemods.model import Definition, Module
from codemods.scan.outer_names import outer_names
from codemods.view.context import is_flask_family, needs_request
from codemods.view.diagnostics import CONSTRUCT, NEEDS_CONTEXT
from codemods.view.imports import Need
from codemods.view.names import MODULE_NAMES, canonical, split
from codemods.view.refusal import refuse
from codemods.view.rename import snake_case

from .carried import Carried, Policy, SharedState
from .config_statements import LOADED
from .fixed_objects import is_fixed_object
from .folders import NEEDS, PLACING, OwnFolder
from .references import FileReferences
from .substitution import substituted

if TYPE_CHECKING:
    from .carrier import Carrier

STATE = ".state"
Function = ast.FunctionDef | ast.AsyncFunctionDef
SETTINGS = LOADED
"""What a piece of the application's initialiser gives a value; it reads tables of classes, each at its own time."""


def verbatim(carrier: "Carrier", module: Module, definition: Definition, name: str) -> Carried:
    """A class or constant that uses nothing of Flask, with the imports that its text needs; raises `Refused`."""
    needs: frozenset[Need] = frozenset()
    schema = carrier.schemas.plans.get(f"{module.name}.{name}")
    if schema is not None and schema.findings:
        raise refuse(
            NEEDS_CONTEXT, definition.location, f"the schema stays Marshmallow's, because of {schema.findings[0]}"
        )
    if definition.kind == "class":
        piece: ast.AST = carrier.sources.piece(definition.location, name)
        assert isinstance(piece, ast.ClassDef)
        text = carrier.sources.text(module.file, piece)
    elif is_fixed_object(carrier, module, definition, name):
        value = carrier.sources.value(module, name)
        assert value is not None
        piece = ast.fix_missing_locations(ast.Assign([ast.Name(name, ast.Store())], value))
        text = ast.unparse(piece) + "\n"
    else:
        statement = carrier.sources.assignment(module, definition, name)
        piece = named(module, statement)
        needs = placed(carrier, module, piece)
        text = as_written(carrier, module, statement, piece)
    needs |= free_names(carrier, module, piece, name, definition.location, frozenset(PLACING if needs else ()))
    return Carried(
        f"{module.name}.{name}", name, text, needs, None, (), definition.location.line, carrier.home(module, False)
    )


def as_written(carrier: "Carrier", module: Module, statement: ast.stmt, piece: ast.stmt) -> str:
    """A statement of a module, or what it came to, as the source spells it where that is the same."""
    if ast.dump(piece) == ast.dump(statement):
        return carrier.sources.spelled(module.file, statement)
    return ast.unparse(piece) + "\n"


def request_parser(
    carrier: "Carrier", module: Module, location: Location, name: str, inner: Sequence[ast.stmt] = ()
) -> Carried:
    """A request parser with all its arguments, those that statements of a function give it included;
    raises `Refused`."""
    made = parser_text(carrier.project, carrier.sources, module, name, inner)
    piece = ast.Tuple([ast.Name(one) for one in sorted(made.taken)])
    needs = free_names(carrier, module, piece, name, location) | made.needs
    home = carrier.home(module, False)
    return Carried(f"{module.name}.{name}", name, made.text, needs, None, (), location.line, home)


def free_names(
    carrier: "Carrier",
    module: Module,
    piece: ast.AST,
    own: str,
    location: Location,
    placing: frozenset[str] = frozenset(),
    policy: Policy = "native",
    *,
    is_shared: bool = False,
) -> frozenset[Need]:
    """The imports for the names that a piece of source takes from its module; raises `Refused` for Flask's.

    `placing` are names that it has for a folder's place, which are those of the target's module. What is shared with
    Flask (`is_shared`) stands beside the other things that are.
    """
    needs: set[Need] = set()
    view = FileReferences(carrier, policy, False, carrier.home(module, policy == "bridged"))
    for name in sorted(_read(carrier, module, piece, own) - {own} - placing):
        if name in module.definitions:
            target = f"{module.name}.{name}"
        elif name in module.imports:
            target = canonical(carrier.project, module.imports[name])
        elif name in MODULE_NAMES:
            raise refuse(CONSTRUCT, location, f"'{own}' uses '{name}' of its module")
        else:
            continue
        owner, rest = split(carrier.project, target)
        if owner is not None and rest in owner.definitions:
            if own == SETTINGS and carrier.is_fixed(owner.definitions[rest]):
                carried = carrier.carry(target, "native", False)
                needs.add(Need(carried.home, carried.name, None if name == carried.name else name))
                continue
            if is_shared and carrier.is_shared(target):
                shown = carrier.shared(owner, owner.definitions[rest], rest)
                if shown != name:
                    raise refuse(CONSTRUCT, location, f"'{own}' uses '{target}' by another name")
                needs.add(Need(STATE, name))
                continue
            reference = view.definition(owner, rest, location)
            is_made = reference.is_form and not _only_inherits(piece, name)
            is_out_of_reach = reference.application is not None and policy == "native"
            if is_out_of_reach or is_made or reference.parameters or reference.need is None or "." in reference.text:
                raise refuse(CONSTRUCT, location, f"'{own}' uses '{target}'")
            needs.add(Need(reference.need.module, reference.need.name, None if name == reference.text else name))
        elif owner is not None and (rest or carrier.context.reaches_flask(owner.name)):
            raise refuse(CONSTRUCT, location, f"'{own}' uses the module '{target}'")
        elif (inherited := base(target)) is not None and _only_inherits(piece, name):
            needs.add(Need(inherited.module, inherited.name, None if name == inherited.name else name))
        elif (
            (is_flask_family(target) and policy == "native")
            or needs_request(target)
            or target.startswith("werkzeug.exceptions")
        ):
            raise refuse(NEEDS_CONTEXT, location, f"'{target}', which '{own}' uses")
        else:
            needs.update(carrier.sources.needs_for(module, name, target, target))
    return frozenset(needs)


def _read(carrier: "Carrier", module: Module, piece: ast.AST, own: str) -> frozenset[str]:
    """The names in a piece of source, without those of the module that all its functions have for something else."""
    definition = module.definitions.get(own)
    if not isinstance(piece, ast.ClassDef | Function) or definition is None:
        return frozenset(node.id for node in outer_names(piece))
    if piece in carrier.names_read:
        return carrier.names_read[piece]
    names = {node.id for node in outer_names(piece)}
    used = {f"{one}." for one in definition.uses} | {f"{one.qualified}." for one in definition.decorators}
    bound = {one.arg for one in ast.walk(piece) if isinstance(one, ast.arg)}
    bound |= {one.id for one in ast.walk(piece) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)}
    found = {one for one in names if one not in bound or any(use.startswith(f"{module.name}.{one}.") for use in used)}
    carrier.names_read[piece] = frozenset(found)
    return carrier.names_read[piece]


def named(module: Module, statement: ast.Assign | ast.AnnAssign) -> ast.Assign | ast.AnnAssign:
    """A statement with the module's own name written out: `logging.getLogger(__name__)`."""
    written = copy(statement)
    if statement.value is not None:
        written.value = substituted(statement.value, {"__name__": ast.Constant(module.name)})
    return written


def placed(carrier: "Carrier", module: Module, statement: ast.Assign | ast.AnnAssign) -> frozenset[Need]:
    """Put the module's own folder where a statement finds it by `__file__`; what that imports, if it does."""
    folder = OwnFolder(carrier.project, module)
    if statement.value is None or module.imports.get("Path", "pathlib.Path") != "pathlib.Path":
        return frozenset()
    value = folder.applied(statement.value, carrier.home(module, False), carrier.target)
    if folder.found:
        statement.value = value
    return NEEDS if folder.found else frozenset()


def _only_inherits(piece: ast.AST, name: str) -> bool:
    """Whether a class has a name among its bases, and nowhere else."""
    bases = piece.bases if isinstance(piece, ast.ClassDef) else []
    inherited, everywhere = (
        sum(isinstance(one, ast.Name) and one.id == name for each in places for one in ast.walk(each))
        for places in (bases, [piece])
    )
    return inherited == everywhere == 1


def shared_state(carrier: "Carrier", module: Module, definition: Definition, name: str) -> SharedState:
    """The shared object of that name; raises `Refused` where it cannot be made without Flask."""
    fillings = carrier.sources.fillings(module, name)
    written = carrier.sources.assignment(module, definition, name, fillings)
    statement = named(module, written)
    assert statement.value is not None
    made = state_at(carrier, module, definition.location, name, statement.value)
    is_same = written.value is not None and made.initialiser == ast.unparse(written.value)
    spelling = carrier.sources.spelled_value(module.file, written) if is_same else ""
    comment = carrier.sources.comment(Location(module.file, written.lineno))
    needs = made.needs
    for one in fillings:
        _check_made(carrier, module, definition.location, name, one)
        needs |= free_names(carrier, module, one, name, definition.location, is_shared=True)
    shown = tuple(carrier.sources.spelled(module.file, one).rstrip("\n") for one in fillings)
    return replace(made, needs=needs, fillings=shown, spelling=spelling, comment=comment)


def state_at(carrier: "Carrier", module: Module, location: Location, path: str, value: ast.expr) -> SharedState:
    """The shared object at a place of a module, which `value` makes; raises `Refused` where that needs Flask."""
    value = substituted(value, _constants(carrier, module, value))
    _check_made(carrier, module, location, path, value)
    raised = sorted(one for one in carrier.context.reach(f"{module.name}.{path}") if carrier.is_http_error(one))
    if raised:  # beside Flask the object is Flask's, and so are the errors that it raises
        raise refuse(CONSTRUCT, location, f"'{path}' uses '{raised[0]}'")
    needs = free_names(carrier, module, value, path, location, is_shared=True)
    shown = name_of_state(carrier, module, path)
    return SharedState(module.name, path, shown, ast.unparse(value), needs, line=location.line)


def _check_made(carrier: "Carrier", module: Module, location: Location, path: str, made: ast.AST) -> None:
    """Raise `Refused` for an object that is made of definitions of its module which are not shared as it is."""
    names = {one.id for one in outer_names(made)} & module.definitions.keys()
    if not all(carrier.is_shared(f"{module.name}.{one}") for one in names):
        raise refuse(CONSTRUCT, location, f"'{path}' is made from other definitions of its module")


def with_rebound(
    carrier: "Carrier", known: SharedState | None, module: Module, definition: Definition, name: str
) -> SharedState:
    """What holds the names of a module that its functions bind again: beside Flask the module itself.

    last_seen = None    →    app_globals = SimpleNamespace(last_seen=None)
    """
    one = shared_state(carrier, module, definition, name)
    if one.fillings:
        raise refuse(CONSTRUCT, definition.location, f"'{name}' is filled in while the module is imported")
    home = carrier.home(module, False).replace(".", "_").strip("_")
    names = dict(known.names if known is not None else ()) | {name: one.initialiser}
    needs = one.needs | (known.needs if known is not None else {Need("types", "SimpleNamespace")})
    fields = ", ".join(f"{field}={value}" for field, value in sorted(names.items()))
    return SharedState(
        module.name, "", f"{home}_globals", f"SimpleNamespace({fields})", needs, tuple(sorted(names.items()))
    )


def name_of_state(carrier: "Carrier", module: Module, path: str) -> str:
    """The name of a shared object in the target: its own, behind its module's where others have one of that name."""
    name = path.partition(".")[0]
    others = (one for one in carrier.project.modules.values() if one.name != module.name)
    is_known = any(name in one.definitions and one.definitions[name].kind != "function" for one in others)
    owner, _, attribute = path.rpartition(".")
    own = f"{snake_case(owner)}_{attribute}" if owner else attribute
    return f"{carrier.home(module, False).replace('.', '_').strip('_')}_{own}" if is_known else own


def _constants(carrier: "Carrier", module: Module, value: ast.expr) -> dict[str, ast.expr | None]:
    """The literals that an expression names, and values made of literals (`date(2024, 1, 2)`): written out, so that the
    state's module needs no other one first."""
    named = {one.id for one in outer_names(value)}
    kinds = {one: module.definitions[one] for one in named if one in module.definitions}
    values = {one: carrier.sources.value(module, one) for one, found in kinds.items() if found.kind == "constant"}
    return {one: found for one, found in values.items() if isinstance(found, ast.Constant) or _is_plain_value(found)}


def _is_plain_value(value: ast.expr | None) -> bool:
    """Whether a call makes a value of literals, which is as good as another one made so."""
    if not isinstance(value, ast.Call) or ast.unparse(value.func).endswith("object"):
        return False
    return all(isinstance(one, ast.Constant) for one in (*value.args, *(word.value for word in value.keywords)))
