"""Are copies of packages told from the project's own code?"""

from kubeship.inspection.files.vendored import vendored_folders


def test_folder_of_several_known_packages_is_vendored() -> None:
    paths = [
        "lib/flask/__init__.py",
        "lib/six.py",
        "lib/idna/__init__.py",
        "lib/requests/api.py",
        "lib/yaml/__init__.py",
    ]

    assert vendored_folders(paths) == {"lib"}


def test_package_with_modules_named_after_libraries_is_the_projects_own() -> None:
    names = ("flask", "django", "fastapi", "tornado", "aiohttp")

    assert vendored_folders(["tracing/__init__.py", *(f"tracing/{name}.py" for name in names)]) == set()


def test_two_modules_of_known_names_are_the_projects_own() -> None:
    assert vendored_folders(["tools/requests.py", "tools/yaml.py"]) == set()
