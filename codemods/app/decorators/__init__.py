"""Decorators around views: a check becomes a dependency, what changes an answer stays a decorator."""
