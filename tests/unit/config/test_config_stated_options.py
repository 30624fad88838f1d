"""Is what a project says to its server taken over, without what kubeship says itself?"""

import pytest

from kubeship.config.stated_options import StatedOptions, stated_options, with_file


@pytest.mark.parametrize(
    ("server", "command", "expected"),
    [
        ("gunicorn", None, StatedOptions()),
        ("gunicorn", "gunicorn shop.wsgi", StatedOptions()),
        (
            "gunicorn",
            "gunicorn -w 4 -b 0.0.0.0:$PORT --timeout=120 --preload shop.wsgi:application --max-requests 1000",
            StatedOptions(workers=4, timeout=120, options="--preload --max-requests 1000"),
        ),
        ("gunicorn", "gunicorn shop.wsgi --log-file - --log-config -", StatedOptions(options="--log-config -")),
        ("gunicorn", "gunicorn -w4 -k gevent --threads=8 shop.wsgi", StatedOptions(4, 8, None, "gevent")),
        (
            "gunicorn",
            "python manage.py migrate && exec gunicorn -c conf/gunicorn.py shop.wsgi",
            StatedOptions(options="-c conf/gunicorn.py"),
        ),
        ("gunicorn", "poetry run gunicorn --timeout 0 --reload shop.wsgi", StatedOptions(timeout=300)),
        ("gunicorn", "gunicorn --workers $WEB_CONCURRENCY --log-level $LEVEL shop.wsgi", StatedOptions()),
        ("gunicorn", "gunicorn -k uvicorn.workers.UvicornWorker shop.wsgi", StatedOptions()),
        ("gunicorn", "gunicorn --log-level info shop.wsgi 2>&1 | tee log", StatedOptions()),
        (
            "uvicorn",
            "uvicorn shop.wsgi:app --host 0.0.0.0 --port 80 --workers 3 --root-path /api --no-access-log",
            StatedOptions(workers=3, options="--root-path /api --no-access-log"),
        ),
        ("waitress", "waitress-serve --listen=*:8080 --threads 6 shop.wsgi:app", StatedOptions(threads=6)),
        ("uwsgi", "uwsgi --ini uwsgi.ini", StatedOptions()),
    ],
)
def test_options_become_keys_and_the_rest_is_kept(server: str, command: str | None, expected: StatedOptions) -> None:
    assert stated_options(server, command, "shop.wsgi:application") == expected


def test_servers_own_file_fills_what_the_command_line_leaves_open() -> None:
    stated = StatedOptions(workers=4, options="-c conf/gunicorn.py")

    completed = with_file(
        stated, {"workers": "9", "threads": "", "timeout": "0", "worker_class": "uvicorn.workers.UvicornWorker"}
    )

    assert completed == StatedOptions(workers=4, timeout=300, options="-c conf/gunicorn.py")
