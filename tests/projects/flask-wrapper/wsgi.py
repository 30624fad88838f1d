from whitenoise import WhiteNoise
from werkzeug.middleware.proxy_fix import ProxyFix
from shop import app

app.wsgi_app = ProxyFix(app.wsgi_app)
application = WhiteNoise(app, root='static/')
