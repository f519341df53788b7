"""The manifest `migration.json`: what is intended for every route, committed to the user's repository."""
