"""Proof that converted schemas load, refuse and dump as the Marshmallow schemas did, on inputs drawn by Hypothesis."""
