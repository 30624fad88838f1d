from .base import *
import os

LOCAL = os.environ['ONLY_LOCAL']
import debug_toolbar
