"""The tool: commands, manifest, planning, and everything that touches disk, environment, clock or terminal."""

__version__ = "0.1.0"
