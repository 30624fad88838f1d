def chart():
    return 1
