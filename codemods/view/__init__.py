"""How a view, hook, guard or handler of Flask becomes an endpoint, dependency or handler of FastAPI."""
