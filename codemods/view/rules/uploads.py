"""`request.files` → `File()` parameters; what becomes of the files themselves is in `codemods.view.upload_object`.

file = request.files["photo"]
→    def endpoint(photo: Annotated[UploadFile | None, File()] = None): file = required(photo, "photo")
"""

import libcst as cst

from codemods.view.imports import Need
from codemods.view.rule import Rule, Translation, bind, code, expression, string
from codemods.view.rules.single import SPREAD, Part, item_reader, membership, typed
from codemods.view.rules.wholes import whole_calls
from codemods.view.signature import Parameter

FILES = "flask.request.files"


def files(translation: Translation, _: cst.BaseExpression) -> cst.BaseExpression:
    """The files as a dictionary of the first of each name."""
    signature = translation.signature
    if signature.whole_body or not signature.injected:
        return cst.Attribute(translation.body(), cst.Name("files"))
    source = ("file", " files")
    known = signature.find(source)
    name = known.name if known else signature.free_name("files", "sent")
    return translation.ask(Parameter(name, "Uploads", None, source, frozenset({Need(".compat.form", "Uploads")})))


def get(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.files.get(key)`."""
    bound = bind(call, "key", "default")
    if bound is None or "key" not in bound or ("default" in bound and code(bound["default"]) != "None"):
        raise translation.refuse(SPREAD, written, code(written))
    key = string(bound["key"])
    found = typed(translation, PART, key, "str", None) if key is not None else None
    return found or expression("{held}.get({key})", held=files(translation, written), key=bound["key"])


def getlist(translation: Translation, written: cst.Call, call: cst.Call) -> cst.BaseExpression:
    """`request.files.getlist(key)`."""
    bound = bind(call, "key")
    if bound is None or "key" not in bound:
        raise translation.refuse(SPREAD, written, code(written))
    return expression("{held}.getlist({key})", held=files(translation, written), key=bound["key"])


def refuse_dictionary(translation: Translation, written: cst.Call, _: cst.Call) -> cst.BaseExpression:
    """`request.files.to_dict()`: nobody can follow the files in it, which are Werkzeug's for whoever they go to."""
    raise translation.refuse(SPREAD, written, code(written))


PART = Part("file", "File", files, "UploadFile")

RULE = Rule(
    iterations={FILES: files},
    calls={
        **whole_calls(FILES, files),
        **dict.fromkeys((f"{FILES}.to_dict", f"{FILES}.lists"), refuse_dictionary),
        f"{FILES}.get": get,
        f"{FILES}.getlist": getlist,
    },
    subscripts={FILES: item_reader(PART)},
    containers={FILES: files},
    memberships={FILES: membership(PART)},
    kinds={
        f"{FILES}.get": "upload",
        f"{FILES}[]": "upload",
        f"{FILES}.getlist": "uploads",
        f"{FILES}.values": "uploads",
        f"{FILES}.items": "named uploads",
    },
)
