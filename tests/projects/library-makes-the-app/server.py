from kinto import main


def load():
    return main({})


app = load()
