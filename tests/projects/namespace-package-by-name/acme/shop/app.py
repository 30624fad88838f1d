from acme.core import Backend
from flask import Flask

app = Flask(__name__)
backend = Backend()
