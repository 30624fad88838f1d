from flask import Flask


class Hook:
    def __init__(self, app=None):
        self.app = app or hook.app or other.app

    def site(self):
        return self.app or Flask(__name__)


hook = Hook()
other = Hook(hook.app)
