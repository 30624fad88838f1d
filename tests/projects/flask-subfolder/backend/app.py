from models import Item
from flask import Flask

app = Flask(__name__)
