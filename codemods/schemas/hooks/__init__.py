"""The hooks and methods of a schema, as methods of a Pydantic class."""
