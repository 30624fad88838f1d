from alembic import context
from flask import current_app
