"""What is the app that a command is about? kubeship.yaml, kubeship.lock and one environment's files, loaded once."""

from dataclasses import dataclass
from pathlib import Path

from kubeship.config.file import CONFIG_FILE, ConfigFile, load
from kubeship.config.lock import LOCK_FILE, Lock, load_lock
from kubeship.config.schema import Configuration, Target
from kubeship.errors import InvalidInput
from kubeship.model.image import BuildRequest, Promise
from kubeship.model.objects import Object
from kubeship.model.plan import Plan
from kubeship.planning.plan import plan
from kubeship.workspace.files import Workspace
