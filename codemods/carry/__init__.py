"""Converted code's ways to the project's own definitions."""

from .carried import Carried, Policy, SharedState
from .carrier import Carrier
from .functions import write_function
from .references import FileReferences
from .settings import Settings

__all__ = ["Carried", "Carrier", "FileReferences", "Policy", "Settings", "SharedState", "write_function"]
