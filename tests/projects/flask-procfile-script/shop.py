import os
from flask import Flask

shop = Flask('s')

if __name__ == '__main__':
    shop.run(port=int(os.environ.get('PORT', 7000)))
