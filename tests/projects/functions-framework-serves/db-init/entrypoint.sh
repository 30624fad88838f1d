git clone https://example.com/models.git /models
cd /models
pip install .
alembic upgrade head
