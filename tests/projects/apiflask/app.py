from apiflask import APIFlask

app = APIFlask(__name__)
