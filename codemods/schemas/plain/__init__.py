"""The idiomatic style: the same schemas in Pydantic's own words."""
