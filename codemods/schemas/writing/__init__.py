"""The text of the Pydantic classes, and of the modules that hold them."""
