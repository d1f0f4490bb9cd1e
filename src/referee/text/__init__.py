"""Floor 1: reading a completion. Tags, boxes, channels, Unicode, numbers: pure string work in linear time."""
