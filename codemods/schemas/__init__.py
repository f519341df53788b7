"""Marshmallow's schema classes as Pydantic classes: `analyse` decides, `render` writes, `rewrite_call` calls them."""

from .analysis import analyse
from .basis.plan import FieldPlan, SchemaPlan
from .calls.rewriting import Instance, Rewritten, instances, rewrite_call
from .writing.render import Rendered, render, render_module

__all__ = [
    "FieldPlan",
    "Instance",
    "Rendered",
    "Rewritten",
    "SchemaPlan",
    "analyse",
    "instances",
    "render",
    "render_module",
    "rewrite_call",
]
