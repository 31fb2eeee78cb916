"""What people and programs read of a result: text, and files in several formats."""
