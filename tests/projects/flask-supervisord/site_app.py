from flask import Flask

frontend = Flask(__name__)
