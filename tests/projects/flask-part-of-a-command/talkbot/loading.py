import importlib


def load_plugins():
    importlib.import_module("talkbot.plugins.hooks")
