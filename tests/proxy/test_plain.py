"""One expression says what three do: for engines in which each costs a request something."""

import random
import re

import pytest

from proxy import plain

PIECES = ("/", "//", ".", "..", "...", "a", "x.y", "-", "%2e", "%2E", "%41", "%2f", "%00", "%", "?", "é", "$", "~")


@pytest.mark.parametrize(
    ("one", "characters"),
    [
        (plain.IN_ONE, plain.PLAIN),
        (plain.IN_ONE_WITHOUT_GOING_BACK, plain.PLAIN),
        (plain.UNDECODED_IN_ONE, plain.UNDECODED),
    ],
)
def test_one_expression_takes_what_three_leave(one: str, characters: str):
    chance = random.Random(1)
    targets = ["/" + "".join(chance.choices(PIECES, k=chance.randint(0, 6))) for _ in range(20_000)]
    taken = {target for target in targets if re.search(one, target)}
    assert taken == {
        target
        for target in targets
        if re.search(characters, target)
        and not re.search(plain.DOUBLED_SLASHES, target)
        and not re.search(plain.DOT_SEGMENTS, target)
    }
    assert 500 < len(taken) < len(targets)
