"""Class-based views: what their methods are, as functions without an instance."""
