"""Small tools that know nothing of the service's data: JSON, forms, sheets, validation, chance, time and settings."""
