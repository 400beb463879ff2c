"""The English sentences for the codes that the rules give. The rules themselves hold none."""
