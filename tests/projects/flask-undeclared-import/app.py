from flask import Flask

app = Flask(__name__)
import requests
from werkzeug.utils import secure_filename
from helpers import x

try:
    import ujson
except ImportError:
    ujson = None
