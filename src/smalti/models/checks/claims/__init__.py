"""Claims: what calls, news and posts say of a company's numbers, and how that stands to what it filed."""
