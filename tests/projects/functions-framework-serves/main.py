from hooks import answer


def handler(request):
    return answer(request.get_json())


if __name__ == "__main__":
    handler = answer
    print(handler({}))
