"""Reports: what a person or a machine reads, made from values. Nothing here decides anything."""
