"""Does the Dockerfile do what the Plan says, and nothing else?"""

from dataclasses import replace

from kubeship.model.image_plan import ImagePlan
from kubeship.rendering.image_files import dockerfile
from kubeship.rendering.render import render
from tests.unit.rendering.image_plans import managed
from tests.unit.rendering.rendering_plans import DJANGO_SHOP, FLASK_HELLO

assert FLASK_HELLO.dockerfile is not None
FLASK: ImagePlan = FLASK_HELLO.dockerfile
assert DJANGO_SHOP.dockerfile is not None
DJANGO: ImagePlan = DJANGO_SHOP.dockerfile


def test_a_projects_own_dockerfile_and_dockerignore_are_left_to_it() -> None:
    files = render(replace(FLASK_HELLO, dockerfile=None))

    assert sorted({path.partition("/")[0] for path in files}) == ["deploy"]


def test_dependency_files_keep_their_folders_and_come_before_the_source() -> None:
    text = dockerfile(replace(FLASK, dependency_files=("deps/prod.txt", "base.txt", "deps/common.txt")))

    copies = [line for line in text.splitlines() if line.startswith("COPY")]
    assert copies[:3] == ["COPY base.txt ./", "COPY deps/prod.txt deps/common.txt ./deps/", "COPY . ."]
    assert "install -r deps/prod.txt gunicorn==23.0.0\n" in text


def test_hashed_requirements_and_an_unhashed_server_are_installed_apart() -> None:
    text = dockerfile(replace(FLASK, require_hashes=True))

    assert "install --require-hashes -r requirements.txt \\\n    && pip" in text
    assert "install gunicorn==23.0.0\n" in text


def test_without_dependency_files_only_the_server_is_installed() -> None:
    text = dockerfile(replace(FLASK, manager="none", dependency_files=()))

    assert "install gunicorn==23.0.0\n" in text
    assert " -r " not in text


def test_with_nothing_to_install_pip_is_not_called() -> None:
    text = dockerfile(replace(FLASK, manager="none", dependency_files=(), server_requirement=None))

    assert "pip --python" not in text


def test_step_variables_are_in_no_instruction_that_an_image_remembers() -> None:
    text = dockerfile(DJANGO)

    build, final = stages(text)
    assert "SECRET_KEY" not in final
    remembered = [line for line in build.splitlines() if line.startswith(("ENV", "ARG", "    "))]
    assert all("SECRET_KEY" not in line for line in remembered if "export" not in line)
    assert [line for line in text.splitlines() if line.startswith("ARG")] == ["ARG SOURCE_DATE_EPOCH"]


def test_compilers_stay_in_the_build_stage() -> None:
    build, final = stages(dockerfile(DJANGO))

    assert "--no-install-recommends gcc libc6-dev libpq-dev" in build
    assert "--no-install-recommends libpq5" in final
    assert "gcc" not in final


def test_the_import_root_is_on_the_path_of_steps_and_processes() -> None:
    text = dockerfile(replace(DJANGO, import_root="src", root="."))

    assert text.count("PYTHONPATH=/app/src") == 2
    assert text.count("\nWORKDIR /app\n") == 2


def test_an_import_root_that_is_the_start_folder_needs_no_variable() -> None:
    assert "PYTHONPATH" not in dockerfile(FLASK)


def test_a_worker_exposes_no_port() -> None:
    assert "EXPOSE" not in dockerfile(replace(FLASK, port=None))


def test_nothing_that_old_buildkits_or_closed_networks_lack_is_used() -> None:
    text = dockerfile(DJANGO)

    assert "# syntax=" not in text
    assert "<<" not in text
    assert "--link" not in text


def stages(text: str) -> tuple[str, str]:
    _, build, final = text.split("\nFROM ")
    return build, final


def test_uv_without_a_lock_reads_what_is_declared_before_the_source_is_there() -> None:
    written = dockerfile(replace(managed("uv", "pyproject.toml"), package=True))

    assert "uv sync" not in written
    assert written.index("uv pip install -r pyproject.toml") < written.index("COPY . .")
    assert written.index("COPY . .") < written.index("uv pip install --no-deps --editable .")
