"""Endpoints: one view in, the functions that serve it out, and what these share."""
