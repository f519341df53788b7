"""Converted code's ways to the project's own definitions."""

from .carried import Carried, Policy, SharedState
from .carrier import Carrier
from .functions import write_function
from .own_state import OwnState, own_state
from .references import FileReferences
from .settings import Settings

__all__ = [
    "Carried", "Carrier", "FileReferences", "OwnState", "Policy", "Settings", "SharedState", "own_state",
    "write_function",
]  # fmt: skip
