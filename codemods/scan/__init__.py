"""Reads a Flask application out of its source, and joins it with what the live application says of itself.

`scan.scan` is the entry; `context` answers questions about the finished `Project`.
"""
