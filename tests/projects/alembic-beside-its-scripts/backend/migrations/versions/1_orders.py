"""orders"""

revision = "1"
