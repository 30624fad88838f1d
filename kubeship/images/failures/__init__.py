"""Why did an image not build? Tables of what programs say when they fail, one a subject, and what there is to do."""
