"""Functions of the application's code in themselves: where they are, what they are made of, how their bodies change."""
