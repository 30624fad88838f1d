from asgiref.wsgi import WsgiToAsgi
from flask import Flask

app = Flask(__name__)
app = WsgiToAsgi(app)
