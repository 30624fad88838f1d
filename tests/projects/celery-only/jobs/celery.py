from celery import Celery

app = Celery("jobs", broker="redis://redis")


@app.task
def add(x, y):
    return x + y
