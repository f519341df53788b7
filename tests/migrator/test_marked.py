"""The folder of a state: whole at every moment, and found by a proxy's workers."""

from pathlib import Path

import pytest

from migrator.errors import MigrateError
from migrator.marked import hidden_by, write
from proxy.engines import marking


def state(*marks: tuple[str, str, int]) -> str:
    return marking.text(marks)


def promoted(folder: Path, name: str) -> int:
    """How many hundredths of the clients a proxy finds for a name."""
    return sum((folder / marking.FOLDER / name / f"{hundredth:02}").is_file() for hundredth in range(100))


def test_a_name_has_as_many_files_as_its_share(tmp_path):
    write(tmp_path, state(("GET /a", "a", 100), ("GET /b", "b c", 30), ("GET /c", "c", 1)))
    assert [promoted(tmp_path, name) for name in ("a", "b c", "c", "d")] == [100, 30, 1, 0]
    assert (tmp_path / marking.FOLDER / "b c" / "29").exists()
    assert not (tmp_path / marking.FOLDER / "b c" / "30").exists()


def test_a_rule_with_a_line_break_in_it_is_no_line_of_its_own():
    assert marking.links(state(("GET /x\nevil 100", "r_x", 5))) == {"r_x": "share-5"}


def test_all_routes_move_at_once_and_the_folder_before_stays_for_a_while(tmp_path):
    link = tmp_path / marking.FOLDER
    seen = []
    for share in (10, 20, 30, 40, 0):
        write(tmp_path, state(*((f"GET /{name}", name, share) for name in "ab" if share)))
        seen.append(link.readlink())
        assert (promoted(tmp_path, "a"), promoted(tmp_path, "b")) == (share, share)
    assert len({*seen[:3]}) == 3
    assert seen[3:] == seen[:2]
    assert len(list(tmp_path.glob(".migrate-state-*"))) == 3
    assert (link / "routes").read_text() == state()


def test_a_state_that_cannot_be_written_leaves_the_one_that_there_is(tmp_path):
    write(tmp_path, state(("GET /a", "a", 100)))
    with pytest.raises(MigrateError, match="migrate-state: cannot be written"):
        write(tmp_path, state(("GET /a", "a", 50), ("GET /b", "b" * 300, 50)))
    assert promoted(tmp_path, "a") == 100
    write(tmp_path, state(("GET /a", "a", 50)))
    assert promoted(tmp_path, "a") == 50


def test_a_link_that_leads_elsewhere_is_replaced_and_nothing_there_removed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").touch()
    (tmp_path / marking.FOLDER).symlink_to("elsewhere")
    for _ in range(4):
        write(tmp_path, state(("GET /a", "a", 100)))
    assert promoted(tmp_path, "a") == 100
    assert (tmp_path / "elsewhere" / "kept").exists()


def test_what_hides_a_folder_from_other_users_is_named(tmp_path):
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    for folder in (inner, inner.parent):
        folder.chmod(0o755)
    hiding = hidden_by(inner)
    assert hiding is None or hiding in tmp_path.parents or hiding == tmp_path
    tmp_path.chmod(0o755)
    (tmp_path / "outer").chmod(0o750)
    assert hidden_by(inner) in {hiding, tmp_path / "outer"}
    assert hidden_by(inner) is not None
