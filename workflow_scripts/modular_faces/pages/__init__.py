"""Pages: self-contained HTML files that show results, with one shell for all of them."""
