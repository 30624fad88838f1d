from flask import Flask

from config import settings

app = Flask(__name__)
