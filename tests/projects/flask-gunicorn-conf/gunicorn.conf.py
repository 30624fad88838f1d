import multiprocessing

wsgi_app = 'shop.core:app'
bind = '0.0.0.0:8080'
workers = multiprocessing.cpu_count()
