"""The rule book both services share: domains over storage, without HTTP."""
