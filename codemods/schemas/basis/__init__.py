"""What all of the conversion of schemas goes by: the plan of a class, Marshmallow's names, how a class is read."""
