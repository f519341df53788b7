"""Data that flask-smorest dumps before it makes a tag of it: dumped where the tag is asked for.

blp.check_etag(pet, PetSchema)    →    blp.check_etag(PetSchema().dump(pet))
"""

import libcst as cst

from codemods.carry import Carrier
from codemods.extensions.basis.objects import made_by, made_object
from codemods.extensions.schema_layers.smorest import TAGGING
from codemods.view.names import Names
from codemods.view.rule import bind, code
from codemods.view.visiting import Visitor

TAG = b"_etag"


def with_dumped_tags(carrier: Carrier, function: cst.FunctionDef, names: Names) -> cst.FunctionDef:
    """A view that dumps by itself what its tags are made of; as it is where it makes none of dumped data."""
    if not carrier.sources.mentions(names.module.file, TAG):
        return function
    changed = _Dumped(carrier, names)
    found = changed.rewrite(function)
    return found if changed.has_changed else function


class _Dumped(Visitor):
    def __init__(self, carrier: Carrier, names: Names) -> None:
        super().__init__()
        self.carrier, self.names = carrier, names
        self.has_changed = False

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        bound = bind(updated_node, "etag_data", "etag_schema")
        if bound is None or bound.keys() != {"etag_data", "etag_schema"} or not self.makes_tag(original_node.func):
            return updated_node
        data = bound["etag_data"]
        if code(bound["etag_schema"]) != "None":
            schema = self.schema(bound["etag_schema"])
            if schema is None:
                return updated_node  # which is refused, with an argument that nothing is known of
            data = cst.Call(cst.Attribute(schema, cst.Name("dump")), [cst.Arg(data)])
        self.has_changed = True
        return updated_node.with_changes(args=[cst.Arg(data)])

    def makes_tag(self, callee: cst.BaseExpression) -> bool:
        """Whether it is one of flask-smorest's methods."""
        qualified = self.names.qualified(callee)
        made = made_by(self.carrier.project, self.carrier.sources, qualified) if qualified else None
        return made in TAGGING

    def schema(self, node: cst.BaseExpression) -> cst.BaseExpression | None:
        """A schema's object, which flask-smorest makes of a class; None for what is neither for sure."""
        if isinstance(node, cst.Call):
            return node if self.is_class(self.names.qualified(node.func)) else None
        qualified = self.names.qualified(node)
        if self.is_class(qualified):
            return cst.Call(node)
        made = made_object(self.carrier.project, self.carrier.sources, qualified) if qualified else None
        return node if made is not None and self.is_class(made.maker) else None

    def is_class(self, qualified: str | None) -> bool:
        """Whether it is a schema's class."""
        return qualified in self.carrier.schemas.plans
