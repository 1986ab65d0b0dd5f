"""The doctor: finds what crashes left behind in storage, explains it, mends what follows from the rest."""
