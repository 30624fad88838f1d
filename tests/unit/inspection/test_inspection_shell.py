"""Are shell scripts read as the shell would run them, with nothing run?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeship.inspection.commands.command_lines import read_command
from kubeship.inspection.commands.command_wrappers import unwrapped
from kubeship.inspection.commands.shell import commands


def _words(text: str, *arguments: str) -> list[str]:
    return [" ".join(ran.words) for ran in commands(text, {}, arguments) if ran.chosen]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=1; run $a ${b:-two} \"${c}\" '$d'", ["run 1 two $c $d"]),
        ("PORT=${PORT:-8000}\nexec serve :$PORT # why\nnever", ["serve :8000"]),
        ('run "$@"', ["run x y"]),
        ('set -- serve --port 1\nexec "$@"', ["serve --port 1"]),
        ('main() {\n  run "$1"\n}\nmain one', ["run one"]),
        ("cat <<EOF\nserve now\nEOF\nserve", ["cat", "serve"]),
        ("run \\\n  --one \\\n  --two >/dev/null 2>&1", ["run --one --two"]),
        ('if [ "$1" = x ]; then one; else two; fi', ["one"]),
        ('if [ "$MODE" = x ]; then one; else two; fi', ["one", "two"]),
        ('[ "$1" = y ] && one\n[ "$1" = x ] && two', ["two"]),
        ("case $1 in\n y|z) one ;;\n x) two ;;\n *) three ;;\nesac", ["two"]),
        ('case $1 in\n y) set -- one ;;\n x) set -- two 2 ;;\nesac\nexec "$@"', ["two 2"]),
        ("for a in 1 2; do\n  run\ndone", ["run"]),
        ('options=()\noptions+=(--fast)\nrun "${options[@]}" end', ["run --fast end"]),
        ('eval "run it"', ["run it"]),
        ("check || exit 1\nrun", ["check", "run"]),
    ],
)
def test_a_script_runs_these_commands(text: str, expected: list[str]) -> None:
    assert _words(text, "x", "y") == expected


def test_a_sourced_file_is_read_where_the_script_changed_to() -> None:
    asked: list[str] = []

    def read(path: str) -> str:
        asked.append(path)
        return "PORT=5"

    ran = commands("cd conf\n. ./env.sh\nserve $PORT", read=read)

    assert asked == ["conf/env.sh"]
    assert (ran[0].words, ran[0].folder) == (("serve", "5"), "conf")


def test_a_case_branch_that_sets_the_arguments_is_a_process_of_its_name() -> None:
    script = 'case "$1" in\n api) set -- daphne a:b ;;\n work) set -- celery worker ;;\nesac\nexec "$@"'

    ran = commands(script, {}, ["api"])

    assert [(each.words, each.label, each.chosen) for each in ran] == [
        (("celery", "worker"), "work", False),
        (("daphne", "a:b"), "", True),
    ]


def test_case_branches_name_what_they_run_when_arguments_come_later() -> None:
    ran = commands('case "$1" in\n web) gunicorn a:b ;;\n beat) celery beat ;;\nesac', arguments=None)

    assert [(each.label, each.words[0]) for each in ran] == [("web", "gunicorn"), ("beat", "celery")]


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ("tini -g -- gosu app:app gunicorn shop:app", "gunicorn"),
        ("env A=1 newrelic-admin run-program celery -A shop worker", "celery"),
        ("uv run --no-dev --extra web uvicorn shop:app", "uvicorn"),
        ("poetry -C backend run python -m shop", "python"),
        ("/wait-for-it.sh db:5432 -t 60 -- flask run", "flask"),
        ("conda run -n shop --no-capture-output waitress-serve shop:app", "waitress-serve"),
        ("timeout -k 5 60 python job.py", "python"),
        ("timeout -k5s 60 python job.py", "python"),
        ("sudo -EHu shop bash -c 'python job.py'", "bash"),
    ],
)
def test_wrappers_are_taken_off(line: str, program: str) -> None:
    assert unwrapped(line.split()).words[0] == program


@pytest.mark.parametrize(
    ("line", "work", "interface"),
    [
        ("uvicorn shop:app --reload", "web", "asgi"),
        ("gunicorn shop.asgi -k uvicorn.workers.UvicornWorker", "web", "asgi"),
        ("granian --interface wsgi shop:app", "web", "wsgi"),
        ("streamlit run dash.py", "web", "own-server"),
        ("celery -A shop worker -B", "singleton", "none"),
        ("celery -A shop beat", "singleton", "none"),
        ("python manage.py rqworker default", "worker", "none"),
        ("python manage.py migrate", "release", "none"),
        ("dramatiq shop.tasks", "worker", "none"),
        ("alembic upgrade head", "release", "none"),
    ],
)
def test_programs_are_known_by_what_they_do(line: str, work: str, interface: str) -> None:
    found = read_command(line.split())

    assert found is not None
    assert (found.work, found.interface) == (work, interface)


PIECES = [*"ab$(){}'\"`;&|<>#=\\ \n[]!*-", "if ", "fi\n", "case ", "esac", "do ", "EOF", "<<EOF", "$(", "${a:-"]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_script_is_read_without_a_traceback(text: str) -> None:
    for ran in commands(text, {}, None):
        read_command(ran.words)
