"""What the service remembers: accepted work, its end and its price, stored records, files, limits and the books."""
