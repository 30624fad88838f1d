from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from flask_socketio import SocketIO

app = Flask(__name__)
sockets = SocketIO(app)
clock = BackgroundScheduler()
clock.start()
