"""The GitHub target: texts in a repository, and the deployments by which the team's CI ships them."""
