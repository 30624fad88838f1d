from flask import Flask

shop = Flask(__name__)
office = Flask("office")
