"""APIFlask's `PaginationSchema`, as a class beside the project's own schemas.

pagination = fields.Nested(PaginationSchema)                      →    class Pagination(Schema):
                                                                           page: Int = optional()
"""

from collections.abc import Mapping
from dataclasses import replace

import libcst as cst

from codemods.findings import Location
from codemods.model import Project

from ..basis.library import PAGINATION, paginating_module
from .argument_maps import ArgumentMap

NUMBERS = ("page", "per_page", "pages", "total")
LINKS = ("current", "next", "prev", "first", "last")
LIBRARY = "apiflask"


def library_schemas(project: Project) -> Mapping[str, ArgumentMap]:
    """The schema by the qualified name that its class has in the first of the modules that import it."""
    module = paginating_module(project)
    if module is None or LIBRARY in module.definitions:
        return {}
    lines = [f"    {name} = {LIBRARY}.fields.Integer()\n" for name in NUMBERS]
    lines += [f"    {name} = {LIBRARY}.fields.URL()\n" for name in LINKS]
    node = cst.parse_statement(
        f'class {PAGINATION}:\n    """A page of a collection, and the way to others."""\n{"".join(lines)}'
    )
    assert isinstance(node, cst.ClassDef)
    reads = replace(module, imports={**module.imports, LIBRARY: LIBRARY})
    found = ArgumentMap(reads, node, Location(module.file, 1), PAGINATION)
    return {f"{module.name}.{PAGINATION}": found}
