from dash import Dash
from flask import Flask

server = Flask(__name__)
dash_app = Dash(__name__, server=server)
