"""What to compare of a project's schemas, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migrator.manifest.model import SchemaEntry
from migrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Check:
    """One run: `inputs` for each of `schemas`, drawn from `seed`; `environment` is what the application gets.

    There are `jobs` processes that compare, each with an application of its own.
    """

    root: Path
    settings: Settings
    schemas: Mapping[str, SchemaEntry]
    python: Path
    environment: Mapping[str, str]
    seed: int
    inputs: int = 1000
    jobs: int = 1
