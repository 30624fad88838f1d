class Tree:
    def __call__(self, environ, start_response):
        return []


tree = Tree()
