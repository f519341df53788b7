"""What becomes of keys that a schema does not know: Marshmallow's words, and Pydantic's."""

UNKNOWN = {"RAISE": "forbid", "EXCLUDE": "ignore", "INCLUDE": "allow"}
