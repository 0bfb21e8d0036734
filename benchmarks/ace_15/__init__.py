"""ACE-Step 1.5: what our backend costs beside diffusers' bare pipeline."""
