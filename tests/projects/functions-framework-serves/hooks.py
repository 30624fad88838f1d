def answer(event):
    return {"seen": bool(event)}
