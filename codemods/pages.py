"""What templates read, and which of it the target's own environment cannot give them.

Read from the templates' text as Jinja parses it, with those that a template extends, includes or imports. A name that
is computed may be that of any template.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.meta import find_referenced_templates

REQUEST = frozenset(
    {
        "args", "base_url", "blueprint", "blueprints", "cookies", "endpoint", "form", "full_path", "headers", "host",
        "host_url", "is_secure", "method", "path", "query_string", "referrer", "remote_addr", "root_path", "root_url",
        "scheme", "script_root", "url", "url_root", "user_agent", "view_args",
    }
)  # fmt: skip
"""What `compat.template_names` has of Flask's request."""
SENT = frozenset({"args", "form"})
METHODS = frozenset({*dir(dict), "getlist", "lists", "listvalues", "to_dict"})
"""Attributes of these that are no keys."""
ODD = frozenset({"accessed", "modified", "new", "pop", "setdefault", "clear", "update"})
"""Attributes of Flask's session that a template's has not."""


@dataclass(frozen=True, slots=True)
class Reads:
    """Names (`brand`, `request.path`), filters and tests (`filter money`), and templates; None is any template."""

    names: frozenset[str]
    templates: frozenset[str | None]


NOTHING = Reads(frozenset(), frozenset())


def read(source: str, options: Mapping[str, object]) -> Reads:
    """What one template reads; nothing where it is broken, since rendering it fails."""
    try:
        tree = Environment(**options).parse(source)  # type: ignore[arg-type]  # nothing is rendered
    except TemplateSyntaxError:
        return NOTHING
    names: set[str] = set()
    longer: set[int] = set()
    for call in tree.find_all(nodes.Call):
        match call:
            case nodes.Call(
                node=nodes.Getattr(node=nodes.Name(name="config") as inner, attr="get") as got,
                args=[nodes.Const(value=str() as key), *_],
            ):
                names.add(f"config.{key}")
                longer |= {id(inner), id(got)}
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        match node:
            case nodes.Getattr(node=nodes.Name(name=name) as inner, attr=key) if id(node) not in longer:
                names.add(f"{name}.{key}")
                longer.add(id(inner))
            case nodes.Getitem(node=nodes.Name(name=name) as inner, arg=nodes.Const(value=str() as key)):
                names.add(f"{name}.{key}")
                longer.add(id(inner))
    names |= {one.name for one in tree.find_all(nodes.Name) if id(one) not in longer}
    names |= {f"request.{attribute}.{key}" for attribute, key in _sent(tree)}
    names |= {f"filter {one.name}" for one in tree.find_all(nodes.Filter)}
    names |= {f"test {one.name}" for one in tree.find_all(nodes.Test)}
    return Reads(frozenset(names), frozenset(find_referenced_templates(tree)))


def _sent(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    """The values of the query and the form that a template reads by name: `request.args.q`, `request.args.get("q")`."""
    for node in tree.find_all((nodes.Call, nodes.Getattr, nodes.Getitem, nodes.Compare)):
        match node:
            case nodes.Call(node=nodes.Getattr(node=holder, attr="get" | "getlist"), args=[nodes.Const(value=key), *_]):
                pass
            case nodes.Getattr(node=holder, attr=key) if key not in METHODS:
                pass
            case nodes.Getitem(node=holder, arg=nodes.Const(value=key)):
                pass
            case nodes.Compare(expr=nodes.Const(value=key), ops=[nodes.Operand(op="in" | "notin", expr=holder)]):
                pass
            case _:
                continue
        match holder:
            case nodes.Getattr(node=nodes.Name(name="request"), attr=attribute) if attribute in SENT:
                if isinstance(key, str):
                    yield attribute, key


@dataclass(slots=True)
class Templates:
    """The application's templates by name, parsed as its environment does."""

    texts: Mapping[str, str]
    options: Mapping[str, object]
    known: dict[str, Reads] = field(default_factory=dict)

    def reads(self, name: str) -> Reads:
        """What one template reads by itself; nothing where there is none of the name, since rendering it fails."""
        if name not in self.known:
            self.known[name] = read(self.texts[name], self.options) if name in self.texts else NOTHING
        return self.known[name]

    def reached(self, start: Iterable[str | None]) -> dict[str, frozenset[str]]:
        """What these templates and all that they bring in read, by template; None stands for any."""
        found: dict[str, frozenset[str]] = {}
        waiting = list(start)
        while waiting:
            wanted = waiting.pop()
            if wanted is None:
                waiting.extend(one for one in self.texts if one not in found)
            elif wanted not in found:
                reads = self.reads(wanted)
                found[wanted] = reads.names
                waiting.extend(reads.templates)
        return found


@dataclass(slots=True)
class Pages:
    """Which pages the target's own environment can render.

    `nowhere` says why it renders none; `missing` are the names that it has not, with why; `scopes` the blueprints (""
    is the application) with a context processor that is not native, with why. `setting` says why one of `config` is not
    known without Flask; `settings_read` are those that pages read. `of_request` are globals that need Flask's request.
    """

    templates: Templates
    nowhere: str | None
    missing: Mapping[str, str]
    scopes: Mapping[str, str]
    setting: Callable[[str], str | None]
    of_request: frozenset[str] = frozenset()
    settings_read: set[str] = field(default_factory=set)

    def obstacle(
        self, blueprints: Collection[str] | None, start: Sequence[str | None], source: str | None
    ) -> str | None:
        """Why a page is not rendered by the target's own environment; None where it is.

        `start` are the templates that are named in code (None: a computed name), `source` the text of one that is
        rendered from a string. `blueprints` are those around the endpoint, None where it may be any.
        """
        if self.nowhere is not None:
            return self.nowhere
        if source is None and not start:
            return "a template from a computed text"
        for scope, why in self.scopes.items():
            if blueprints is None or scope in blueprints:
                return why
        found = list(self._read(start, source))
        for where, name in found:
            root, _, key = name.partition(".")
            lacking = self.missing.get(root)
            if root == "config":
                lacking = "'config'" if not key or not key.isupper() else self.setting(key)
            if lacking is not None:
                return f"{where} reads {lacking}"
        self.settings_read |= {name.removeprefix("config.") for _, name in found if name.startswith("config.")}
        return None

    def unknown(self, start: Sequence[str | None], source: str | None) -> str | None:
        """What a page reads of the request that the templates of neither environment have; None for nothing."""
        for where, name in self._read(start, source):
            root, _, key = name.partition(".")
            if (
                root in self.of_request
                or (root == "request" and key and key.partition(".")[0] not in REQUEST)
                or (root == "session" and key in ODD)
            ):
                return f"'{name}' in {where}"
        return None

    def calling(self, methods: Collection[str], start: Sequence[str | None], source: str | None) -> str | None:
        """One of these names where a page has it as an attribute, or hands it to a filter; None for none."""
        if not methods:
            return None
        found = re.compile(rf"""(?:\.\s*|["'])({"|".join(map(re.escape, methods))})\b""")
        given = [*start, *(read(source, self.templates.options).templates if source is not None else ())]
        texts = {f"'{name}'": self.templates.texts.get(name, "") for name in self.templates.reached(given)}
        if source is not None:
            texts["a template in the code"] = source
        if not self.templates.texts and start:
            return f"a call of '{min(methods)}' in templates that are not known"
        for where, text in texts.items():
            if (one := found.search(text)) is not None:
                return f"the method '{one[1]}' in {where}"
        return None

    def sent(self, start: Sequence[str | None], source: str | None) -> frozenset[tuple[str, str]]:
        """The values of the request that a page reads by name, as the attribute of `request` and the key."""
        parts = [name.split(".", 2) for _, name in self._read(start, source)]
        return frozenset((part[1], part[2]) for part in parts if part[0] == "request" and len(part) == 3)

    def _read(self, start: Sequence[str | None], source: str | None) -> Iterator[tuple[str, str]]:
        """Every name that a page reads, with where."""
        given: list[str | None] = list(start)
        if source is not None:
            reads = read(source, self.templates.options)
            given.extend(reads.templates)
            yield from (("a template in the code", name) for name in sorted(reads.names))
        for template, names in self.templates.reached(given).items():
            yield from ((f"'{template}'", name) for name in sorted(names))
