"""Uploaded files among the arguments that a view parses: `args = parser.parse_args()`, then `args["photo"]`."""

from dataclasses import replace

import libcst as cst

from codemods.app.decorators.file_arguments import is_looked_into
from codemods.carry import Carrier
from codemods.extensions.basis.objects import made_by
from codemods.extensions.resources.request_parsers import PARSES
from codemods.findings import Location
from codemods.view import patterns as m
from codemods.view.handed_items import handed_items, parsing
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.rule import code, string
from codemods.view.search import ancestors, findall
from codemods.view.upload_object import UPLOAD


def with_parsed_files(carrier: Carrier, function: cst.FunctionDef, names: Names, location: Location) -> Names:
    """The names of a function, with what its request parsers find of files; raises `Refused` for files that go where
    nobody can follow them."""
    handed = dict(names.handed)
    for call in findall(function.body, m.Call(func=m.Attribute(attr=m.Name("parse_args")))):
        parser = names.qualified(function_of(call).value) or ""
        made = made_by(carrier.project, carrier.sources, parsing(parser))
        is_parser = parser in carrier.inner_parsers or made in PARSES
        if not is_parser or not (files := carrier.files_parsed_by(parser)):
            continue
        match ancestors(function.body, call):
            case [cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name) as bound)]), *_] if (
                names.bindings.get(name) == 1 and is_looked_into(function, name, files, bound)
            ):
                handed |= handed_items(name, files)
            case [cst.Subscript(value=parsed, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]), *_] if (
                parsed is call and string(key) is not None
            ):
                handed |= handed_items(code(function_of(call)), files)
            case _:
                raise refuse(UPLOAD, location, f"what '{parser}' parses, in which files are, is used as a whole")
        handed[parsing(parser)] = "parsed"
    return replace(names, handed=handed)


def function_of(call: cst.CSTNode) -> cst.Attribute:
    """The method that is called."""
    return cst.ensure_type(cst.ensure_type(call, cst.Call).func, cst.Attribute)
