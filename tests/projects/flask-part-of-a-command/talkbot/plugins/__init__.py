from flask import Flask

hooks_app = Flask("hooks")
