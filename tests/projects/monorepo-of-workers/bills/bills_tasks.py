from celery import Celery

app = Celery('bills', broker='redis://')


@app.task
def send():
    pass
