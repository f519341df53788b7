"""`migrate verify --openapi`: what the Flask application's own OpenAPI document says and FastAPI's does not."""
