import importlib


def main():
    importlib.import_module("stock.pages").Pages().open()
