"""Images: built, proved, pushed and named by digest. The only room that imports docker."""
