"""The register on the desk: which events there are, what they wait for, and the forms that make and change them."""
