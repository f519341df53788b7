"""What tests draw at random: the same in the first run on Flask and through the gateway, something else in between.

So what both sides are asked about is the same data, in the same order, and what depends on chance is still learnt as
noise from the two runs on Flask alone. `uuid4` and `secrets` draw from the system and stay as they are.
"""

from __future__ import annotations

import random
import sys
import zlib


def seed(text: str) -> None:
    """Begin anew what Python's own `random` draws, and Faker's, factory_boy's and NumPy's where they are loaded."""
    random.seed(text)
    faker = sys.modules.get("faker.proxy")
    if faker is not None:
        faker.Faker.seed(text)
    factory = sys.modules.get("factory.random")
    if factory is not None:
        factory.reseed_random(text)
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        numpy.seed(zlib.crc32(text.encode("utf-8")))
