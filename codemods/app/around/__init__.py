"""What stands around endpoints: hooks, error handlers, who is logged in."""
