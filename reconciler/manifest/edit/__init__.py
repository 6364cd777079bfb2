"""Changes to manifests in place: new text is spliced in, and every line that is not concerned stays as it is."""
