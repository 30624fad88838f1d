from flask import Flask

from settings import PORT

app = Flask(__name__)
