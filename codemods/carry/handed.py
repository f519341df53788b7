"""Functions of the project that are handed Flask's request or application: in them these are what the proxies are.

def shown_url(request): return request.url    →    def shown_url_from_request(*, request: Request): …
shown_url(request)                            →    shown_url_from_request(request=request)
"""

from collections.abc import Mapping
from dataclasses import replace

import libcst as cst

from codemods.findings import Location
from codemods.view.diagnostics import CONSTRUCT
from codemods.view.names import Names
from codemods.view.references import Handed
from codemods.view.refusal import refuse


def filled(function: cst.FunctionDef, handed: Handed) -> Mapping[str, str]:
    """What parameters are that these arguments fill; raises `Refused` for an argument that has no such parameter."""
    params = function.params
    positional = [one.name.value for one in (*params.posonly_params, *params.params)]
    known = {*positional, *(one.name.value for one in params.kwonly_params)}
    found = {
        place if isinstance(place, str) else "".join(positional[place : place + 1]): meaning
        for place, meaning in handed
    }
    if found.keys() - known:
        raise refuse(CONSTRUCT, None, f"'{function.name.value}' takes the request among any number of arguments")
    return found


def with_handed(
    function: cst.FunctionDef, names: Names, handed: Mapping[str, str], location: Location
) -> tuple[cst.FunctionDef, Names]:
    """The function without these parameters, whose names stand for what they are handed in it; raises `Refused` where
    they may be something else."""
    for name in sorted(handed):
        if names.bindings.get(name) != 1:
            raise refuse(CONSTRUCT, location, f"'{function.name.value}' binds '{name}' again")
    params = function.params
    keywords = [one for one in params.kwonly_params if one.name.value not in handed]
    is_bare = not keywords and isinstance(params.star_arg, cst.ParamStar)
    kept = params.with_changes(
        posonly_params=[one for one in params.posonly_params if one.name.value not in handed],
        params=[one for one in params.params if one.name.value not in handed],
        kwonly_params=keywords,
        star_arg=cst.MaybeSentinel.DEFAULT if is_bare else params.star_arg,
    )
    names = replace(names, local=names.local.difference(handed), imported={**names.imported, **handed})
    return function.with_changes(params=kept), names
