"""Who is waited for, and for how long."""

import asyncio

import pytest

from proxy.runtime.patience import Patience


def test_it_ends_with_silence():
    async def run() -> bool:
        given_up = asyncio.Event()
        patience = Patience(0.01, given_up.set)
        patience.heard()
        await given_up.wait()
        return patience.is_over

    assert asyncio.run(run())


@pytest.mark.parametrize("seconds", [0.01, 0])
def test_another_has_all_the_time(seconds: float):
    async def run() -> bool:
        patience = Patience(seconds, lambda: pytest.fail("given up"))
        with patience:
            await asyncio.sleep(0.05)
        patience.end()
        await asyncio.sleep(0.05)
        return patience.is_over

    assert not asyncio.run(run())
