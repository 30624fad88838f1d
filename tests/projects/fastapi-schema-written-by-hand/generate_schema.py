import json

from watch.http import Api

app = Api({})._app

with open("openapi.json", "w") as file:
    json.dump(app.openapi(), file)
