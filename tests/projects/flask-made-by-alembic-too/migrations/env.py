from alembic import context
from sqlalchemy import create_engine

from shop import create_app

app = create_app()

with create_engine(app.config["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
