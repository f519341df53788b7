"""The fields of a schema: their types, their validators and texts, and the project's own classes of fields."""
