"""What keeps a schema class from being converted although each of its parts converts by itself."""

from collections.abc import Collection, Iterator

import libcst as cst

from ..basis.diagnostics import HOOK, META, NAME
from ..basis.plan import MAKING, FieldPlan, Meta, MethodPlan
from ..basis.reading import Reader, UnconvertibleError
from ..hooks.hook_options import pairs_strictly


def unheard(node: cst.ClassDef, methods: Collection[MethodPlan], helpers: str) -> Iterator[UnconvertibleError]:
    """What is raised where an object is made of loaded data is not told `handle_error`, as Marshmallow tells it.

    `methods` are the class's and its bases', `helpers` the functions that they call.
    """
    makers = [one for one in methods if one.kind in MAKING]
    if not makers or not any(one.name == "handle_error" for one in methods):
        return
    texts = [helpers, *(one.text for one in methods if one.kind in MAKING or one.kind == "helper")]
    if any("InvalidError" in text for text in texts):
        about = f"'{makers[0].name}' may raise an error, of which 'handle_error' has to hear"
        yield UnconvertibleError(HOOK, node, about)


def reshaped(reader: Reader, node: cst.ClassDef, methods: Collection[MethodPlan]) -> Iterator[UnconvertibleError]:
    """Of data that a hook takes out of an envelope nobody can tell which part an object was loaded from. Before
    version 4.1 only as many objects as the envelope has keys are checked
    (marshmallow.schema._invoke_schema_validators).
    """
    if not any(one.kind == "before_load_all" for one in methods):
        return
    for one in methods:
        if one.kind in MAKING and one.takes_original:
            yield UnconvertibleError(HOOK, node, f"'{one.name}', which is given what was sent around it, too")
        if one.kind == "check" and not pairs_strictly(reader):
            yield UnconvertibleError(HOOK, node, f"'{one.name}', which Marshmallow leaves out for some objects")


def unordered(node: cst.ClassDef, methods: Collection[MethodPlan], meta: Meta) -> Iterator[UnconvertibleError]:
    """Messages without the index of their object stand in the order in which all objects are looked at, checks last;
    and those of checks of the whole have an index all the same (marshmallow.schema._run_validator)."""
    checks = [one.name for one in methods if one.kind in ("check", "check_field")]
    if checks and not meta.index_errors:
        yield UnconvertibleError(META, node, f"'index_errors', and the check '{checks[0]}'")


def mixed(node: cst.ClassDef, fields: Collection[FieldPlan]) -> Iterator[UnconvertibleError]:
    """A value inside another one needs that to itself."""
    heads = {one.path.partition(".")[0] for one in fields if one.path and one.loads}
    if taken := sorted(heads & {one.attribute for one in fields if not one.path and one.loads}):
        yield UnconvertibleError(NAME, node, f"'{taken[0]}', which also holds other fields")


def without_loader(node: cst.ClassDef, fields: Collection[FieldPlan]) -> Iterator[UnconvertibleError]:
    """A method that loads a field has to stand in the class of the field."""
    own = {one.name.value for one in node.body.body if isinstance(one, cst.FunctionDef)}
    for one in fields:
        if one.loaded_by and (one.loaded_by not in own or one.attribute != one.name):
            yield UnconvertibleError(HOOK, node, f"'{one.loaded_by}', which loads '{one.name}'")


def hidden(
    node: cst.ClassDef, fields: Collection[FieldPlan], methods: Collection[MethodPlan]
) -> Iterator[UnconvertibleError]:
    """A field and a method or value of one name: Marshmallow keeps both, a class of Pydantic's one of them, be it in a
    base class: the value would be the field's default."""
    names = {one.name for one in methods if one.is_shared}
    if taken := sorted(names & {one.attribute for one in fields}):
        yield UnconvertibleError(NAME, node, f"'{taken[0]}', which is a field and something else")
