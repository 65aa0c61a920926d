"""What the product is for: drafting, matching, posting, pulling, proof. No page, no job, no adapter's name."""
