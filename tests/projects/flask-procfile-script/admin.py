from flask import Flask

panel = Flask('a')
