"""What is known of a local's value: the kind that every one of its assignments gives it."""

from collections import Counter
from collections.abc import Callable, Mapping

import libcst as cst
import libcst.matchers as m

from .names import Names


def local_kinds(
    function: cst.FunctionDef, names: Names, kind: Callable[[cst.BaseExpression], str]
) -> Mapping[str, str]:
    """The kind of each local whose bindings are all plain assignments of values of that one kind."""
    found: dict[str, set[str]] = {}
    assigned: Counter[str] = Counter()
    for assign in m.findall(function, m.Assign(targets=[m.AssignTarget(target=m.Name())])):
        assert isinstance(assign, cst.Assign)
        target = cst.ensure_type(assign.targets[0].target, cst.Name).value
        found.setdefault(target, set()).add(kind(assign.value))
        assigned[target] += 1
    return {
        name: next(iter(kinds))
        for name, kinds in found.items()
        if len(kinds) == 1 and names.bindings.get(name, 0) == assigned[name]
    }
