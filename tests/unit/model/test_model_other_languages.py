"""Is the decisive line found in traces of other languages?"""

import pytest

from kubeship.model.other_languages import foreign_error

GO = "starting\npanic: no such tenant\n\ngoroutine 1 [running]:\n" + "main.run(0x0)\n\t/src/main.go:9 +0x1d\n" * 20
JAVA_FRAMES = "\tat org.x.Y.z(Y.java:1)\n" * 20
JAVA = (
    f'Exception in thread "main" java.lang.IllegalStateException: no bean\n{JAVA_FRAMES}'
    f"Caused by: java.net.UnknownHostException: db\n{JAVA_FRAMES}\t... 40 more\n"
)
NODE = (
    "node:internal/modules/cjs/loader:1215\n  throw err;\n  ^\n\nError: Cannot find module '/app/server.js'\n"
    "    at Module._load (node:internal/modules/cjs/loader:1043:27) {\n  code: 'MODULE_NOT_FOUND'\n}\n\nNode.js v20.1\n"
)
RUST = "thread 'main' panicked at src/main.rs:3:5:\nno such tenant\nnote: run with `RUST_BACKTRACE=1`\n"
PYTHON = 'Exception in thread Thread-1:\nTraceback (most recent call last):\n  File "a.py", line 1\nKeyError: 1\n'


@pytest.mark.parametrize(
    ("log", "line"),
    [
        (GO, "panic: no such tenant"),
        (JAVA, "Caused by: java.net.UnknownHostException: db"),
        (NODE, "Error: Cannot find module '/app/server.js'"),
        (RUST, "thread 'main' panicked at src/main.rs:3:5: no such tenant"),
        (
            "Unhandled exception. System.Exception: no tenant\n   at P.Main()\n",
            "Unhandled exception. System.Exception: no tenant",
        ),
        (
            "/a/b.rb:3:in `require': cannot load such file -- x (LoadError)\n",
            "/a/b.rb:3:in `require': cannot load such file -- x (LoadError)",
        ),
        (PYTHON, ""),
        ("panic: not a trace\n", ""),
        ("Error: no tenant\n", ""),
    ],
)
def test_line_that_tells_the_error_is_found(log: str, line: str) -> None:
    assert foreign_error(log.splitlines()) == line
