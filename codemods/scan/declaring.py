"""Which modules may declare something: an application, a blueprint, a route, a hook or their registration.

Those whose bytes have a word for it, and those that import a name which leads to an application or a blueprint, or by
which one is handed on.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from .objects import MAKERS
from .raw import RawModule, qualify
from .reading import Raws
from .registering import REGISTERING, ROUTES
from .scopes import Scope, chain_of

CALLS = re.compile(
    rb"\.(?:route\(|add_url_rule|register_(?:blueprint|error_handler)|add_resource\(|(?:app_)?errorhandler"
    rb"|(?:before|after|teardown)_(?:app|request|first)|(?:app_)?(?:context_processor|url_defaults|url_value_preprocessor"
    rb"|template_filter|template_global|template_test)|shell_context_processor)"
)
#: parts of these calls: texts are found faster than a pattern
PARTS = (
    *(
        b".route(",
        b"add_url_rule",
        b"register_blueprint",
        b"register_error_handler",
        b".add_resource(",
        b"errorhandler",
    ),
    *(b"errorhandler", b"_request", b"down_app", b"_processor", b"url_defaults", b"url_value_pre"),
    *(b"template_filter", b"template_global", b"template_test"),
)
VERBS = rb"(?:get|post|put|patch|delete)"
CALLED = re.compile(rb"\." + VERBS + rb"\([^\n]*\)\(")
DECORATORS = re.compile(rb"@[\w.]+\.(?:" + VERBS + rb"|endpoint|resource)\b")
MAKER_NAMES = frozenset(maker.rpartition(".")[2] for maker in MAKERS)
MAKER_PACKAGES = frozenset(maker.partition(".")[0] for maker in MAKERS)
MAKER_WORDS = tuple(name.encode() for name in sorted(MAKER_NAMES))
MAKER = "|".join(sorted(MAKER_NAMES))
#: a maker called, inherited from, renamed, or alone in its line: an annotation is none of these
MADE = re.compile(
    rf"\b(?:{MAKER})\s*\(|class\b[^\n]*\b(?:{MAKER})\b|\b(?:{MAKER})\s+as\b|=\s*(?:\w+\.)*(?:{MAKER})\b"
    rf"|^\s*(?:\w+\.)*(?:{MAKER})\s*[,)]".encode(),
    re.MULTILINE,
)


def may_declare(source: bytes, targets: frozenset[str]) -> bool:
    """Whether a module registers something by its words, or makes an application or blueprint."""
    if any(part in source for part in PARTS) and CALLS.search(source):
        return True
    if DECORATORS.search(source) or (b")(" in source and CALLED.search(source)):
        return True
    if not any(target.partition(".")[0] in MAKER_PACKAGES for target in targets):
        return False
    return any(name in source for name in MAKER_WORDS) and MADE.search(source) is not None


def find_declaring(raws: Raws) -> None:
    """Add to the declaring modules of `raws` those that import a name which leads to an object; tell these names."""
    importers: defaultdict[str, list[str]] = defaultdict(list)
    for name, targets in raws.targets.items():
        for target in targets:
            importers[target].append(name)
    found = set(raws.declaring)
    known = raws.leading
    waiting = sorted(found)
    while waiting:
        raw = raws[waiting.pop()]
        new = leading_names(raw, known) - known
        known |= new
        users = {user for name in new for user in _users(raws, importers, name)} - {raw.name}
        found |= users
        waiting.extend(sorted(users))
    raws.declaring = tuple(sorted(found))


def _users(raws: Raws, importers: defaultdict[str, list[str]], name: str) -> Iterator[str]:
    """The modules that import a name, or its module and write the name somewhere."""
    yield from importers.get(name, ())
    module, _, last = name.rpartition(".")
    written = last.encode()
    yield from importers.get(f"{module}.*", ())
    while module:
        for user in importers.get(module, ()):
            if written in raws.source(user):
                yield user
        module = module.rpartition(".")[0]


def leading_names(raw: RawModule, known: set[str]) -> set[str]:
    """The names of a module that lead to an object by what is `known` of others, or hand one on."""
    found = {f"{raw.name}.{local}" for local, target in raw.imports.items() if target in known}
    before = -1
    while before != len(found):
        before = len(found)
        leads = _Leads(raw, known | found)
        for assigned in raw.top.assigned:
            if leads.to_object(raw.top, assigned.value):
                found.add(f"{raw.name}.{assigned.name.partition('.')[0]}")
        for child in raw.top.children:
            if child.kind in ("class", "function") and leads.definition(child):
                found.add(f"{raw.name}.{child.name}")
    return found


class _Leads:
    """Says what leads to an object, as far as it is known."""

    def __init__(self, raw: RawModule, known: set[str]) -> None:
        self.raw = raw
        self.known = known

    def definition(self, scope: Scope) -> bool:
        """Whether a class makes objects, or a function makes one or hands on one that it is given."""
        if scope.kind == "class":
            return any(self.to_object(self.raw.top, base) for base in scope.bases) or self._inside(scope, ())
        return self._inside(scope, scope.parameters)

    def to_object(self, scope: Scope, value: ast.expr | None) -> bool:
        """Whether an expression is an object, makes one or is a class of some."""
        chain = chain_of(value.func if isinstance(value, ast.Call) else value) if value is not None else None
        return chain is not None and self.chain(scope, chain)

    def chain(self, scope: Scope, chain: str) -> bool:
        """Whether a chain names something that leads to an object."""
        if chain.rpartition(".")[2] in MAKER_NAMES:
            return True
        name = qualify(self.raw.name, scope, chain) or ""
        while name and ".<locals>." not in name:
            if name in self.known:
                return True
            name = name.rpartition(".")[0]
        return False

    def _inside(self, outer: Scope, parameters: tuple[str, ...]) -> bool:
        waiting = [outer]
        while waiting:
            scope = waiting.pop()
            values = (*(assigned.value for assigned in scope.assigned), *scope.returns)
            if any(self.to_object(scope, value) for value in values):
                return True
            if parameters and self._hands_on(scope, parameters):
                return True
            waiting.extend(scope.children)
        return False

    def _hands_on(self, scope: Scope, parameters: tuple[str, ...]) -> bool:
        """Whether a scope registers something with a parameter, or passes one to what does."""
        for node in scope.decorators:
            owner, _, attribute = (chain_of(node.func if isinstance(node, ast.Call) else node) or "").rpartition(".")
            if owner.partition(".")[0] in parameters and attribute in ROUTES | REGISTERING:
                return True
        for called in scope.called:
            if called.chain.partition(".")[0] in parameters:
                return True
            arguments = (*called.node.args, *(keyword.value for keyword in called.node.keywords))
            given = {(chain_of(argument) or "").partition(".")[0] for argument in arguments}
            if not given.isdisjoint(parameters) and self.chain(scope, called.chain):
                return True
        return False
