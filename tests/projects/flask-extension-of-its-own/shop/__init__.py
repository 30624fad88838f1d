from flask import Flask

from shop.catalogue import Catalogue

app = Flask(__name__)
catalogue = Catalogue(app)
