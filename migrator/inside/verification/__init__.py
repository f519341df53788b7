"""A folder for the search path of the application's own interpreter during `migrate verify`."""
