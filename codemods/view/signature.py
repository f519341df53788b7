"""The parameters of generated functions: rules ask for them, the translator writes them."""

import re
from dataclasses import dataclass, field, replace

from codemods.literals import as_literal

from .imports import Need

MARKER = re.compile(r"\b(Query|Header|Form|File|Cookie)\(\)")
ALIAS = re.compile(r'\b(Query|Header|Form|File|Cookie)\(alias="((?:[^"\\]|\\.)*)"\)')


JSON = ("body", "")
SENT = ("sent", "")
"""The sources of a JSON body, and of a body of any kind."""
BODY_MODULE = ".compat.body"
"""The module of the target that reads a body of any kind."""
FORM_KINDS = frozenset({"form", "file"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `annotation` and `default` are source text; `needs` the imports that they use.

    `source` says what the value is (`("query", "page")`): two parameters of one source and text are the same.
    """

    name: str
    annotation: str
    default: str | None = None
    source: tuple[str, str] = ("", "")
    needs: frozenset[Need] = frozenset()

    def renamed(self, name: str) -> "Parameter":
        """The same value under another name: FastAPI reads it by the alias."""
        if name == self.name:
            return self
        kind, key = self.source
        bare = ALIAS.sub(r"\1()", self.annotation)
        natural = name.replace("_", "-") if kind == "header" else name
        alias = key if kind != "header" else self._header_name()
        if natural == alias.lower():
            return replace(self, name=name, annotation=bare)
        annotation = MARKER.sub(lambda found: f"{found[1]}(alias={as_literal(alias)})", bare, count=1)
        return replace(self, name=name, annotation=annotation)

    def _header_name(self) -> str:
        found = ALIAS.search(self.annotation)
        return found[2] if found else self.name.replace("_", "-")

    @property
    def plain(self) -> str:
        """The annotation without what only FastAPI reads: `Annotated[int, Query()]` is `int`."""
        if not self.annotation.startswith("Annotated["):
            return self.annotation
        depth = 0
        for position, letter in enumerate(self.annotation):
            depth += (letter == "[") - (letter == "]")
            if letter == "," and depth == 1:
                return self.annotation[len("Annotated[") : position]
        return self.annotation

    def plain_needs(self) -> frozenset[Need]:
        """The imports of the plain annotation."""
        return frozenset() if self.annotation.startswith("Annotated[") else self.needs


@dataclass(slots=True)
class Signature:
    """What a function asks of its caller, in the order asked.

    `injected` is true where FastAPI calls the function and fills typed parameters in; where it is false only the
    request itself can be had. `whole_body` tells that the body is read in more than one form: as one object then.
    `remarks` are the source's comments on what became a parameter.
    """

    injected: bool
    taken: frozenset[str]
    parameters: dict[str, Parameter] = field(default_factory=dict)
    whole_body: bool = False
    remarks: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def has_two_bodies(self, parameter: Parameter) -> bool:
        """Whether a parameter would be a second kind of body beside what was asked for."""
        kinds = {one.source[0] for one in (*self.parameters.values(), parameter)}
        return len({"form" if one in FORM_KINDS else one for one in kinds} & {"form", JSON[0], SENT[0]}) > 1

    def find(self, source: tuple[str, str]) -> Parameter | None:
        """The parameter that already brings this value."""
        return next((one for one in self.parameters.values() if one.source == source), None)

    @property
    def query(self) -> frozenset[str]:
        """The names of the query that the parameters tell of; the source of a `QueryOf` has them below its schema."""
        sources = [one.source for one in self.parameters.values()]
        whole = {key for kind, text in sources if kind == "query-of" for key in text.splitlines()[1:]}
        return frozenset(key for kind, key in sources if kind in ("query", "query-list")) | whole

    def free_name(self, wanted: str, suffix: str) -> str:
        """`wanted`, or a variation of it that neither the function's own names nor another parameter use."""
        name = wanted
        while name in self.taken or name in self.parameters:
            name = f"{name}_{suffix}"
        return name

    def ask(self, parameter: Parameter) -> bool:
        """Add a parameter. False where its name already stands for something else."""
        known = self.parameters.get(parameter.name)
        if known is None:
            self.parameters[parameter.name] = parameter
            return True
        return known == parameter

    def render(self) -> str:
        """The parameters as source text, those without a default first."""
        ordered = sorted(self.parameters.values(), key=lambda one: one.default is not None)
        return ", ".join(
            "".join(f"\n{remark}" for remark in self.remarks.get(one.name, ()))
            + ("\n" if one.name in self.remarks else "")
            + f"{one.name}: {one.annotation}"
            + (f" = {one.default}" if one.default is not None else "")
            for one in ordered
        )
