from celery import Celery

app = Celery("jobs")


@app.task
def send():
    return 1
