from celery import Celery

queue = Celery("store")
