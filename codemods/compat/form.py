"""The form and the combined values of a request as a whole.

Preserves: `request.form` as a dictionary, by keys that are known only when the code runs; `request.values`, where the
query comes first and the form counts for POST, PUT and PATCH.

To live without it: declare the fields as `Form()` parameters, and the query as `Query()` ones.
"""

from typing import Annotated, cast

from fastapi import Depends, Request

from .request import FlaskRequest, FormValues

BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


async def read_form(request: Request) -> FormValues:
    """The form, empty where there is none; raises a 413 for one that is too large."""
    return await cast(FlaskRequest, request).form()


async def read_values(request: Request) -> FormValues:
    """The query, and behind it the form where the method has a body."""
    form = (await read_form(request)).multi_items() if request.method in BODY_METHODS else []
    return FormValues([*request.query_params.multi_items(), *form])


WholeForm = Annotated[FormValues, Depends(read_form)]
Values = Annotated[FormValues, Depends(read_values)]
