"""Promotions and rollbacks under load: every request is answered, rightly, by both sides in turn."""

from pathlib import Path

from scripts.load.clients import clients, miscounted, orders
from scripts.load.fronts import ENDPOINTS, ITEM, Front
from scripts.load.wrk import asking

CONNECTIONS = 50
ORDERING = 4
MOVES = 200


def switching(front: Front) -> list[str]:
    """What went wrong while routes were moved 200 times; each move is one that clients have seen."""
    front.settle("fastapi", "fastapi")
    with (
        asking(front.port, ITEM, CONNECTIONS) as items,
        clients(front.port, ORDERING, orders("order")) as ordered,
    ):
        for number in range(MOVES):
            is_on = bool(number % 2)
            front.move(ENDPOINTS if is_on else [])
            side = "fastapi" if is_on else "flask"
            front.settle(side, side)
    problems = items.wrong + ordered.wrong + miscounted(posted(front.site), ordered)
    problems += [f"nothing was served by {side}" for side, count in items.answers.items() if not count]
    problems += [f"orders: status {status}" for status, _ in ordered.answers if status != 200]
    if lost := items.unanswered + len(ordered.unanswered):
        problems.append(f"{lost} requests were not answered")
    print(f"       {MOVES} moves; items: {items}; orders: {ordered}")
    return problems


def posted(site: Path) -> Path:
    """Where the site's application notes the orders."""
    return site / "posted.txt"
