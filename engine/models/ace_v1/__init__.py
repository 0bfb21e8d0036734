"""ACE-Step v1 (3.5B), a diffusion model for songs, in our own code on the official checkpoints.

Source: Gong et al., "ACE-Step: A Step Towards Music Generation Foundation Model", arXiv 2506.00045.
"""
