"""Code for a newer Python than the one that runs kubeship is read all the same, with its lines where they are."""

import ast

import pytest

from kubeship.inspection.files.newer_syntax import in_older_words, parsed_as_older, with_plain_braces


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("try: f()\nexcept A, b.C: pass\n", "try: f()\nexcept (A, b.C): pass\n"),
        ("try: f()\nexcept* A, B: pass\n", "try: f()\nexcept* (A, B): pass\n"),
        ("def f[T: (int, str)](x: T) -> T: ...\n", "def f(x: T) -> T: ...\n"),
        ("async def f[\n    T,\n](x): ...\nx = 1\n", "async def f(\n\nx): ...\nx = 1\n"),
        ("class A[T = int](B[T]): ...\n", "class A(B[T]): ...\n"),
        ("type Pair[T] = tuple[T, T]\n", "Pair = tuple[T, T]\n"),
        ('x = t"{a}"\n', 'x = f"{a}"\n'),
        ('x = f"{a["b"]} {\'\\n\'.join(c)}"\n', "x = f\"{a['b']} {''.join(c)}\"\n"),
        ("x = f'{{\"{d['k']!r:>{w}}'\n", 'x = f\'{{"{d["k"]!r:>{w}}\'\n'),
    ],
)
def test_newer_syntax_is_said_in_words_of_an_older_python(newer: str, older: str) -> None:
    said = with_plain_braces(in_older_words(newer))

    assert said == older
    assert ast.dump(ast.parse(said)) == ast.dump(parsed_as_older(newer.encode()) or ast.Module([], []))


def test_what_an_older_python_knows_stays_as_it_is() -> None:
    known = 'try: f()\nexcept (A, B) as e: pass\ntype = 1\nx = f"{a:{b}}" + "it\'s"\ny = xs[0]\nt["a"] = f\'{{x}}\'\n'

    assert with_plain_braces(in_older_words(known)) == known


def test_what_is_no_python_at_all_is_none() -> None:
    assert parsed_as_older(b'print "hello"\n') is None
