"""The CDK application: what consentry is made of in AWS, one module per concern."""
