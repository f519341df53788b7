"""How an application's routes, hooks and error handlers become the files of the target package."""
