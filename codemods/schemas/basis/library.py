"""What names of Marshmallow, and of libraries that hand it on, stand for, and what they are here."""

from codemods.model import Module, Project
from codemods.view.names import split

#: distributions whose names mean nothing without Flask or Marshmallow
FOREIGN = ("flask", "werkzeug", "marshmallow", "webargs", "apispec", "apiflask")
#: the fields that flask-marshmallow's object has under their names
EXTENSION_FIELDS = frozenset(
    {
        "Bool",
        "Boolean",
        "Constant",
        "Date",
        "DateTime",
        "AwareDateTime",
        "NaiveDateTime",
        "Decimal",
        "Dict",
        "Email",
        "Enum",
    }
    | {
        "Float",
        "Field",
        "Function",
        "IP",
        "IPInterface",
        "IPv4",
        "IPv6",
        "Int",
        "Integer",
        "List",
        "Mapping",
        "Method",
        "Nested",
    }
    | {"Raw", "Str", "String", "Time", "TimeDelta", "Tuple", "UUID", "Url", "URL"}
)
#: APIFlask's modules that hand on Marshmallow's names, and the names in them that are its own or webargs's
HANDED_ON = {
    "apiflask": "marshmallow",
    "apiflask.fields": "marshmallow.fields",
    "apiflask.validators": "marshmallow.validate",
}
APIFLASK_ONLY = frozenset(
    {"Config", "DelimitedList", "DelimitedTuple", "EmptySchema", "File", "FileSchema", "FileSize", "FileType"}
    | {"HTTPError", "PaginationSchema", "UploadFile", "abort"}
)
PAGINATION = "PaginationSchema"
"""APIFlask's schema of a page, which is read as one of the project's own."""
FILES = {
    **{f"{home}.fields.File": "marshmallow.fields.File" for home in ("apiflask", "flask_marshmallow")},
    "apifairy.FileField": "marshmallow.fields.FileField",
    "flask_smorest.fields.Upload": "marshmallow.fields.Upload",
    **{
        f"{home}.{name}": f"marshmallow.validate.{name}"
        for home in ("apiflask.validators", "flask_marshmallow.validate")
        for name in ("FileSize", "FileType")
    },
}
"""The fields for uploaded files and what checks these, read as if they were Marshmallow's."""
#: Marshmallow's validators that have another name here
VALIDATORS = {
    **{name: name for name in ("ContainsNoneOf", "ContainsOnly", "Equal", "Length", "NoneOf", "OneOf", "Predicate")},
    **{"Range": "Range", "Regexp": "Regexp", "And": "All", "Email": "IsEmail", "URL": "IsURL"},
    **{"FileSize": "FileSize", "FileType": "FileType"},
}


CONTEXT = "marshmallow.experimental.context.Context"
"""What Marshmallow hands to hooks and functions; there is one for converted code, which others do not see."""
MISSING = "marshmallow.missing"
"""What stands for a value that there is not."""
CONFIGURATION = "flask.current_app.config"
"""What code may read that runs inside an application context."""
GET_VALUE = "marshmallow.utils.get_value"
"""What Marshmallow reads the values of fields with."""
TRUTH = {
    f"marshmallow.fields.{kind}.{side}": side.upper() for kind in ("Bool", "Boolean") for side in ("truthy", "falsy")
}
"""The values that count as true and as false, which schemas add their own to."""
CONTEXT_HERE = ".compat.schema_context"
"""The module of the latter."""
OF_MODELS = ("marshmallow_sqlalchemy.", "flask_marshmallow.sqla.")
"""Where the schemas of models are defined, which flask-marshmallow's object has as well."""
OF_LINKS = frozenset({"URLFor", "UrlFor", "AbsoluteURLFor", "AbsoluteUrlFor", "Hyperlinks", "Config"})
LINKS = frozenset({"compat.schema_links.asked", "compat.schema_links.link_to", "compat.schema_links.links_to"})
"""What makes links in converted schemas."""
OF_SQLALCHEMY = frozenset({"HyperlinkRelated", "SQLAlchemySchema", "SQLAlchemyAutoSchema", "auto_field"})
#: what Marshmallow 3 has otherwise: types of fields, what makes them, and validators
OLDER = frozenset(
    {
        "Bool", "booleans", "DateTime", "datetimes", "naive_datetimes", "aware_datetimes", "Date", "dates", "Time",
        "times", "TimeDelta", "periods", "Email", "IsEmail", "Url", "IsURL",
    }
)  # fmt: skip
#: what Marshmallow 2 has otherwise
OLDEST = frozenset(
    {
        "Int", "integers", "Float", "floats", "decimals", "Bool", "DateTime", "PlainDateTime", "datetimes", "Date",
        "Time", "TimeDelta", "periods", "UUID", "Dict", "Email", "EmailText", "Url", "UrlText", "IsEmail", "IsURL",
        "Range", "OneOf", "ContainsOnly",
    }
)  # fmt: skip
OF_FILES = frozenset({"File", "FileSize", "FileType", "uploaded"})
"""What is about uploaded files."""
DELIMITED = frozenset({"DelimitedList", "DelimitedTuple"})
"""The fields that are webargs', read as if they were Marshmallow's."""
OF_WEBARGS = ("webargs.fields.", "webargs.validate.", "webargs.ValidationError")
"""What webargs has under its own name."""


def library_name(project: Project, qualified: str) -> str:
    """Marshmallow's own name for what APIFlask, webargs or flask-marshmallow hand on: `ma.Schema`, `ma.Str`."""
    if qualified in FILES:
        return FILES[qualified]
    if qualified.startswith("apiflask."):
        module, _, name = qualified.rpartition(".")
        if qualified in (f"apiflask.fields.{one}" for one in DELIMITED):
            return f"marshmallow.fields.{name}"
        if name == PAGINATION and (home := paginating_module(project)) is not None:
            return f"{home.name}.{name}"
        return f"{HANDED_ON[module]}.{name}" if module in HANDED_ON and name not in APIFLASK_ONLY else qualified
    if qualified.startswith(OF_WEBARGS):
        return f"marshmallow.{qualified.removeprefix('webargs.')}"
    if qualified.startswith(OF_MODELS):
        name = qualified.rpartition(".")[2]
        return f"marshmallow_sqlalchemy.{name}" if name in OF_SQLALCHEMY else qualified
    owner, rest = split(project, qualified)
    name, _, attribute = rest.partition(".")
    definition = owner.definitions.get(name) if owner else None
    if definition is None or definition.kind == "class" or "flask_marshmallow.Marshmallow" not in definition.uses:
        return qualified
    if attribute == "Schema":
        return "marshmallow.Schema"
    if attribute in OF_SQLALCHEMY:
        return f"marshmallow_sqlalchemy.{attribute}"
    if attribute in OF_LINKS:
        return f"flask_marshmallow.fields.{attribute}"
    return f"marshmallow.fields.{attribute}" if attribute in EXTENSION_FIELDS else qualified


def paginating_module(project: Project) -> Module | None:
    """The first module that imports APIFlask's schema of a page by its name."""
    wanted = {f"apiflask.{PAGINATION}", f"apiflask.schemas.{PAGINATION}"}
    return next((one for one in project.modules.values() if wanted & {*one.imports.values()}), None)
