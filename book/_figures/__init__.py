"""What draws the book's figures: one module per chapter, in the colours and sizes of ``style``."""
