def search(text, user, *, limit):
    return {"query": text, "results": [], "notes": []}
