"""Files that people upload: opened safely, read cell by cell, their columns understood. What the rows mean is said by a
table of target fields (`targets.py`), so that orders and statements are read in one way."""
