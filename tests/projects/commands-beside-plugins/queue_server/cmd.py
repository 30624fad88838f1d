from importlib.metadata import entry_points


def run():
    (driver,) = entry_points(group='queue.transport')
    driver.load()().listen()
