"""What `./run` is: it makes what is missing, starts every part, keeps them alive, and stops them all."""
