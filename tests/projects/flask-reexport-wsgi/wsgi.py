from shop.core import app as application
