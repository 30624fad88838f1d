from flask import Flask

panel = Flask('admin')
