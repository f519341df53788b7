"""What the translation of a function may refuse, whatever rule is at work."""

from codemods.findings import Diagnostic

NEEDS_CONTEXT = Diagnostic(
    "FM601",
    "blocked",
    "something that needs Flask's request context has no counterpart yet",
    "FastAPI has no request context; what code takes from it must become a parameter, and for this name the tool knows "
    "none.",
    "Pass the value in from the view, or keep the route on Flask for now.",
)
NOT_FOLLOWED = Diagnostic(
    "FM602",
    "blocked",
    "a name whose meaning the tool cannot tell",
    "It is neither a local, an import, a definition of the module, nor a builtin (perhaps a star import or a name "
    "bound in an enclosing function).",
    "Import or define the name at module level.",
)
TEMPLATE_READS = Diagnostic(
    "FM323",
    "blocked",
    "a template reads a part of Flask's request or session that has no counterpart",
    "Templates are shared with the Flask application, so the page would silently show nothing there.",
    "Hand the value to the template from the view.",
)
CONSTRUCT = Diagnostic(
    "FM603",
    "blocked",
    "a construct that a converted function cannot have",
    "Its meaning depends on where the code runs.",
    "Rewrite it in a plainer way, or keep the route on Flask.",
)
ELSEWHERE = Diagnostic(
    "FM605",
    "blocked",
    "an inner function that uses a context local is handed to other code",
    "Whoever gets it may call it in another thread or after the request, where Flask's context local says something "
    "else.",
    "Read the value in the view and let the inner function use that.",
)
BODY_OUT_OF_REACH = Diagnostic(
    "FM211",
    "blocked",
    "the body is read where FastAPI cannot hand it in",
    "Decorators that change an answer, context processors and the like run apart from the endpoint and its hooks; "
    "reading the body there is asynchronous in FastAPI.",
    "Read the body in the view and pass what is needed on.",
)
TWO_BODIES = Diagnostic(
    "FM213",
    "blocked",
    "one view reads the body both as JSON and as a form",
    "FastAPI documents and reads one kind of body for an endpoint.",
    "Split the view by content type.",
)
