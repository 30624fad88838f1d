"""Which environment variables does the project read? One file per way to read them."""
