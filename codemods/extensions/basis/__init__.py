"""What is known of an extension, and how the source of a project makes, keeps and sets up its objects."""
