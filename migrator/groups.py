"""Groups: routes that share state which Flask and FastAPI cannot share, so that they are promoted and rolled back
together."""

from collections.abc import Sequence
from dataclasses import dataclass

from migrator.manifest.model import Manifest
from migrator.selectors import Selected, select_all
from migrator.states import move


@dataclass(frozen=True, slots=True)
class Group:
    """The routes that share some state, which `name` tells."""

    name: str
    members: tuple[Selected, ...]

    @property
    def keys(self) -> list[str]:
        """The routes' keys."""
        return [one.key for one in self.members]

    def __str__(self) -> str:
        return f"{self.name}: {', '.join(self.keys)}"


def groups(manifest: Manifest) -> list[Group]:
    """The groups of a manifest, by name."""
    found: dict[str, list[Selected]] = {}
    for one in select_all(manifest):
        if one.route.group is not None:
            found.setdefault(one.route.group, []).append(one)
    return [Group(name, tuple(members)) for name, members in sorted(found.items())]


def whole(manifest: Manifest, chosen: Sequence[Selected]) -> list[Selected]:
    """These routes, and the others of their groups, in the manifest's order."""
    names = {one.route.group for one in chosen} - {None}
    keys = {(one.blueprint, one.key) for one in chosen}
    return [one for one in select_all(manifest) if one.route.group in names or (one.blueprint, one.key) in keys]


def part_groups(manifest: Manifest) -> list[str]:
    """Send the routes of groups back that are not promoted as a whole; their keys."""
    gone = []
    for group in groups(manifest):
        if not all(one.route.state == "live" for one in group.members):
            for one in group.members:
                if one.route.promoted:
                    move(one.key, one.route, "converted", f"not all that shares {group.name} is live")
                    gone.append(one.key)
    return gone
