from flask import Flask

from shop.hooks import Hook

app = Flask(__name__)
hook = Hook(app)
