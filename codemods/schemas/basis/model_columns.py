"""What is known of the columns of a model or table, and of those of several put together."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from codemods.model import Module


class UnreadError(Exception):
    """Something about a model that its source does not tell."""


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type: SQLAlchemy's name for it (`String`, `postgresql.JSONB`), and what it is given in `module`."""

    name: str
    module: Module
    args: tuple[ast.expr, ...] = ()
    keywords: Mapping[str, ast.expr] = field(default_factory=dict)

    def value(self, place: int | None, keyword: str) -> object:
        """A literal that it is given by position or name; None where it is not given.

        Raises `UnreadError` for what is no literal.
        """
        node = self.argument(place, keyword)
        try:
            return None if node is None else ast.literal_eval(node)
        except ValueError:
            raise UnreadError(f"'{ast.unparse(node) if node else keyword}'") from None

    def argument(self, place: int | None, keyword: str) -> ast.expr | None:
        """What it is given by position or name."""
        if place is not None and len(self.args) > place:
            return self.args[place]
        return self.keywords.get(keyword)


@dataclass(frozen=True, slots=True)
class Column:
    """A column by the name of its attribute; no `type` where the source does not tell it."""

    name: str
    type: ColumnType | None
    nullable: bool
    has_default: bool
    is_foreign: bool
    is_key: bool = False
    counts: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a model or table in the order in which it has them.

    `related` are its relationships, `others` its attributes that are mapped in another way. `unread` tells why more
    may be there. `is_declarative` tells that it is no mixin, `is_table` that it has a table.
    """

    columns: Mapping[str, Column] = field(default_factory=dict)
    related: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    unread: str = ""
    is_declarative: bool = False
    is_table: bool = False


def with_keys(found: Columns) -> Columns:
    """The columns, where the only key of a table counts by itself: SQLAlchemy's `autoincrement="auto"`."""
    keys = [one for one in found.columns.values() if one.is_key]
    counting = [one for one in keys if one.counts == "always" or (one.counts == "auto" and len(keys) == 1)]
    changed = {one.name: replace(one, has_default=True) for one in counting[:1]}
    return replace(found, columns={**found.columns, **changed})


def merged(found: Sequence[Columns]) -> Columns:
    """What all have; the earlier hide the later."""
    together = Columns()
    for one in found:
        together = joined(together, one)
    return together


def joined(nearer: Columns, further: Columns, *, is_joined: bool = False) -> Columns:
    """What both have; the nearer hides the further, and stands before it, as SQLAlchemy 2 has the columns of mixins.

    Where two tables are joined, the further comes first, and a column of both is foreign only if it is so in both.
    """
    own = dict(nearer.columns)
    for name in own.keys() & further.columns.keys() if is_joined else ():
        own[name] = replace(own[name], is_foreign=own[name].is_foreign and further.columns[name].is_foreign)
    names = {*nearer.columns, *nearer.related, *nearer.others}
    return Columns(
        {**further.columns, **own} if is_joined else {**own, **{**further.columns, **own}},
        further.related - names | nearer.related,
        further.others - names | nearer.others,
        nearer.unread or further.unread,
        nearer.is_declarative or further.is_declarative,
        nearer.is_table or further.is_table,
    )
