// Placeholder so that the target builds; replaced by the target's first file.
