"""The models that Dawbridge can work with: what there is, fetching it when asked, and knowing that it is whole."""
