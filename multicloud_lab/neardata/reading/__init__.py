"""What tasks read: which stores and files, where these are, and how many stored bytes."""
