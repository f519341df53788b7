"""Flask-RESTful and Flask-RESTX: resources, their `Api`, request parsers and the fields that write objects."""
