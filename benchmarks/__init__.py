"""How fast it is: each figure beside the floor that was measured in the same run, and the bar between them."""
