from instance import app
import routes
