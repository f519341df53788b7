"""What a view reads by name from a dictionary that a conversion hands it: `files["photo"]` is an uploaded file."""

from collections.abc import Mapping

import libcst as cst

from .rule import code, string


def handed_items(owner: str, kinds: Mapping[str, str]) -> Mapping[str, str]:
    """The kinds of the values of a dictionary with that name, as `Names.handed` has them."""
    return {f"{owner}[{name}]": kind for name, kind in kinds.items()}


def parsing(parser: str) -> str:
    """The mark in `Names.handed` for a request parser of that name: what it parses is known wherever it is used."""
    return f"{parser}.parse_args"


def handed_item(node: cst.BaseExpression, handed: Mapping[str, str]) -> str | None:
    """The kind of such a value; None for anything else."""
    match node:
        case (
            cst.Subscript(value=cst.Name(value=owner), slice=[cst.SubscriptElement(slice=cst.Index(value=key))])
            | cst.Call(
                func=cst.Attribute(value=cst.Name(value=owner), attr=cst.Name("get")),
                args=[cst.Arg(value=key, keyword=None, star="")]
                | [cst.Arg(value=key, keyword=None, star=""), cst.Arg(value=cst.Name("None"))],
            )
        ) if handed:
            return handed.get(f"{owner}[{string(key)}]")
        case cst.Subscript(value=cst.Call(func=function), slice=[cst.SubscriptElement(slice=cst.Index(value=key))]) if (
            handed
        ):
            return handed.get(f"{code(function)}[{string(key)}]")
        case cst.Attribute(value=cst.Name(value=owner), attr=cst.Name(value=attribute)) if handed:
            return handed.get(f"{owner}[{attribute}]")
    return None
