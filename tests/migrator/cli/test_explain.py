"""`migrate explain`, as a user runs it."""

import json
import subprocess
import sys


def explain(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "migrator", "explain", *arguments], capture_output=True, text=True, check=False
    )


def test_a_page_says_what_why_and_what_to_do():
    done = explain("FM690")
    assert done.returncode == 0
    assert done.stdout.startswith("FM690 reaches a name that has no faithful counterpart\nblocked: ")
    assert "Why it is not automatic\n" in done.stdout
    assert "What to do\n" in done.stdout


def test_the_code_may_be_in_lower_case():
    assert explain("fm690").stdout == explain("FM690").stdout


def test_a_code_that_is_not_known_names_the_nearest():
    done = explain("FM699")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "no finding has the code 'FM699': did you mean FM69" in done.stderr


def test_without_a_code_it_lists_all():
    done = explain()
    assert done.returncode == 0
    assert "FM690  blocked  reaches a name" in done.stdout


def test_json():
    page = json.loads(explain("FM690", "--format", "json").stdout)
    assert (page["code"], page["severity"], page["area"]) == ("FM690", "blocked", "context and configuration")
    assert page in json.loads(explain("--format", "json").stdout)


def test_before_and_after_are_shown_where_a_page_has_them():
    from codemods.findings import Diagnostic
    from migrator.report.explain import page
    from migrator.report.terminal import plain

    diagnostic = Diagnostic("FM300", "review", "s", "w", "a", before="\nabort(resp)\n", after="raise Answer(resp)")
    shown = plain(page(diagnostic))
    assert "Before\n  abort(resp)\n" in shown
    assert shown.endswith("After\n  raise Answer(resp)\n")


def test_it_loads_nothing_heavy():
    code = (
        "import sys; from migrator.cli.entry import run; run(['explain', 'FM690']); "
        "print(*{'libcst', 'jinja2', 'fastapi'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""
