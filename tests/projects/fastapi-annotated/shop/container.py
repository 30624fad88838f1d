class Container:
    def resolve(self, name):
        return globals()[name]
