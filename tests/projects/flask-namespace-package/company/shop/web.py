from company.shop.settings import NAME
from flask import Flask

app = Flask(NAME)
