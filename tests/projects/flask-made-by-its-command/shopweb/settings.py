def read_settings():
    return {}
