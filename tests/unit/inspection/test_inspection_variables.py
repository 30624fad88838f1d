"""Are variables found through the libraries that read them: pydantic-settings, dynaconf, environ-config, Everett?"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kubeship.inspection.project import inspect

Written = Callable[[Mapping[str, str]], Path]
APP = {"requirements.txt": "flask\n", "app.py": "from flask import Flask\n\napp = Flask(__name__)\n"}
NESTED = """from pydantic import BaseModel
from pydantic_settings import BaseSettings, SettingsConfigDict

class Database(BaseModel):
    host: str
    port: int = 5432

class Cache(BaseModel):
    url: str

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
    database: Database
    cache: Cache = Cache(url="x")
    debug: bool = False
"""
FLAT = NESTED.replace(', env_nested_delimiter="__"', "")
ENVIRON_CONFIG = """import environ

@environ.config(prefix="SHOP")
class Config:
    @environ.config
    class Database:
        host = environ.var()
        port = environ.var(5432, converter=int)
    lang = environ.var(name="LANGUAGE")
    debug = environ.bool_var(False)
    database = environ.group(Database)
"""
EVERETT = """from everett.manager import ConfigManager, Option

config = ConfigManager.basic_config()
db = config.with_namespace("db")
DEBUG = config("debug", default="false", parser=bool)
HOST = db("host")
SENTRY = config("sentry_dsn", raise_error=False)

class Mailer:
    class Config:
        sender = Option(default="a@b")
"""


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (NESTED, ["SHOP_CACHE__URL", "SHOP_DATABASE__HOST!", "SHOP_DATABASE__PORT", "SHOP_DEBUG"]),
        (FLAT, ["SHOP_CACHE", "SHOP_DATABASE!", "SHOP_DEBUG"]),
        (ENVIRON_CONFIG, ["LANGUAGE!", "SHOP_DATABASE_HOST!", "SHOP_DATABASE_PORT", "SHOP_DEBUG"]),
        (EVERETT, ["DB_HOST!", "DEBUG", "SENDER", "SENTRY_DSN"]),
    ],
    ids=["nested-models", "models-as-json", "environ-config", "everett"],
)
def test_variables_have_the_names_that_the_library_gives_them(written: Written, code: str, found: list[str]) -> None:
    variables = inspect(written(APP | {"config.py": code}), {}).variables

    assert [each.name + "!" * each.required for each in variables] == found


def test_dynaconf_needs_what_is_read_and_set_in_no_file(written: Written) -> None:
    files = {
        "conf.py": 'from dynaconf import Dynaconf\n\nsettings = Dynaconf(envvar_prefix="SHOP")\n',
        "settings.toml": 'title = "x"\n[default]\npages = 3\n',
        "use.py": "from conf import settings\n\nprint(settings.TITLE, settings.pages, settings.as_dict())\n"
        "print(settings['TOKEN'], settings.get('SIZE', 5), settings.db.host)\n",
    }

    variables = inspect(written(APP | files), {}).variables

    found = [(each.name, each.required, each.default) for each in variables]
    assert found == [("SHOP_DB__HOST", True, None), ("SHOP_SIZE", False, "5"), ("SHOP_TOKEN", True, None)]


def test_a_manager_of_another_module_is_followed(written: Written) -> None:
    files = {
        "base_config.py": EVERETT,
        "use.py": "from base_config import config\n\nKEY = config('KEY', namespace='aws')\n",
    }

    assert "AWS_KEY" in [each.name for each in inspect(written(APP | files), {}).variables]


@pytest.mark.parametrize(
    ("test", "required"),
    [
        ('os.environ.get("HOST")', False),
        ('"HOST" in os.environ or os.getenv("TOKEN")', False),
        ('os.getenv("DEBUG") != "1"', True),
        ('os.getenv("DEBUG", "1")', True),
        ('not os.getenv("DEBUG")', True),
        ("DEBUG", True),
    ],
)
def test_what_is_read_only_where_another_variable_is_set_is_not_required(
    written: Written, test: str, required: bool
) -> None:
    code = f'import os\n\nDEBUG = False\nif {test}:\n    HOST = os.environ["HOST"]\n'

    found = inspect(written({**APP, "settings.py": code}), {}).variables

    assert [variable.required for variable in found if variable.name == "HOST"] == [required]


@pytest.mark.parametrize(
    ("code", "required"),
    [
        ('HOST = os.getenv("HOST")\nif not HOST:\n    raise RuntimeError\n', True),
        ('HOST = os.getenv("HOST")\nif HOST is None:\n    sys.exit(1)\n', True),
        ('HOST = os.getenv("HOST")\nif HOST not in ("a", "b"):\n    raise ValueError(HOST)\n', True),
        (
            'HOST, B = os.getenv("HOST"), 1\nhost = os.getenv("HOST")\nif not all([host, B]):\n    raise ValueError\n',
            True,
        ),
        ('HOST = os.getenv("HOST")\nif not HOST:\n    HOST = "a"\n', False),
        ('HOST = os.getenv("HOST", "a")\nif not HOST:\n    raise ValueError\n', False),
        ('def made():\n    host = os.getenv("HOST")\n    if not host:\n        raise ValueError\n\nmade()\n', True),
        ('def view():\n    host = os.getenv("HOST")\n    if not host:\n        raise ValueError\n', False),
        ('class S:\n    host = os.getenv("HOST")\n    if not host:\n        raise ValueError\n', True),
        (
            'class S:\n  def of(self):\n    h = os.getenv("HOST")\n    if not h:\n      raise ValueError\n',
            False,
        ),
    ],
)
def test_what_an_import_refuses_to_be_without_is_required(written: Written, code: str, required: bool) -> None:
    found = inspect(written({**APP, "settings.py": f"import os\nimport sys\n\n{code}"}), {}).variables

    assert [variable.required for variable in found if variable.name == "HOST"] == [required]


def test_a_variable_s_name_may_be_a_constant(written: Written) -> None:
    files = {
        "names.py": 'TOKEN = "SHOP_TOKEN"\n',
        "settings.py": "import os\nimport names\nfrom names import TOKEN\n\nURI = 'DB_URI'\n\n"
        "def got(key):\n    if not os.getenv(key):\n        raise ValueError(key)\n    return os.getenv(key)\n\n"
        "def load():\n    return got(URI), os.environ[TOKEN], os.getenv(names.TOKEN), os.getenv(f'{URI}_X')\n",
    }

    variables = inspect(written(APP | files), {}).variables

    assert [(each.name, each.required) for each in variables] == [("DB_URI", True), ("SHOP_TOKEN", True)]
