"""One package per blueprint: the blueprint in ``__init__``, its views beside it."""
