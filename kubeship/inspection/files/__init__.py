"""Which files does the project consist of, and what do they say? What every other question reads."""
