"""`migrate apply`: what is written, what is refused, and that legacy files stay as they are."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from migrator.apply import write_target
from migrator.files import digest_of
from migrator.manifest.store import load, lock


@pytest.fixture
def started(run, project):
    assert run("-q", "init", "--app", "app:app").exit_code == 0
    return project


def tree(project):
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and ".migrate" not in path.parts and "__pycache__" not in path.parts
    }


def test_without_a_manifest(run):
    result = run("apply", "--all")
    assert result.exit_code == 2
    assert "start with `migrate init" in result.stderr


def test_the_target_is_written_and_known_to_the_manifest(run, started):
    before = tree(started)
    result = run("apply", "--all")
    assert result.exit_code == 0, result.stderr
    after = tree(started)
    assert {path for path in before if before[path] != after[path]} == {"migration.json"}
    generated = {path for path in after if path.startswith("fastapi_app/")}
    assert {"fastapi_app/main.py", "fastapi_app/asgi.py", "fastapi_app/gateway/dispatch.py"} <= generated
    manifest = load(started)
    recorded = dict(manifest.files)
    recorded |= {one.output.file: one.output.digest for _, _, one in manifest.routes() if one.output}
    assert recorded == {path: digest_of(after[path]) for path in generated}
    show = manifest.blueprints["orders"].routes["GET /orders/<int:order_id>"]
    assert (show.state, show.runtime) == ("converted", "native")
    assert show.source.digest.startswith("sha256:")
    assert manifest.blueprints["."].routes["GET /static/<path:filename>"].state == "converted"


def test_what_is_written_runs_without_the_tool(run, started):
    run("apply", "--all")
    code = (
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('migrator', 'codemods', 'proxy'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, Hidden())\n"
        "import fastapi_app.asgi, fastapi_app.main\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=started, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_second_time_changes_nothing(run, started):
    run("apply", "--all")
    before = tree(started)
    assert run("apply", "--check").exit_code == 0
    assert run("apply", "--all", "--check").exit_code == 0
    assert run("apply", "orders").exit_code == 0
    assert tree(started) == before


def test_endpoints_one_by_one_make_the_same_as_all_at_once(run, started):
    for name in ("index", "orders.show", "orders.listing", "static"):
        assert run("apply", name).exit_code == 0
    one_by_one = {path: text for path, text in tree(started).items() if path != "migration.json"}
    (started / "migration.json").unlink()
    run("-q", "init")
    assert run("apply", "--all", "--force").exit_code == 0
    assert {path: text for path, text in tree(started).items() if path != "migration.json"} == one_by_one


def test_diff_and_check_write_nothing(run, started):
    before = tree(started)
    result = run("apply", "orders.show", "--diff")
    assert result.exit_code == 0
    assert "--- /dev/null\n+++ b/fastapi_app/main.py\n" in result.stdout
    result = run("apply", "orders.show", "--check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "file(s) would change" in result.stderr
    assert tree(started) == before


@pytest.mark.parametrize("option", ["--diff", "--check"])
def test_diff_and_check_wait_for_nobody(run, started, option):
    with lock(started):
        assert run("apply", "--all", option).exit_code == (1 if option == "--check" else 0)


@pytest.mark.parametrize(("selector", "near"), [("order", "'orders'"), ("GET /order/", "'GET /orders/'")])
def test_an_unknown_selector_gets_the_nearest(run, started, selector, near):
    result = run("apply", selector)
    assert result.exit_code == 2
    assert near in result.stderr
    assert not (started / "fastapi_app").exists()


def test_selectors_and_all_do_not_go_together(run, started):
    assert run("apply", "orders", "--all").exit_code == 2


def test_an_edited_file_is_refused_with_its_diff_and_forced(run, started):
    run("apply", "--all")
    file = started / "fastapi_app" / "main.py"
    original = file.read_bytes()
    file.write_bytes(original + b"# mine\n")
    before = tree(started)
    result = run("apply", "--all")
    assert result.exit_code == 1
    assert "-# mine" in result.stderr
    assert result.stderr.splitlines()[-1].startswith(
        "refused: edited since migrate wrote it: fastapi_app/main.py; --adopt"
    )
    assert tree(started) == before
    assert run("apply", "--all", "--force").exit_code == 0
    assert file.read_bytes() == original


def test_an_adopted_edit_stays_and_is_served(run, started):
    run("apply", "--all")
    run("promote", "--all", "--unverified")
    file = started / load(started).blueprints["orders"].routes["POST /orders/"].output.file
    edited = file.read_bytes() + b"# mine\n"
    file.write_bytes(edited)
    assert run("apply", "--adopt").exit_code == 0
    route = load(started).blueprints["orders"].routes["POST /orders/"]
    assert route.output.digest == digest_of(edited)
    assert route.state == "converted"
    assert load(started).blueprints["."].routes["GET /"].state == "live"
    assert run("apply", "--all").exit_code == 0
    assert run("apply", "--check").exit_code == 0
    assert file.read_bytes() == edited
    assert run("promote", "orders", "--unverified").exit_code == 0


def edit_source(project, old, new):
    text = (project / "app.py").read_text()
    assert old in text
    (project / "app.py").write_text(text.replace(old, new))


@pytest.fixture
def router(run, started):
    """The generated module of the orders."""
    run("apply", "--all")
    return started / load(started).blueprints["orders"].routes["POST /orders/"].output.file


@pytest.mark.parametrize("is_adopted", [True, False])
def test_an_edit_of_the_view_and_hand_edits_elsewhere_are_merged(run, started, router, is_adopted):
    run("promote", "--all", "--unverified")
    router.write_bytes(b"# mine\n" + router.read_bytes())
    if is_adopted:
        run("apply", "--adopt")
    edit_source(started, "jsonify(id=order_id)", "jsonify(number=order_id)")
    before = tree(started)
    assert run("apply", "--check").exit_code == 1
    assert tree(started) == before
    result = run("apply")
    assert result.exit_code == 0, result.stderr
    assert "your edits are kept, merged with what changed" in result.stderr
    assert b"number" in router.read_bytes()
    assert router.read_bytes().startswith(b"# mine\n")
    route = load(started).blueprints["orders"].routes["GET /orders/<int:order_id>"]
    assert (route.state, route.output.digest) == ("converted", digest_of(router.read_bytes()))
    before = tree(started)
    assert run("apply", "--check").exit_code == 0
    assert run("apply", "--all").exit_code == 0
    assert tree(started) == before


def test_edits_of_the_same_lines_are_a_conflict_that_is_shown(run, started, router):
    router.write_text(router.read_text().replace('"id"', '"identity"'))
    edited = router.read_bytes()
    edit_source(started, "jsonify(id=order_id)", "jsonify(number=order_id)")
    before = tree(started)
    result = run("apply")
    assert result.exit_code == 1
    for line in ("<<<<<<< edited", "||||||| generated before", "=======", ">>>>>>> generated now"):
        assert line in result.stderr.splitlines()
    assert "identity" in result.stderr
    assert "number" in result.stderr
    assert tree(started) == before
    assert run("apply", "--adopt").exit_code == 0
    assert run("apply").exit_code == 0
    assert router.read_bytes() == edited
    assert run("apply", "--force").exit_code == 0
    assert router.read_bytes() == edited  # nothing is in conflict any more
    router.write_bytes(edited + b"# again\n")
    assert run("apply", "--force").exit_code == 0
    assert b"# again" not in router.read_bytes()


def test_force_overwrites_what_could_be_merged(run, started, router):
    router.write_bytes(b"# mine\n" + router.read_bytes())
    edit_source(started, "jsonify(id=order_id)", "jsonify(number=order_id)")
    assert run("apply", "--force").exit_code == 0
    assert b"number" in router.read_bytes()
    assert b"# mine" not in router.read_bytes()


def test_without_the_last_generation_an_edit_is_refused(run, started, router):
    router.write_bytes(b"# mine\n" + router.read_bytes())
    shutil.rmtree(started / ".migrate")
    edit_source(started, "jsonify(id=order_id)", "jsonify(number=order_id)")
    result = run("apply")
    assert result.exit_code == 1
    assert "-# mine" in result.stderr


def test_git_knows_the_last_generation_too(run, started, router):
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "generated"]):
        subprocess.run([*git, *arguments], cwd=started, check=True)
    router.write_bytes(b"# mine\n" + router.read_bytes())
    shutil.rmtree(started / ".migrate")
    edit_source(started, "jsonify(id=order_id)", "jsonify(number=order_id)")
    assert run("apply").exit_code == 0
    assert b"number" in router.read_bytes()
    assert router.read_bytes().startswith(b"# mine\n")


def test_an_edit_that_is_no_python_is_not_adopted(run, started):
    run("apply", "--all")
    (started / "fastapi_app" / "main.py").write_text("x = 1\ndef broken(:\n")
    result = run("apply", "--adopt")
    assert result.exit_code == 2
    assert "fastapi_app/main.py:2: cannot be adopted: invalid syntax" in result.stderr


def test_the_runtime_of_the_gateway_is_never_adopted(run, started):
    run("apply", "--all")
    file = started / "fastapi_app" / "gateway" / "dispatch.py"
    file.write_bytes(file.read_bytes() + b"# mine\n")
    assert run("apply", "--adopt").exit_code == 1
    assert run("apply", "--adopt", "--force").exit_code == 2


def test_a_deleted_file_is_written_again(run, started):
    run("apply", "--all")
    before = tree(started)
    (started / "fastapi_app" / "main.py").unlink()
    assert run("apply", "--check").exit_code == 1
    assert run("apply").exit_code == 0
    assert tree(started) == before


def test_a_file_of_the_team_in_the_target_is_refused(run, started):
    (started / "fastapi_app").mkdir()
    (started / "fastapi_app" / "main.py").write_text("# ours\n")
    result = run("apply", "--all")
    assert result.exit_code == 1
    assert "there already, and not written by migrate: fastapi_app/main.py" in result.stderr
    assert [path.name for path in (started / "fastapi_app").iterdir()] == ["main.py"]


def test_files_of_the_team_beside_ours_are_left_alone(run, started):
    run("apply", "--all")
    (started / "fastapi_app" / "ours.py").write_text("# ours\n")
    assert run("apply", "--all").exit_code == 0
    assert (started / "fastapi_app" / "ours.py").read_text() == "# ours\n"


def test_a_changed_source_is_converted_again_and_loses_its_traffic(run, started):
    run("apply", "--all")
    run("promote", "--all", "--unverified")
    text = (started / "app.py").read_text().replace("jsonify(id=order_id)", "jsonify(number=order_id)")
    (started / "app.py").write_text(text)
    result = run("apply", "--all")
    assert result.exit_code == 0, result.stderr
    assert "GET /orders/<int:order_id>: went back to Flask" in result.stderr
    routes = load(started).blueprints["orders"].routes
    assert routes["GET /orders/<int:order_id>"].state == "converted"
    assert routes["POST /orders/"].state == "live"
    assert "switch against manifest" not in run("status").stdout


def test_a_route_that_is_gone_leaves_the_manifest_and_the_target(run, started):
    run("apply", "--all")
    text = (started / "app.py").read_text().replace('@app.get("/")', "")
    (started / "app.py").write_text(text)
    result = run("apply", "--all")
    assert "GET /: is gone from the application" in result.stderr
    assert "GET /" not in load(started).blueprints["."].routes
    assert 'name="index"' not in (started / "fastapi_app" / "routers" / "root.py").read_text()


def test_a_tree_without_git_and_a_tree_with_git_are_the_same(run, started):
    assert not (started / ".git").exists()
    assert run("apply", "--all").exit_code == 0


def test_a_target_that_is_a_file(run, started):
    (started / "fastapi_app").write_text("")
    result = run("apply", "--all")
    assert result.exit_code == 2
    assert "fastapi_app: cannot be made" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="writes as another user, which needs root")
def test_a_target_that_is_read_only(run, started, monkeypatch):
    for folder in started.parents:
        if folder.name.startswith(("pytest-", "popen-", "test_")):
            folder.chmod(0o755)
    (started / "fastapi_app").mkdir(mode=0o555)
    for path in (started, started / ".migrate"):
        os.chown(path, 65534, 65534)
    before = tree(started)

    def write_as_nobody(*arguments):
        os.seteuid(65534)
        try:
            return write_target(*arguments)
        finally:
            os.seteuid(0)

    monkeypatch.setattr("migrator.cli.apply.write_target", write_as_nobody)
    result = run("apply", "--all")
    assert result.exit_code == 2
    assert "fastapi_app: cannot be written: Permission denied; nothing was changed" in result.stderr.splitlines()[-1]
    assert tree(started) == before
    assert not (started / ".migrate" / "journal.json").exists()


KILLED = """
import os, pathlib, signal, sys
from migrator.cli.entry import run

count = int(sys.argv[1])
original = pathlib.Path.replace

def replace(self, target):
    global count
    if count == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    count -= 1
    return original(self, target)

pathlib.Path.replace = replace
sys.exit(run(["-q", "apply", "--all"]))
"""


@pytest.mark.parametrize("count", [0, 1, 4])
def test_killed_in_the_middle_the_next_command_completes_or_undoes_it(run, started, count):
    before = tree(started)
    done = subprocess.run([sys.executable, "-c", KILLED, str(count)], cwd=started, check=False)
    assert done.returncode == -signal.SIGKILL
    result = run("status")
    assert result.exit_code == 0, result.stderr
    left = {path: text for path, text in tree(started).items() if not path.endswith(".migrate-tmp")}
    if count == 0:
        assert left == before
    else:
        assert "completed an interrupted apply" in result.stderr
        assert run("apply", "--all", "--check").exit_code == 0
    assert left["app.py"] == before["app.py"]
    assert run("apply", "--all").exit_code == 0
    assert not [path for path in tree(started) if path.endswith(".migrate-tmp")]
