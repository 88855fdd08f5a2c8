"""One file for each library whose objects travel in a form of our own."""
