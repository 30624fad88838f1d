import os

try:
    from flask import Flask
except ImportError:
    raise SystemExit('no flask')

if os.environ.get('MODE') == 'a':
    app = Flask('a')
else:
    app = Flask('b')
