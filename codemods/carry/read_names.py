"""The names under which a request is read."""

from dataclasses import dataclass, field

Held = frozenset[str]
"""The parts of the request that a value may be: `query`, `form`, `file`, `json`, the `item`s of a JSON list, `raw`."""


@dataclass(slots=True)
class RequestShape:
    """The names that are read of each part of the request, with whether all values of one are; `touched` are the parts
    that are read at all, `about` among them where the code asks what kind of body there is; `hooked` are the names of
    the query that hooks read."""

    query: dict[str, bool] = field(default_factory=dict)
    form: dict[str, bool] = field(default_factory=dict)
    file: dict[str, bool] = field(default_factory=dict)
    json: dict[str, bool] = field(default_factory=dict)
    item: dict[str, bool] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    hooked: frozenset[str] = frozenset()

    def note(self, part: str, name: str, is_list: bool) -> None:
        """A name that is read."""
        if part != "raw":
            known: dict[str, bool] = getattr(self, part)
            known[name] = known.get(name, False) or is_list
