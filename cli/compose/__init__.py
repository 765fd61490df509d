"""`./triview compose-test`: builds the images, starts the composed system, works with it, harms it, takes it down."""
