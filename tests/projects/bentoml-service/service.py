import bentoml


@bentoml.service
class Summary:
    @bentoml.api
    def run(self, text: str) -> str:
        return text
