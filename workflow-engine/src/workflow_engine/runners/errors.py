"""What preparing a run may answer besides the SDK's own `ValidationError`.

NotFound
└── UnknownDeclaration    no workflow or data provider of that name
Unavailable
└── NoRunnerAvailable     no runner answers now; try again shortly
"""

from msp_core.errors import NotFound, Unavailable


class UnknownDeclaration(NotFound):
    """No author file declares this workflow or data provider, or its file failed to import."""


class NoRunnerAvailable(Unavailable):
    """Every runner is stuck or full and the maximum number of them is reached."""
