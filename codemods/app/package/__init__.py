"""The files of the target package around its endpoints."""
