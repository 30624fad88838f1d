from fasthtml.common import *

shop, rt = fast_app()


@rt("/")
def index():
    return Titled("Shop")


serve()
