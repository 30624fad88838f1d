# /// script
# requires-python = ">=3.12"
# dependencies = [
#     "flask>=3",
#     "psycopg2",
# ]
# ///
from flask import Flask

app = Flask(__name__)
