"""One command for the question: why should anybody believe these gradients?"""
