"""Classifiers side by side on the same data in one run: who takes part, how it is measured, told and drawn."""
