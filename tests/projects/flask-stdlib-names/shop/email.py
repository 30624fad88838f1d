SENDER = "shop@example.org"
