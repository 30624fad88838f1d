class Pages:
    def open(self):
        from flask import Flask

        self.serve(Flask(__name__))
