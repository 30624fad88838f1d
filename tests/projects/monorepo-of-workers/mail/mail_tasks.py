from celery import Celery

app = Celery('mail', broker='redis://')


@app.task
def send():
    pass
