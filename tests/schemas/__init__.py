"""Which schemas hold what kubeship writes for operators? Their CustomResourceDefinitions, in crds/."""
