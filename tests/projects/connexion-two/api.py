import connexion

connexion_app = connexion.App(__name__, specification_dir="spec")
connexion_app.add_api("api.yaml")

app = connexion_app.app
