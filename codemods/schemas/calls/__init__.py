"""The calls of schemas in the application's code, and who may make them."""
