"""What OpenAPI tells of an endpoint beyond its signature."""
