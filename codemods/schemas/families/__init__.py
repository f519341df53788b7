"""Which classes there are beside those that are written: parts, drafts, unions, and what functions make."""
