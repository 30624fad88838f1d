from factory import build

application, queue = build()
