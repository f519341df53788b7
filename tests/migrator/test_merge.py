"""Three-way merges of lines, and that git makes the same of those without a conflict."""

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.merge import merge

BASE = "a\nb\nc\nd\ne\n"
TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=8).map("".join)


@pytest.mark.parametrize(
    ("edited", "generated", "expected"),
    [
        (BASE, BASE, BASE),
        ("a\nB\nc\nd\ne\n", BASE, "a\nB\nc\nd\ne\n"),
        (BASE, "a\nb\nc\nd\nE\n", "a\nb\nc\nd\nE\n"),
        ("A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n"),
        (BASE + "mine\n", "new\n" + BASE, "new\n" + BASE + "mine\n"),
        ("a\nb\nX\nd\ne\n", "a\nb\nX\nd\ne\n", "a\nb\nX\nd\ne\n"),
        ("a\nd\ne\n", BASE + "f\n", "a\nd\ne\nf\n"),
        ("", BASE, ""),
    ],
)
def test_what_only_one_side_changed_is_taken(edited, generated, expected):
    merged = merge(BASE, edited, generated)
    assert (merged.text, merged.conflicts) == (expected, ())


def test_what_both_changed_is_a_conflict():
    merged = merge(BASE, "a\nb\nmine\nd\ne\n", "a\nb\nnew\nd\ne\n")
    place = "<<<<<<< edited\nmine\n||||||| generated before\nc\n=======\nnew\n>>>>>>> generated now\n"
    assert merged.conflicts == (place,)
    assert merged.text == f"a\nb\n{place}d\ne\n"


@given(base=TEXTS, other=TEXTS)
def test_one_change_alone_never_conflicts(base, other):
    for merged in (merge(base, other, base), merge(base, base, other), merge(base, other, other)):
        assert (merged.text, merged.conflicts) == (other, ())


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=60, deadline=None)
@given(size=st.integers(0, 8), position=st.integers(0, 8), other=st.integers(0, 8))
def test_git_merges_insertions_as_we_do(tmp_path_factory, size, position, other):
    """Lines are told apart: where they repeat, there are several diffs, and git has its own taste."""
    base = "".join(f"{number}\n" for number in range(size))
    lines = base.splitlines(keepends=True)
    position, other = min(position, len(lines)), min(other, len(lines))
    mine = "".join([*lines[:position], "mine\n", *lines[position:]])
    new = "".join([*lines[:other], "new\n", *lines[other:]])
    merged = merge(base, mine, new)
    folder = tmp_path_factory.mktemp("merge")
    for name, text in (("base", base), ("mine", mine), ("new", new)):
        (folder / name).write_text(text)
    done = subprocess.run(
        ["git", "merge-file", "-p", "mine", "base", "new"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert bool(merged.conflicts) == (done.returncode != 0)
    if not merged.conflicts:
        assert merged.text == done.stdout
