"""What Inkeeper is measured against."""
