"""Ready, on its way, or dead, and why? Pure over snapshots, and the loop that watches."""
