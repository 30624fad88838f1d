from .core import app
from . import views
