"""The form, the files and the combined values of a request as a whole.

Preserves: `request.form` and `request.files` as dictionaries, by keys that are known only when the code runs;
`request.values`, where the query comes first and the form counts for POST, PUT and PATCH.

To live without it: declare the fields as `Form()` and `File()` parameters, and the query as `Query()` ones.
"""

from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from .request import BODY_METHODS, CombinedValues, FirstValues, FlaskRequest


async def read_form(request: Request) -> FirstValues[str]:
    """The form's texts, empty where there is none; raises a 413 for one that is too large."""
    return (await cast(FlaskRequest, request).form()).texts


async def read_files(request: Request) -> FirstValues[UploadFile]:
    """The uploaded files, apart from the form's texts; raises a 413."""
    return (await cast(FlaskRequest, request).form()).files


async def read_values(request: Request) -> CombinedValues:
    """The query, and behind it the form where the method has a body."""
    form = await read_form(request) if request.method in BODY_METHODS else FirstValues[str]()
    return CombinedValues(request.query_params, form)


WholeForm = Annotated[FirstValues[str], Depends(read_form)]
Uploads = Annotated[FirstValues[UploadFile], Depends(read_files)]
Values = Annotated[CombinedValues, Depends(read_values)]
