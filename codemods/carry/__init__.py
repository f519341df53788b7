"""Converted code's ways to the project's own definitions."""

from .carried import Carried, Policy, SharedState
from .carrier import Carrier
from .functions import write_function
from .references import FileReferences

__all__ = ["Carried", "Carrier", "FileReferences", "Policy", "SharedState", "write_function"]
