"""The uploaded files among what an endpoint loads by a schema, which its view must not hand on as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import libcst as cst

from codemods.findings import Location
from codemods.view.handed_items import handed_items
from codemods.view.names import Names
from codemods.view.refusal import refuse
from codemods.view.upload_object import UPLOAD

from .file_arguments import is_looked_into
from .file_fields import file_kind
from .layers import LoadedInput
from .model_inputs import LoadedModel


def with_files(
    function: cst.FunctionDef,
    names: Names,
    inputs: Sequence[LoadedInput | LoadedModel],
    taken: Mapping[int, str],
    location: Location,
) -> Names:
    """The names of a function that is handed these inputs, by the names in `taken`; raises `Refused` for a file that
    goes where nobody can follow it."""
    handed = dict(names.handed)
    for place, name in taken.items():
        files = inputs[place].files
        if files and (names.bindings.get(name, 1) > 1 or not is_looked_into(function, name, files)):
            raise refuse(UPLOAD, location, f"'{name}', which holds files, is used as a whole")
        handed |= handed_items(name, {key: file_kind(one) or "" for key, one in files.items()})
    return replace(names, handed=handed)
