"""What the page of a creator shows beyond the rows of lists: how we stand, who is like them."""
