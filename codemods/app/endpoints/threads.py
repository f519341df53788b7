"""What is bound to a thread: the sync parts of a native request run in several, those of a bridged one in one."""

from collections.abc import Collection

from codemods.carry import Carrier
from codemods.findings import Diagnostic, Finding
from codemods.scan.context import CONTEXT_VARIABLE
from codemods.view.names import split

THREAD_BOUND = Diagnostic(
    "FM611",
    "note",
    "something that is bound to a thread",
    "Hooks, dependencies and the endpoint of a FastAPI route run in different threads of a pool; a bridged route keeps "
    "one for each request, as Flask does.",
    "Keep the value on the request (`request.state`), or open the connection for use in any thread.",
)

BOUND = frozenset({"threading.local", "threading.get_ident", "threading.current_thread"})
CONNECT = "sqlite3.connect"


def thread_bound(carrier: Carrier, reached: Collection[str]) -> Finding | None:
    """The first of these names that has to do with the thread; None where there is none.

    A connection to SQLite counts where its module is imported as it is, and something is kept for the request.
    """
    bound = BOUND & set(reached)
    if CONTEXT_VARIABLE in reached and carrier.context.own_context(reached):
        bound |= {CONTEXT_VARIABLE}
    for name in sorted(bound):
        return Finding(THREAD_BOUND, None, f"'{name}'")
    if CONNECT not in reached or not any(name == "flask.g" or name.startswith("flask.g.") for name in reached):
        return None
    for name in sorted(reached):
        module, _ = split(carrier.project, name)
        definition = carrier.context.definition(name)
        if module is None or definition is None or carrier.context.reaches_flask(module.name):
            continue
        if CONNECT in definition.uses:
            return Finding(THREAD_BOUND, definition.location, f"'{name}' connects")
    return None
