"""How often an endpoint answers: a dependency that counts, made by the limiter beside the hooks.

@limiter.limit("1/day", exempt_when=is_gold)    →    Depends(limiter.limit("1/day", exempt_when=is_gold))
"""

from codemods.app.around.surrounding import Given, Surrounding, asked_function, convert_function
from codemods.carry import Carrier, Policy
from codemods.extensions import AskedFunction, Limited
from codemods.extensions.limiter import KEY, read
from codemods.findings import Finding
from codemods.model import Decorator
from codemods.view.imports import Need
from codemods.view.rule import Role

from .arguments import Placed
from .guards import Guard

GIVEN: dict[str, tuple[Role, tuple[Given, ...]]] = {
    "deduct_when": ("value", (("Response", Need("fastapi", "Response")),)),
    "on_breach": ("handler", (("RequestLimit", Need(".compat.rate_limits", "RequestLimit")),)),
}
"""What a function of an option does, and is given, where that is not only to tell something of the request."""


def limit_guard(carrier: Carrier, policy: Policy, layer: Limited, decorator: Decorator) -> Guard:
    """The dependency that counts; raises `Refused` for a function that is not converted."""
    home = f".{'bridged.' if policy == 'bridged' else ''}dependencies"
    placed = []
    arguments = list(layer.arguments)
    application: Finding | None = None
    for one in layer.functions:
        role, given = GIVEN.get(one.option, ("value", ()))
        around = Surrounding(one.callee, role, one.lambda_name, False, given)
        function = convert_function(carrier, around, policy, home)
        application = application or function.application
        placed.append(Placed.of(carrier, home, function.name, function.text, function.needs))
        arguments.append(f"{one.option}={placed[-1].name}")
    limiter = limiter_of(carrier, policy)
    needs = {limiter, Need("fastapi", "Depends"), *(Need(home, one.name) for one in placed)}
    nothing = Placed(limiter.module, limiter.name, "", frozenset())
    return Guard(
        f"limiter.limit({', '.join(arguments)})", frozenset(needs), application, nothing, answers=False,
        ahead=tuple(placed),
    )  # fmt: skip


def limiter_of(carrier: Carrier, policy: Policy) -> Need:
    """The limiter, which stands beside the hook that asks it: one of its own for bridged routes where these ask another
    function whom they count for. Raises `Refused`."""
    key, _ = read(carrier.project, carrier.sources)
    asked = None if isinstance(key, str) else asked_function(carrier, AskedFunction("key", key, KEY), policy, ".hooks")
    return Need(".bridged.hooks" if asked is not None and asked.application else ".hooks", "limiter")
