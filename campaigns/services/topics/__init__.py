"""Words and hashtags on the rise among a brand's creators, and what people decide about them."""
