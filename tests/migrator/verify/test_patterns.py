from migrator.verify.patterns import pattern_of


def test_a_long_random_token_may_have_dashes_where_the_learnt_ones_have_none():
    pattern = pattern_of("token=YUCHV9l8Rg2kkEoXSgeW7UoDoX3TIOqF", "token=aB3dE5fG7hJ9kLmNpQrStUvWxYz01234")
    assert pattern is not None
    assert pattern.fullmatch("token=K-jHCcXAad7E50l97cmpWO1Zg5Sc_sdC")
    assert not pattern.fullmatch("token=K-jHCcXAad7E50l97 mpWO1Zg5Sc_sdC")


def test_a_short_word_is_held_to_letters_and_digits():
    pattern = pattern_of("state=abc1x", "state=abc2y")
    assert pattern is not None
    assert not pattern.fullmatch("state=ab-cx")
