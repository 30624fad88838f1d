from shop.base import Shop

server = Shop(__name__)
