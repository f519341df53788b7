"""A schema class as it is written: its bases, `Meta`, options and columns of models."""
