"""What people and machines read: facts derived once (model), laid out per format."""
