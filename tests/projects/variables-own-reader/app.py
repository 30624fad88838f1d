from flask import Flask

from environment import needed, optional

app = Flask(__name__)
app.config["TITLE"] = needed("SHOP_TITLE")
app.config["PAGES"] = optional("SHOP_PAGES", "20")
