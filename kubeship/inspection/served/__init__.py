"""Which object does the web server serve? What is stated, held against what the code shows."""
