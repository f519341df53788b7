"""What can keep a schema on Marshmallow. A route that uses such a schema stays on Flask."""

from codemods.findings import Diagnostic

_ADVICE = "keep the routes that use the schema on Flask, or write the schema in a form that converts"


def _blocked(code: str, summary: str, why: str, advice: str = _ADVICE) -> Diagnostic:
    return Diagnostic(code, "blocked", summary, why, advice)


FIELD_TYPE = _blocked(
    "FM401",
    "a field of a type that is not converted",
    "a field class of your own, or of another library, may do anything when it loads or dumps",
    "use one of Marshmallow's own fields with a validator, or keep the routes that use the schema on Flask",
)
FIELD_OPTION = _blocked(
    "FM402",
    "a field with an option that is not converted",
    "the option has no faithful counterpart in a Pydantic model, or its value is only known when the application runs",
)
NESTED = _blocked(
    "FM403",
    "a nested schema in a form that is not converted",
    "`only`, `exclude` and schemas made on the spot change what may be loaded, not only what is shown",
    "nest a schema class of its own that has just these fields",
)
META = _blocked(
    "FM404",
    "an option of `class Meta` that is not converted",
    "options that add, remove or rename fields make another schema than the one that its fields show",
    "declare the fields in the class itself",
)
HOOK = _blocked(
    "FM405",
    "a hook or method in a form that is not converted",
    "it needs the schema object, changes what it is to look at, or is called in an order that models do not keep",
)
FOREIGN_NAME = _blocked(
    "FM406",
    "code in a schema that uses a name without counterpart",
    "the code is taken over as it is, so everything that it uses has to exist without Flask and Marshmallow",
    "hand the value in from the view, or move the check into the view",
)
BASE = _blocked(
    "FM407",
    "a base class that is not converted",
    "fields, options and hooks come from the base class, too, so a schema converts only together with all its bases",
    "inherit from `marshmallow.Schema` or from a schema that converts",
)
STATEMENT = _blocked(
    "FM408",
    "a statement in a schema class that is not converted",
    "only fields, `Meta`, `error_messages`, hooks and plain methods have a known counterpart",
    "move the statement out of the class",
)
NAME = _blocked(
    "FM409",
    "a name that a Pydantic model cannot have",
    "the name is one of the model's own, or of a type that its fields are written with",
    "rename the field and give it the old name as `data_key`",
)
VALIDATOR = _blocked(
    "FM410",
    "a validator in a form that is not converted",
    "validators are taken over where they are Marshmallow's own, or functions that get the plain loaded value",
)
COLUMN = _blocked(
    "FM413",
    "a field of a model's column that cannot be read",
    "the field is made of the column when the application starts, so all of the column has to be written out where the "
    "model is defined",
    "declare the field in the schema itself",
)
INSTANCES = _blocked(
    "FM414",
    "a schema that makes objects of a model",
    "what it loads is looked up in, or added to, a database session that the schema holds",
    "leave `load_instance` out, and make the object in the view; dumping converts all the same",
)
LINK_LOADED = _blocked(
    "FM415",
    "a link that clients may send as well",
    "a field for links that is not `dump_only` takes whatever is sent under its name when the schema loads",
    "give the field `dump_only=True`; dumping converts all the same",
)
VERSION = _blocked(
    "FM416",
    "something that has a meaning of its own in Marshmallow 2",
    "there schemas raise errors only where they are strict, defaults are loaded as if they had been sent, addresses "
    "are looked at also when they are dumped, and checks see data of which a part is invalid",
    "make the schema strict and leave the thing out, or update Marshmallow first; its own guide lists what changes",
)
PATCHED = _blocked(
    "FM417",
    "something of Marshmallow's own that the project changes",
    "a change of Marshmallow's classes holds for every schema, and converted ones know nothing of it",
    "give the fields, or a base class of your schemas, what you changed in Marshmallow; a default format of dates and "
    "times that a module sets when it is imported converts",
)
CALL = _blocked(
    "FM411",
    "a use of a schema that is not converted",
    "`only`, `exclude`, `partial` and `context` make another schema than the class says; `dumps` has a JSON of its own",
    "use a schema class that has just these fields",
)
DEPENDS = _blocked(
    "FM412",
    "a schema that stays is nested in this one",
    "a schema converts only together with the schemas that it nests",
    "see the findings of the nested schema",
)
