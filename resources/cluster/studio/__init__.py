"""The job that Autoencoder Studio sends to a Ray cluster: `python -m studio.job spec.json`."""
