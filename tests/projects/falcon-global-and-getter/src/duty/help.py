import falcon

from duty.app import current

app = falcon.App()
print(current(), app)
