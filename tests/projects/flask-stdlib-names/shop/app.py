import logging

from shop.factory import create_app

logging.basicConfig(level=logging.INFO)
app = create_app()
