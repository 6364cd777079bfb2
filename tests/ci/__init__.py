"""What the project brings for pipelines: images, hooks, workflows, manifests of clusters."""
